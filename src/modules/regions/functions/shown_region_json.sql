-- A region as others may know it (`shown_regions`).
CREATE OR REPLACE FUNCTION shown_region_json(of_code text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT region FROM shown_regions() WHERE code = of_code);
END
$$;
