-- The host says whether somebody with a seat has come, from the start on as long as `open_for`. What a walk has proved stays.
CREATE OR REPLACE FUNCTION mark_attendance(of_occurrence uuid, by_host uuid, of_user uuid, has_come boolean, open_for interval, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  occurrence meetup_occurrences;
BEGIN
  SELECT * INTO occurrence FROM meetup_occurrences WHERE id = of_occurrence FOR NO KEY UPDATE;
  IF NOT EXISTS (SELECT 1 FROM meetups WHERE id = occurrence.meetup_id AND host_id = by_host) THEN
    RETURN jsonb_build_object('outcome', CASE WHEN sees_meetup(by_host, occurrence.meetup_id) THEN 'not_host' ELSE 'unknown' END);
  ELSIF NOT EXISTS (
    SELECT 1 FROM meetup_participants WHERE occurrence_id = of_occurrence AND user_id = of_user AND status = 'going' AND NOT is_blocked(by_host, of_user)
  ) THEN
    RETURN '{"outcome": "nobody"}';
  ELSIF occurrence.cancelled_at IS NOT NULL THEN
    RETURN '{"outcome": "cancelled"}';
  ELSIF at < occurrence.starts_at OR at > occurrence.starts_at + open_for THEN
    RETURN '{"outcome": "closed"}';
  END IF;
  UPDATE meetup_participants
  SET attended = has_come, attended_by = 'host'
  WHERE occurrence_id = of_occurrence AND user_id = of_user AND attended_by IS DISTINCT FROM 'walk';
  RETURN '{"outcome": "in"}';
END
$$;
