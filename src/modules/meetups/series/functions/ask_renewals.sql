-- Asks hosts whose series nobody has renewed for twelve weeks whether it goes on. Answers of how many.
CREATE OR REPLACE FUNCTION ask_renewals(at timestamptz, at_most int) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  old uuid[] := ARRAY(
    SELECT id
    FROM meetups
    WHERE recurrence_rule IS NOT NULL AND cancelled_at IS NULL AND asked_at IS NULL
      AND made_until < '9999-12-31'
      AND renewed_at <= at - interval '12 weeks'
    ORDER BY id
    LIMIT at_most
    FOR NO KEY UPDATE SKIP LOCKED
  );
BEGIN
  PERFORM ask_renewal(id, at) FROM unnest(old) AS id;
  RETURN cardinality(old);
END
$$;
