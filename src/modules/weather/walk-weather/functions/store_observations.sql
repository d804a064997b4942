-- Keeps observations, `[{nx, ny, hour, temp, humidity, rn1, pty, wind_ms, sky}]`. KMA writes an hour anew every ten minutes, so a dry hour is final only when it was read
-- after its end. A wet one is final at once, and one of which it is not known whether it was wet never. A later reading that lacks a value leaves the known one. Rows are locked in one order. Answers how many were kept.
CREATE OR REPLACE FUNCTION store_observations(readings jsonb, at timestamptz) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  kept int;
BEGIN
  INSERT INTO weather_hours AS known (nx, ny, hour, temp, humidity, rn1, pty, wind_ms, sky, is_final, fetched_at)
  SELECT DISTINCT ON (given.nx, given.ny, given.hour)
         given.nx, given.ny, given.hour, given.temp, given.humidity, given.rn1, given.pty, given.wind_ms, given.sky,
         coalesce(given.pty <> 'none' OR given.hour <= at - interval '70 minutes' AND given.pty IS NOT NULL, false), at
  FROM jsonb_to_recordset(readings) AS given (
    nx smallint, ny smallint, hour timestamptz, temp double precision, humidity double precision, rn1 double precision, pty precipitation,
    wind_ms double precision, sky sky
  )
  WHERE given.temp IS NOT NULL
  ORDER BY given.nx, given.ny, given.hour, given.pty = 'none'
  ON CONFLICT (nx, ny, hour) DO UPDATE SET
    temp = excluded.temp,
    humidity = coalesce(excluded.humidity, known.humidity),
    rn1 = coalesce(greatest(excluded.rn1, known.rn1), excluded.rn1, known.rn1),
    pty = wetter_of(excluded.pty, known.pty),
    wind_ms = coalesce(excluded.wind_ms, known.wind_ms),
    sky = coalesce(excluded.sky, known.sky),
    is_final = known.is_final OR excluded.is_final,
    fetched_at = greatest(known.fetched_at, excluded.fetched_at);
  GET DIAGNOSTICS kept = ROW_COUNT;
  RETURN kept;
END
$$;
