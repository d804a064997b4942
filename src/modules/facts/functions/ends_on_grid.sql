-- The first and the last position of a line, in metres of EPSG:5179 (`toGrid` of src/core/grid.ts). The grid is not true to scale far from Korea, so positions there are
-- left out.
CREATE OR REPLACE FUNCTION ends_on_grid(line geometry) RETURNS TABLE (x double precision, y double precision)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ST_X(there), ST_Y(there)
  FROM (VALUES (ST_StartPoint(ST_GeometryN(line, 1))), (ST_EndPoint(ST_GeometryN(line, ST_NumGeometries(line))))) AS known (place)
  CROSS JOIN LATERAL ST_Transform(ST_Force2D(place), 5179) AS there
  WHERE ST_X(place) BETWEEN 107.5 AND 147.5
$$;
