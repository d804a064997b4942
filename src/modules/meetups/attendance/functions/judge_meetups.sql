-- Decides who came to dates that began 48 hours ago: whoever had a seat, and whom neither a walk nor the host proves to have come, did not come. Nobody is said to have
-- stayed away from what they could not see: a meetup that moderation has closed, or that they had reported before. A series of which three dates in a row had nobody but
-- the host is asked whether it goes on. Answers how many dates.
CREATE OR REPLACE FUNCTION judge_meetups(at timestamptz, at_most int) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  judged uuid[];
  series record;
BEGIN
  judged := ARRAY(
    SELECT id
    FROM meetup_occurrences
    WHERE judged_at IS NULL AND cancelled_at IS NULL AND starts_at <= at - interval '48 hours'
    ORDER BY starts_at, id
    LIMIT at_most
    FOR NO KEY UPDATE SKIP LOCKED
  );
  UPDATE meetup_occurrences SET judged_at = at WHERE id = ANY (judged);
  -- A walk that is completed at this moment is waited for, and seen by the next statement.
  PERFORM 1 FROM meetup_participants WHERE occurrence_id = ANY (judged) AND status = 'going' ORDER BY occurrence_id, user_id FOR NO KEY UPDATE;
  UPDATE meetup_participants AS part
  SET attended = CASE WHEN proof.is_there THEN true WHEN proof.was_seen THEN false END,
      attended_by = CASE WHEN proof.is_there THEN 'walk' WHEN proof.was_seen THEN 'nobody' END::attendance_proof
  FROM (
    SELECT mine.occurrence_id, mine.user_id, is_proved_by_walk(mine.user_id, occurrence.starts_at, occurrence.location) AS is_there,
           NOT is_closed_by_moderation('meetup', occurrence.meetup_id) AND NOT EXISTS (
             SELECT 1
             FROM report_hides
             WHERE report_hides.user_id = mine.user_id AND report_hides.target_type = 'meetup' AND report_hides.target_id = occurrence.meetup_id
               AND report_hides.created_at < occurrence.starts_at
           ) AS was_seen
    FROM meetup_occurrences AS occurrence
    JOIN meetup_participants AS mine ON mine.occurrence_id = occurrence.id
    WHERE occurrence.id = ANY (judged) AND mine.status = 'going' AND mine.attended_by IS DISTINCT FROM 'host'
  ) AS proof
  WHERE part.occurrence_id = proof.occurrence_id AND part.user_id = proof.user_id;
  FOR series IN
    SELECT DISTINCT meetups.id, meetups.host_id, meetups.renewed_at
    FROM meetup_occurrences AS occurrence
    JOIN meetups ON meetups.id = occurrence.meetup_id
    WHERE occurrence.id = ANY (judged) AND meetups.recurrence_rule IS NOT NULL AND meetups.cancelled_at IS NULL AND meetups.asked_at IS NULL
    ORDER BY meetups.id
  LOOP
    PERFORM ask_renewal(series.id, at)
    WHERE (
      SELECT count(*) FILTER (WHERE NOT has_others) = 3
      FROM (
        SELECT EXISTS (
                 SELECT 1
                 FROM meetup_participants AS part
                 WHERE part.occurrence_id = occurrence.id AND part.user_id <> series.host_id AND part.status = 'going' AND part.attended
               ) AS has_others
        FROM meetup_occurrences AS occurrence
        WHERE occurrence.meetup_id = series.id AND occurrence.judged_at IS NOT NULL AND occurrence.cancelled_at IS NULL
          AND occurrence.starts_at > series.renewed_at
        ORDER BY occurrence.starts_at DESC
        LIMIT 3
      ) AS last
    );
  END LOOP;
  RETURN cardinality(judged);
END
$$;
