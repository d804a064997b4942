-- The host lets a series go on, whether they were asked or not. The next night makes the dates that are missing by then.
CREATE OR REPLACE FUNCTION renew_meetup(of_meetup uuid, by_host uuid, at timestamptz) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  meetup meetups;
BEGIN
  SELECT * INTO meetup FROM meetups WHERE id = of_meetup FOR NO KEY UPDATE;
  IF meetup.host_id IS DISTINCT FROM by_host THEN
    RETURN CASE WHEN sees_meetup(by_host, of_meetup) THEN 'not_host' ELSE 'unknown' END;
  ELSIF meetup.cancelled_at IS NOT NULL THEN
    RETURN 'cancelled';
  ELSIF meetup.recurrence_rule IS NULL THEN
    RETURN 'single';
  END IF;
  UPDATE meetups SET renewed_at = at, asked_at = NULL WHERE id = of_meetup;
  RETURN 'done';
END
$$;
