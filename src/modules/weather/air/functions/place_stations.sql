-- Says where stations are, `[{name, sido, lat, lng, network}]`, `sido` being the first word of the address. The list has no codes, and names are not unique in the country:
-- the sido tells them apart, however it is written. Answers how many stations have a place.
CREATE OR REPLACE FUNCTION place_stations(stations jsonb, at timestamptz) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  placed int;
BEGIN
  UPDATE air_stations
  SET location = ST_SetSRID(ST_MakePoint(given.lng, given.lat), 4326)::geography, network = coalesce(given.network, air_stations.network)
  FROM (
    SELECT listed.*, coalesce(sido_aliases.sido, listed.sido) AS full_sido, count(*) OVER (PARTITION BY listed.name) = 1 AS is_only
    FROM jsonb_to_recordset(stations) AS listed (name text, sido text, lat double precision, lng double precision, network text)
    LEFT JOIN sido_aliases ON sido_aliases.alias = listed.sido
  ) AS given
  WHERE air_stations.name = given.name
    AND (
      coalesce((SELECT sido_aliases.sido FROM sido_aliases WHERE sido_aliases.alias = air_stations.sido), air_stations.sido) = given.full_sido
      OR (given.is_only AND (SELECT count(*) FROM air_stations AS same WHERE same.name = given.name) = 1)
    );
  GET DIAGNOSTICS placed = ROW_COUNT;
  INSERT INTO weather_sources (source, read_at) VALUES ('airkorea.stations', at)
  ON CONFLICT (source) DO UPDATE SET read_at = excluded.read_at;
  RETURN placed;
END
$$;
