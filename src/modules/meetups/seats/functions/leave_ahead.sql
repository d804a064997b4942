-- Takes somebody out of all dates that are ahead, without letting anybody down by it: of one host's alone, or of everybody's. Dates are locked in one order.
CREATE OR REPLACE FUNCTION leave_ahead(of_user uuid, of_host uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  occurrence record;
BEGIN
  FOR occurrence IN
    SELECT meetup_occurrences.id
    FROM meetup_occurrences
    JOIN meetups ON meetups.id = meetup_occurrences.meetup_id
    WHERE meetup_occurrences.starts_at > at
      AND meetups.host_id <> of_user
      AND (of_host IS NULL OR meetups.host_id = of_host)
      AND EXISTS (SELECT 1 FROM meetup_participants WHERE occurrence_id = meetup_occurrences.id AND user_id = of_user AND status IN ('going', 'waiting', 'requested'))
    ORDER BY meetup_occurrences.id
    FOR NO KEY UPDATE OF meetup_occurrences
  LOOP
    PERFORM free_seat(occurrence.id, of_user, 'left', at);
  END LOOP;
END
$$;
