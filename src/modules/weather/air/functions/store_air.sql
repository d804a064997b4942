-- Keeps what stations measured, `[{code, name, sido, network, measured_at, pm10, pm25}]`. A missing value leaves the one before, which has a time of its own, and late news changes
-- nothing. A new station takes its place from the row of the same name. Answers whether any station has measured since the last time.
CREATE OR REPLACE FUNCTION store_air(readings jsonb, at timestamptz) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  newest text;
  known text;
BEGIN
  INSERT INTO air_stations AS known (code, name, sido, network, location, pm10, pm10_at, pm25, pm25_at, seen_at)
  SELECT DISTINCT ON (given.code)
         given.code, given.name, given.sido, given.network,
         (SELECT location FROM air_stations AS same WHERE same.name = given.name AND same.sido = given.sido AND same.location IS NOT NULL LIMIT 1),
         given.pm10, CASE WHEN given.pm10 IS NOT NULL THEN given.measured_at END,
         given.pm25, CASE WHEN given.pm25 IS NOT NULL THEN given.measured_at END,
         at
  FROM jsonb_to_recordset(readings) AS given (code text, name text, sido text, network text, measured_at timestamptz, pm10 int, pm25 int)
  ORDER BY given.code, given.measured_at DESC
  ON CONFLICT (code) DO UPDATE SET
    name = excluded.name,
    sido = excluded.sido,
    network = coalesce(excluded.network, known.network),
    pm10 = CASE WHEN excluded.pm10_at >= coalesce(known.pm10_at, '-infinity') THEN excluded.pm10 ELSE known.pm10 END,
    pm10_at = greatest(excluded.pm10_at, known.pm10_at),
    pm25 = CASE WHEN excluded.pm25_at >= coalesce(known.pm25_at, '-infinity') THEN excluded.pm25 ELSE known.pm25 END,
    pm25_at = greatest(excluded.pm25_at, known.pm25_at),
    seen_at = excluded.seen_at;

  SELECT max(measured_at)::text INTO newest FROM jsonb_to_recordset(readings) AS given (measured_at timestamptz);
  SELECT mark INTO known FROM weather_sources WHERE source = 'airkorea.readings' FOR NO KEY UPDATE;
  INSERT INTO weather_sources (source, read_at, mark) VALUES ('airkorea.readings', at, newest)
  ON CONFLICT (source) DO UPDATE SET read_at = excluded.read_at, mark = excluded.mark;
  RETURN known IS DISTINCT FROM newest;
END
$$;
