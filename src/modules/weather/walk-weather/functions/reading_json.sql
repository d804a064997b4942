-- An observation as `WalkWeather` of modules/weather/walk-weather/schema.ts.
CREATE OR REPLACE FUNCTION reading_json(reading weather_hours) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'hour', to_char(reading.hour AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'temp', reading.temp,
    'humidity', reading.humidity,
    'pty', reading.pty,
    'rn1', reading.rn1,
    'wind_ms', reading.wind_ms,
    'sky', reading.sky,
    'source', 'ncst',
    'final', reading.is_final
  )
$$;
