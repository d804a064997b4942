-- The ultraviolet index of a region at a time, or NULL where it is not known. A region of which nothing is forecast has that of its sido.
CREATE OR REPLACE FUNCTION uv_at(of_region text, at timestamptz) RETURNS int
LANGUAGE sql STABLE AS $$
  SELECT it.steps[floor(extract(epoch FROM at - it.issued_at) / 10800)::int + 1]::int
  FROM regions
  JOIN uv_indices AS it ON it.region_code IN (regions.code, regions.parent_code, left(regions.code, 2) || '00000000')
  WHERE regions.code = of_region
    AND it.issued_at <= at
    AND it.steps[floor(extract(epoch FROM at - it.issued_at) / 10800)::int + 1] IS NOT NULL
  ORDER BY it.region_code = regions.code DESC, it.region_code = regions.parent_code DESC
  LIMIT 1
$$;
