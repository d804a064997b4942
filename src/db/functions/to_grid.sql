-- A position in metres of EPSG:5179, by the same series and with the same constants as `toGrid` of src/core/grid.ts. Use it within 20° of longitude 127.5. A latitude that is almost
-- nothing is nothing, because Postgres refuses what underflows.
CREATE OR REPLACE FUNCTION to_grid(lat double precision, lng double precision) RETURNS TABLE (x double precision, y double precision)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT 1000000 + 6364902.1661127405 * (
           eta + 8.377318247344344e-4 * cos(2 * xi) * sinh(2 * eta) + 7.608527788826164e-7 * cos(4 * xi) * sinh(4 * eta)
           + 1.1976380191731537e-9 * cos(6 * xi) * sinh(6 * eta) + 2.443376242510368e-12 * cos(8 * xi) * sinh(8 * eta)
         ),
         -2205815.019836 + 6364902.1661127405 * (
           xi + 8.377318247344344e-4 * sin(2 * xi) * cosh(2 * eta) + 7.608527788826164e-7 * sin(4 * xi) * cosh(4 * eta)
           + 1.1976380191731537e-9 * sin(6 * xi) * cosh(6 * eta) + 2.443376242510368e-12 * sin(8 * xi) * cosh(8 * eta)
         )
  FROM (SELECT sin(radians(CASE WHEN abs(lat) > 1e-9 THEN lat ELSE 0 END)) AS sine, radians(lng - 127.5) AS east) AS angle
  CROSS JOIN LATERAL (SELECT sinh(atanh(sine) - 0.08181919104281579 * atanh(0.08181919104281579 * sine)) AS t) AS sphere
  CROSS JOIN LATERAL (SELECT atan2(t, cos(east)) AS xi, atanh(sin(east) / sqrt(1 + t * t)) AS eta) AS sphere_angle
$$;
