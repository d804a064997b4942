-- The first and the last position of a line, in metres of EPSG:5179. The arithmetic is that of `toGrid` (src/core/grid.ts), because the first `ST_Transform` of a connection
-- takes 80 ms. The grid is not true to scale far from Korea, so positions there are left out.
CREATE OR REPLACE FUNCTION ends_on_grid(line geometry) RETURNS TABLE (x double precision, y double precision)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT on_grid.x, on_grid.y
  FROM (VALUES (ST_StartPoint(ST_GeometryN(line, 1))), (ST_EndPoint(ST_GeometryN(line, ST_NumGeometries(line))))) AS known (place)
  -- Far away the series has no end, so it is not asked.
  CROSS JOIN LATERAL to_grid(ST_Y(place), CASE WHEN ST_X(place) BETWEEN 107.5 AND 147.5 THEN ST_X(place) END) AS on_grid
  WHERE on_grid.x IS NOT NULL
$$;
