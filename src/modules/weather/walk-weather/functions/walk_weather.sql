-- The weather of a walk that began then in that cell, as it can be told now, or when to look again. KMA answers about a day back. After 26 hours what is known counts as
-- final, and what is not known stays unknown. Without a cell there is neither. Nobody looks sooner than in five minutes, so that walks that come together are looked for
-- together.
CREATE OR REPLACE FUNCTION walk_weather(in_nx smallint, in_ny smallint, began timestamptz, at timestamptz, OUT weather jsonb, OUT due_at timestamptz)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  began_hour CONSTANT timestamptz := date_trunc('hour', began);
  is_over CONSTANT boolean := at > began + interval '26 hours';
  reading weather_hours;
BEGIN
  IF in_nx IS NULL THEN
    RETURN;
  END IF;
  SELECT * INTO reading FROM weather_hours WHERE nx = in_nx AND ny = in_ny AND hour = began_hour;
  IF reading.is_final OR (is_over AND reading.hour IS NOT NULL) THEN
    reading.is_final := true;
    weather := reading_json(reading);
  ELSIF is_over THEN
    weather := '{"unknown": true}';
  ELSIF reading.hour IS NOT NULL THEN
    due_at := greatest(began_hour + interval '72 minutes', at + interval '5 minutes');
  ELSE
    due_at := greatest(began + interval '15 minutes', at + interval '5 minutes');
  END IF;
END
$$;
