-- The stations from which the air of a place is chosen, as a list of `NearbyStation` of modules/weather/outlook/air.ts: the nearest with a value of each pollutant, and those
-- that the cell has shown last. Stations beside a road measure its traffic. Of two that are equally near the first by its code is taken.
CREATE OR REPLACE FUNCTION stations_near(place geography, kept text[], at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    WITH around AS MATERIALIZED (
      SELECT air_stations.code, ST_Distance(air_stations.location, place) AS distance_m,
             air_stations.pm10 IS NOT NULL AND air_stations.pm10_at >= at - interval '2 hours' AS tells_pm10,
             air_stations.pm25 IS NOT NULL AND air_stations.pm25_at >= at - interval '2 hours' AS tells_pm25
      FROM air_stations
      WHERE air_stations.network IS DISTINCT FROM '도로변대기' AND ST_DWithin(air_stations.location, place, 30000)
    )
    SELECT coalesce(jsonb_agg(jsonb_build_object(
      'code', code, 'name', name, 'network', network, 'distance_m', ST_Distance(location, place),
      'pm10', pm10, 'pm10_at', pm10_at, 'pm25', pm25, 'pm25_at', pm25_at
    )), '[]')
    FROM air_stations
    WHERE code IN (
      (SELECT around.code FROM around WHERE around.tells_pm10 ORDER BY around.distance_m, around.code LIMIT 1)
      UNION ALL
      (SELECT around.code FROM around WHERE around.tells_pm25 ORDER BY around.distance_m, around.code LIMIT 1)
      UNION ALL
      SELECT known.code FROM air_stations AS known WHERE known.code = ANY (kept) AND known.location IS NOT NULL
    )
  );
END
$$;
