-- Somebody is leaving, or is banned: their meetups are cancelled, all who were in are told, and the seats that they have themselves come free. The person must be locked before.
CREATE OR REPLACE FUNCTION leave_meetups(of_user uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  theirs uuid[];
BEGIN
  PERFORM 1 FROM meetups WHERE host_id = of_user AND cancelled_at IS NULL ORDER BY id FOR NO KEY UPDATE;
  WITH ended AS (
    UPDATE meetups
    SET cancelled_at = at
    WHERE host_id = of_user AND cancelled_at IS NULL
      AND (recurrence_rule IS NOT NULL OR EXISTS (
        SELECT 1 FROM meetup_occurrences WHERE meetup_id = meetups.id AND starts_at > at AND meetup_occurrences.cancelled_at IS NULL
      ))
    RETURNING id
  )
  SELECT coalesce(array_agg(id ORDER BY id), '{}') INTO theirs FROM ended;
  -- All their dates at once, so that they are locked in one order. Also those that have declined them: a host who takes that back at this moment does not see yet that they leave.
  PERFORM 1
  FROM meetup_occurrences
  WHERE id IN (SELECT occurrence_id FROM meetup_participants WHERE user_id = of_user AND status IN ('going', 'waiting', 'requested', 'declined')) AND starts_at > at
  ORDER BY id
  FOR NO KEY UPDATE;
  PERFORM cancel_dates(id, NULL, at) FROM unnest(theirs) AS id;
  PERFORM leave_ahead(of_user, NULL, at);
END
$$;
