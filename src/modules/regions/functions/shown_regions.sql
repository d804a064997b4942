-- Regions by their code, each as `Region` of modules/regions/schema.ts and as coarse as others may know it: the dong in a town, the level above it in the country, where a 읍,
-- a 면 or a 리 is a few villages. It is SQL without a setting, so Postgres writes it into the statement that selects from it.
CREATE OR REPLACE FUNCTION shown_regions() RETURNS TABLE (code text, region jsonb)
LANGUAGE sql STABLE AS $$
  SELECT regions.code, (
    SELECT jsonb_build_object('code', shown.code, 'sido', shown.sido, 'sigungu', shown.sigungu, 'dong', shown.dong)
    FROM regions AS shown
    WHERE shown.code = CASE WHEN regions.level = 'dong' AND regions.dong ~ '[읍면리]$' THEN regions.parent_code ELSE regions.code END
  )
  FROM regions
$$;
