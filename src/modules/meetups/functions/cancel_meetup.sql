-- The host cancels a meetup, or one date of it. Cancelling again changes nothing, and what has begun cannot be cancelled. The row of the meetup is locked first, so that no
-- date is made meanwhile.
CREATE OR REPLACE FUNCTION cancel_meetup(of_meetup uuid, by_host uuid, of_date uuid, at timestamptz) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  meetup meetups;
  occurrence meetup_occurrences;
BEGIN
  SELECT * INTO meetup FROM meetups WHERE id = of_meetup FOR NO KEY UPDATE;
  IF meetup.host_id IS DISTINCT FROM by_host THEN
    RETURN CASE WHEN sees_meetup(by_host, of_meetup) THEN 'not_host' ELSE 'unknown' END;
  END IF;
  IF of_date IS NULL THEN
    IF meetup.cancelled_at IS NOT NULL THEN
      RETURN 'done';
    ELSIF meetup.recurrence_rule IS NULL AND NOT EXISTS (SELECT 1 FROM meetup_occurrences WHERE meetup_id = of_meetup AND starts_at > at) THEN
      RETURN 'over';
    END IF;
  ELSE
    SELECT * INTO occurrence FROM meetup_occurrences WHERE id = of_date AND meetup_id = of_meetup;
    IF occurrence.id IS NULL THEN
      RETURN 'unknown';
    ELSIF occurrence.cancelled_at IS NOT NULL THEN
      RETURN 'done';
    ELSIF occurrence.starts_at <= at THEN
      RETURN 'over';
    END IF;
  END IF;
  IF of_date IS NULL OR meetup.recurrence_rule IS NULL THEN
    UPDATE meetups SET cancelled_at = at, asked_at = NULL WHERE id = of_meetup;
  END IF;
  PERFORM cancel_dates(of_meetup, ARRAY[of_date], at) WHERE of_date IS NOT NULL;
  PERFORM cancel_dates(of_meetup, NULL, at) WHERE of_date IS NULL;
  RETURN 'done';
END
$$;
