-- Gives free seats of a date to those who have waited longest, and tells them. The caller holds the row of the date. Whoever is leaving, is banned, or must not meet the
-- host is passed over, and their place in the queue goes.
CREATE OR REPLACE FUNCTION fill_seats(of_occurrence uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  occurrence meetup_occurrences;
  host uuid;
  next record;
BEGIN
  SELECT * INTO occurrence FROM meetup_occurrences WHERE id = of_occurrence;
  IF occurrence.cancelled_at IS NOT NULL OR occurrence.starts_at <= at OR is_waiting_over(occurrence.starts_at, at) THEN
    RETURN;
  END IF;
  SELECT host_id INTO host FROM meetups WHERE id = occurrence.meetup_id;
  FOR next IN
    SELECT waiting.user_id, users.deleted_at IS NULL AND NOT is_blocked(host, waiting.user_id) AS may_come
    FROM meetup_participants waiting
    JOIN users ON users.id = waiting.user_id
    WHERE waiting.occurrence_id = of_occurrence AND waiting.status = 'waiting'
    ORDER BY waiting.queue_no
  LOOP
    EXIT WHEN occurrence.going >= occurrence.capacity;
    UPDATE meetup_participants
    SET status = CASE WHEN next.may_come THEN 'going' ELSE 'left' END::participation,
        answered_at = at,
        left_at = CASE WHEN NOT next.may_come THEN at END
    WHERE occurrence_id = of_occurrence AND user_id = next.user_id;
    CONTINUE WHEN NOT next.may_come;
    occurrence.going := occurrence.going + 1;
    PERFORM notify_meetup('meetup_promoted', occurrence.meetup_id, of_occurrence, ARRAY[next.user_id], concat_ws(':', of_occurrence, at), NULL, at);
  END LOOP;
  UPDATE meetup_occurrences SET going = occurrence.going WHERE id = of_occurrence AND going <> occurrence.going;
END
$$;
