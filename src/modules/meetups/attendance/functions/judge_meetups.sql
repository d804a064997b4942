-- Decides who came to dates that began 48 hours ago: whoever had a seat, and whom neither a walk nor the host proves to have come, did not come. A series of which three dates
-- in a row had nobody but the host is asked whether it goes on. Answers how many dates.
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
  UPDATE meetup_participants AS part
  SET attended = proof.is_there, attended_by = CASE WHEN proof.is_there THEN 'walk' ELSE 'nobody' END::attendance_proof
  FROM (
    SELECT mine.occurrence_id, mine.user_id, is_proved_by_walk(mine.user_id, occurrence.starts_at, occurrence.location) AS is_there
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
