-- Writes down what came of calls to sources, `[{source, has_succeeded, failures, spent_until, asked}]`. Failures in a row add up, also over the requests of several isolates, and
-- so many close a source for a while. `asked` adds up within a Seoul day. Rows are locked in one order.
CREATE OR REPLACE FUNCTION tell_sources(changes jsonb, at timestamptz, failures_max int, closed_for interval) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  told record;
BEGIN
  FOR told IN
    SELECT * FROM jsonb_to_recordset(changes) AS given (source text, has_succeeded boolean, failures int, spent_until timestamptz, asked int) ORDER BY source
  LOOP
    INSERT INTO weather_sources AS known (source, failures, closed_until, asked, asked_on)
    VALUES (told.source, told.failures, coalesce(told.spent_until, CASE WHEN told.failures >= failures_max THEN at + closed_for END), coalesce(told.asked, 0), seoul_day(at))
    ON CONFLICT (source) DO UPDATE SET
      failures = CASE WHEN told.has_succeeded THEN 0 ELSE known.failures END + told.failures,
      closed_until = CASE
        WHEN told.spent_until IS NOT NULL THEN told.spent_until
        WHEN CASE WHEN told.has_succeeded THEN 0 ELSE known.failures END + told.failures >= failures_max THEN at + closed_for
        WHEN told.has_succeeded THEN NULL
        ELSE known.closed_until
      END,
      asked = CASE WHEN known.asked_on = excluded.asked_on THEN known.asked ELSE 0 END + excluded.asked,
      asked_on = excluded.asked_on;
  END LOOP;
END
$$;
