-- Takes somebody out of a date, whatever they were, as `becomes`. A seat that comes free goes to who waits. The caller holds the row of the date. Answers what they were,
-- or NULL for who was not in.
CREATE OR REPLACE FUNCTION free_seat(of_occurrence uuid, of_user uuid, becomes participation, at timestamptz) RETURNS participation
LANGUAGE plpgsql AS $$
DECLARE
  was participation;
BEGIN
  SELECT status INTO was FROM meetup_participants WHERE occurrence_id = of_occurrence AND user_id = of_user AND status IN ('going', 'waiting', 'requested');
  IF was IS NULL THEN
    RETURN NULL;
  END IF;
  UPDATE meetup_participants SET status = becomes, left_at = at, answered_at = coalesce(answered_at, at) WHERE occurrence_id = of_occurrence AND user_id = of_user;
  IF was = 'going' THEN
    UPDATE meetup_occurrences SET going = going - 1 WHERE id = of_occurrence;
    PERFORM fill_seats(of_occurrence, at);
  END IF;
  RETURN was;
END
$$;
