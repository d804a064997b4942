-- The host answers somebody who asked to come. More than there are seats wait, and within two hours before the start there is no waiting. Answers `{outcome, status}`.
CREATE OR REPLACE FUNCTION answer_request(of_occurrence uuid, by_host uuid, of_user uuid, is_welcome boolean, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  occurrence meetup_occurrences;
  was participation;
  given participation;
BEGIN
  SELECT * INTO occurrence FROM meetup_occurrences WHERE id = of_occurrence FOR NO KEY UPDATE;
  IF NOT EXISTS (SELECT 1 FROM meetups WHERE id = occurrence.meetup_id AND host_id = by_host) THEN
    RETURN jsonb_build_object('outcome', CASE WHEN sees_meetup(by_host, occurrence.meetup_id) THEN 'not_host' ELSE 'unknown' END);
  END IF;
  SELECT part.status INTO was
  FROM meetup_participants part
  JOIN users ON users.id = part.user_id AND users.deleted_at IS NULL
  WHERE part.occurrence_id = of_occurrence AND part.user_id = of_user AND NOT is_blocked(by_host, of_user);
  IF was IS NULL THEN
    RETURN '{"outcome": "nobody"}';
  ELSIF (is_welcome AND was IN ('going', 'waiting')) OR (NOT is_welcome AND was = 'declined') THEN
    RETURN jsonb_build_object('outcome', 'in', 'status', was);
  ELSIF occurrence.cancelled_at IS NOT NULL THEN
    RETURN '{"outcome": "cancelled"}';
  ELSIF occurrence.starts_at <= at THEN
    RETURN '{"outcome": "over"}';
  ELSIF was IN ('going', 'waiting') THEN
    RETURN '{"outcome": "answered"}';
  ELSIF was NOT IN ('requested', 'declined') THEN
    RETURN '{"outcome": "nobody"}';
  END IF;
  given := CASE
    WHEN NOT is_welcome THEN 'declined'
    WHEN occurrence.going < occurrence.capacity THEN 'going'
    WHEN NOT is_waiting_over(occurrence.starts_at, at) THEN 'waiting'
  END;
  IF given IS NULL THEN
    RETURN '{"outcome": "full"}';
  END IF;
  UPDATE meetup_participants SET status = given, answered_at = at WHERE occurrence_id = of_occurrence AND user_id = of_user;
  IF given = 'going' THEN
    UPDATE meetup_occurrences SET going = going + 1 WHERE id = of_occurrence;
  END IF;
  PERFORM notify_meetup(
    'meetup_answered', occurrence.meetup_id, of_occurrence, ARRAY[of_user], concat_ws(':', of_occurrence, given, at), NULL, at, jsonb_build_object('status', given)
  );
  RETURN jsonb_build_object('outcome', 'in', 'status', given);
END
$$;
