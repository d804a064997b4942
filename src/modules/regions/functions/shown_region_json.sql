-- A region as `Region` of modules/regions/schema.ts, as coarse as others may know it: the dong in a town, the level above it in the country, where a 읍, a 면 or a 리 is a
-- few villages.
CREATE OR REPLACE FUNCTION shown_region_json(of_code text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT region_json(CASE WHEN level = 'dong' AND dong ~ '[읍면리]$' THEN parent_code ELSE code END)
    FROM regions
    WHERE code = of_code
  );
END
$$;
