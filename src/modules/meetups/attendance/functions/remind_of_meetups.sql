-- Reminds everybody who has a seat of dates that begin within two hours, once for each date. What moderation has closed reminds nobody. Answers how many dates.
CREATE OR REPLACE FUNCTION remind_of_meetups(at timestamptz, at_most int) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  due uuid[] := ARRAY(
    SELECT id
    FROM meetup_occurrences
    WHERE reminded_at IS NULL AND cancelled_at IS NULL AND starts_at > at AND starts_at <= at + interval '2 hours'
    ORDER BY starts_at, id
    LIMIT at_most
    FOR NO KEY UPDATE SKIP LOCKED
  );
BEGIN
  UPDATE meetup_occurrences SET reminded_at = at WHERE id = ANY (due);
  PERFORM notify_meetup(
    'meetup_reminder', occurrence.meetup_id, occurrence.id,
    ARRAY(SELECT user_id FROM meetup_participants WHERE occurrence_id = occurrence.id AND status = 'going'),
    concat_ws(':', occurrence.id, occurrence.starts_at), NULL, at
  )
  FROM meetup_occurrences AS occurrence
  WHERE occurrence.id = ANY (due) AND NOT is_closed_by_moderation('meetup', occurrence.meetup_id);
  RETURN cardinality(due);
END
$$;
