-- Leaves a date. Whoever leaves a seat within two hours before the start lets others down, unless time or place has changed since they joined, or they may not see the
-- meetup any more. The host cannot leave.
CREATE OR REPLACE FUNCTION leave_meetup(of_occurrence uuid, by_user uuid, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  occurrence meetup_occurrences;
  was participation;
BEGIN
  SELECT * INTO occurrence FROM meetup_occurrences WHERE id = of_occurrence FOR NO KEY UPDATE;
  IF EXISTS (SELECT 1 FROM meetups WHERE id = occurrence.meetup_id AND host_id = by_user) THEN
    RETURN '{"outcome": "host"}';
  ELSIF NOT EXISTS (
    SELECT 1 FROM meetup_participants WHERE occurrence_id = of_occurrence AND user_id = by_user AND status IN ('going', 'waiting', 'requested')
  ) THEN
    RETURN jsonb_build_object('outcome', CASE WHEN sees_meetup(by_user, occurrence.meetup_id) THEN 'out' ELSE 'unknown' END);
  ELSIF occurrence.starts_at <= at AND occurrence.cancelled_at IS NULL THEN
    RETURN '{"outcome": "over"}';
  END IF;
  was := free_seat(of_occurrence, by_user, 'left', at);
  IF was = 'going' AND is_waiting_over(occurrence.starts_at, at) AND occurrence.cancelled_at IS NULL THEN
    UPDATE meetup_participants
    SET is_late = NOT is_excused AND sees_meetup(by_user, occurrence.meetup_id)
    WHERE occurrence_id = of_occurrence AND user_id = by_user;
  END IF;
  RETURN '{"outcome": "out"}';
END
$$;
