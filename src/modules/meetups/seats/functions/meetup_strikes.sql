-- The times in the last 60 days at which somebody left within two hours before the start, or did not come though they had a seat and neither time nor place had changed
-- since they joined. A host lets nobody down by a walk that was not recorded: nobody else can say that they came.
CREATE OR REPLACE FUNCTION meetup_strikes(of_user uuid, at timestamptz) RETURNS TABLE (occurrence_id uuid, happened_at timestamptz, is_late boolean)
LANGUAGE sql STABLE AS $$
  SELECT strike.occurrence_id, strike.happened_at, strike.is_late
  FROM (
    SELECT part.occurrence_id, CASE WHEN part.is_late THEN part.left_at ELSE occurrence.starts_at END AS happened_at, part.is_late
    FROM meetup_participants part
    JOIN meetup_occurrences occurrence ON occurrence.id = part.occurrence_id
    JOIN meetups ON meetups.id = occurrence.meetup_id
    WHERE part.user_id = of_user
      AND meetups.host_id <> of_user
      AND (part.is_late OR (part.status = 'going' AND part.attended = false AND NOT part.is_excused))
      AND occurrence.cancelled_at IS NULL
  ) AS strike
  WHERE strike.happened_at > at - interval '60 days' AND strike.happened_at <= at
$$;
