-- Brings up to date who came, where a walk proves it or proves it no more. Call it when a walk was completed, deleted, restored or judged again, with its person's row locked.
-- The host marks the rest: a walk also proves somebody to have come whom the host has marked as absent before it was completed, and otherwise what the host has marked stays.
-- Dates of two more hours are looked at, because a walk that is measured again may begin at another time.
CREATE OR REPLACE FUNCTION prove_attendance(of_walk uuid) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  walk record;
BEGIN
  SELECT user_id, started_at INTO walk FROM walks WHERE id = of_walk;
  UPDATE meetup_participants AS part
  SET attended = CASE WHEN proof.is_there THEN true WHEN proof.is_judged THEN false END,
      attended_by = CASE WHEN proof.is_there THEN 'walk' WHEN proof.is_judged THEN 'nobody' END::attendance_proof
  FROM (
    SELECT occurrence.id, occurrence.judged_at IS NOT NULL AS is_judged,
           is_proved_by_walk(walk.user_id, occurrence.starts_at, occurrence.location) AS is_there
    FROM meetup_participants AS mine
    JOIN meetup_occurrences AS occurrence ON occurrence.id = mine.occurrence_id
    WHERE mine.user_id = walk.user_id AND mine.status = 'going'
      AND occurrence.starts_at BETWEEN walk.started_at - interval '3 hours' AND walk.started_at + interval '3 hours'
      AND occurrence.cancelled_at IS NULL
  ) AS proof
  WHERE part.occurrence_id = proof.id AND part.user_id = walk.user_id
    AND CASE WHEN part.attended_by = 'host' THEN proof.is_there AND NOT part.attended ELSE (part.attended_by IS NOT DISTINCT FROM 'walk') <> proof.is_there END;
END
$$;
