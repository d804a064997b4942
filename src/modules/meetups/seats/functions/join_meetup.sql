-- Gives somebody a seat, a place in the queue, or asks the host. The row of the date is locked first, and what others have done meanwhile is seen after it. `by_user` must
-- be locked before. Answers `{outcome, status}`: `unknown` for what somebody may not see, and whoever is in stays as they are. Whoever has waited until waiting was over
-- takes a free seat by joining again, as everybody may by then.
CREATE OR REPLACE FUNCTION join_meetup(of_occurrence uuid, by_user uuid, takes_waiting boolean, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  occurrence meetup_occurrences;
  meetup meetups;
  mine meetup_participants;
  given participation;
BEGIN
  SELECT * INTO occurrence FROM meetup_occurrences WHERE id = of_occurrence FOR NO KEY UPDATE;
  SELECT * INTO meetup FROM meetups WHERE id = occurrence.meetup_id;
  IF meetup.id IS NULL OR NOT sees_meetup(by_user, meetup.id) THEN
    RETURN '{"outcome": "unknown"}';
  END IF;
  SELECT * INTO mine FROM meetup_participants WHERE occurrence_id = of_occurrence AND user_id = by_user;
  IF occurrence.cancelled_at IS NOT NULL THEN
    RETURN '{"outcome": "cancelled"}';
  ELSIF mine.status = 'waiting' AND is_waiting_over(occurrence.starts_at, at) AND occurrence.starts_at > at AND occurrence.going < occurrence.capacity THEN
    UPDATE meetup_participants SET status = 'going', answered_at = at WHERE occurrence_id = of_occurrence AND user_id = by_user;
    UPDATE meetup_occurrences SET going = going + 1 WHERE id = of_occurrence;
    PERFORM notify_joined(of_occurrence, by_user, at);
    RETURN '{"outcome": "in", "status": "going"}';
  ELSIF mine.status IN ('going', 'waiting', 'requested') THEN
    RETURN jsonb_build_object('outcome', 'in', 'status', mine.status);
  ELSIF occurrence.starts_at <= at THEN
    RETURN '{"outcome": "over"}';
  ELSIF mine.status = 'declined' THEN
    RETURN '{"outcome": "declined"}';
  ELSIF mine.status = 'removed' OR EXISTS (SELECT 1 FROM meetup_removals WHERE meetup_id = meetup.id AND user_id = by_user) THEN
    RETURN '{"outcome": "removed"}';
  ELSIF NOT pet_fits(by_user, meetup) THEN
    RETURN '{"outcome": "no_fit"}';
  END IF;
  given := CASE
    WHEN occurrence.going >= occurrence.capacity AND (NOT takes_waiting OR is_waiting_over(occurrence.starts_at, at)) THEN NULL
    WHEN meetup.approval = 'manual' OR needs_approval_until(by_user, at) IS NOT NULL THEN 'requested'
    WHEN occurrence.going < occurrence.capacity THEN 'going'
    ELSE 'waiting'
  END;
  IF given IS NULL THEN
    RETURN '{"outcome": "full"}';
  END IF;
  INSERT INTO meetup_participants AS known (occurrence_id, user_id, status, joined_at)
  VALUES (of_occurrence, by_user, given, at)
  ON CONFLICT (occurrence_id, user_id) DO UPDATE
  SET status = excluded.status, joined_at = excluded.joined_at, queue_no = excluded.queue_no, answered_at = NULL, left_at = NULL, is_late = false, is_excused = false;
  IF given = 'going' THEN
    UPDATE meetup_occurrences SET going = going + 1 WHERE id = of_occurrence;
    PERFORM notify_joined(of_occurrence, by_user, at);
  ELSIF given = 'requested' THEN
    PERFORM notify_meetup('meetup_request', meetup.id, of_occurrence, ARRAY[meetup.host_id], concat_ws(':', of_occurrence, by_user), by_user, at);
    -- Whoever has taken their request back and asks again stands on top again. It is pushed only once, because the two cost nothing.
    UPDATE notifications
    SET created_at = at, read_at = NULL, removed_at = NULL
    WHERE user_id = meetup.host_id AND type = 'meetup_request' AND topic = concat_ws(':', of_occurrence, by_user) AND created_at <> at;
  END IF;
  RETURN jsonb_build_object('outcome', 'in', 'status', given);
END
$$;
