-- The areas that a region lies in: the region itself, its sigungu if it is a dong, and the nation.
CREATE OR REPLACE FUNCTION areas_around(region_code text) RETURNS TABLE (area_code text, scope ranking_scope)
LANGUAGE sql STABLE AS $$
  SELECT code, level::text::ranking_scope FROM regions WHERE code = region_code AND level <> 'sido'
  UNION ALL
  SELECT parent_code, 'sigungu' FROM regions WHERE code = region_code AND level = 'dong'
  UNION ALL
  SELECT nation(), 'nation'
$$;
