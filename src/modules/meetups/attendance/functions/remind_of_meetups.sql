-- Reminds everybody who has a seat of dates that begin within two hours, once for each date. What moderation has closed reminds nobody, and what somebody has reported does not
-- remind them. Answers how many dates.
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
    ARRAY(
      SELECT part.user_id
      FROM meetup_participants AS part
      WHERE part.occurrence_id = occurrence.id AND part.status = 'going' AND NOT EXISTS (
        SELECT 1
        FROM report_hides
        WHERE report_hides.user_id = part.user_id AND report_hides.target_type = 'meetup' AND report_hides.target_id = occurrence.meetup_id
      )
    ),
    concat_ws(':', occurrence.id, occurrence.starts_at), NULL, at
  )
  FROM meetup_occurrences AS occurrence
  WHERE occurrence.id = ANY (due) AND NOT is_closed_by_moderation('meetup', occurrence.meetup_id);
  RETURN cardinality(due);
END
$$;
