-- The last observation of a cell until then, at most six hours old, to be shown until the weather of the hour is known. No badge counts it.
CREATE OR REPLACE FUNCTION last_reading(in_nx smallint, in_ny smallint, until timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT reading_json(weather_hours) || '{"final": false}'
    FROM weather_hours
    WHERE nx = in_nx AND ny = in_ny AND hour <= until AND hour > until - interval '6 hours'
    ORDER BY hour DESC
    LIMIT 1
  );
END
$$;
