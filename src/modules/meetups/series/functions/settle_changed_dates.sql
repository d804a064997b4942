-- What follows from a change of dates. `was` are their rows from before it, which the caller still holds. Whoever is in where time or place has changed is told once, of
-- the first such date, and may leave without letting anybody down. Who waits gets what is free. Answers the dates whose live room stood open.
CREATE OR REPLACE FUNCTION settle_changed_dates(of_meetup uuid, was meetup_occurrences[], at timestamptz) RETURNS uuid[]
LANGUAGE plpgsql AS $$
DECLARE
  host CONSTANT uuid := (SELECT host_id FROM meetups WHERE id = of_meetup);
  moved uuid[] := ARRAY(
    SELECT stands.id
    FROM unnest(was) AS old
    JOIN meetup_occurrences stands ON stands.id = old.id
    WHERE stands.cancelled_at IS NULL
      AND (stands.starts_at, stands.location_name, ST_AsBinary(stands.location)) IS DISTINCT FROM (old.starts_at, old.location_name, ST_AsBinary(old.location))
  );
  touched record;
BEGIN
  UPDATE meetup_participants
  SET is_excused = true
  WHERE occurrence_id = ANY (moved) AND user_id <> host AND status IN ('going', 'waiting', 'requested');
  UPDATE meetup_occurrences
  SET reminded_at = CASE WHEN meetup_occurrences.starts_at <= at + interval '2 hours' THEN at END
  FROM unnest(was) AS old
  WHERE meetup_occurrences.id = old.id AND meetup_occurrences.id = ANY (moved) AND meetup_occurrences.starts_at <> old.starts_at;
  PERFORM notify_meetup(
    'meetup_changed', of_meetup, told.id, ARRAY[told.user_id], concat_ws(':', of_meetup, at, md5(concat(told.before, told.after))), NULL, at,
    jsonb_build_object('before', told.before, 'after', told.after, 'dates', told.dates)
  )
  FROM (
    SELECT DISTINCT ON (part.user_id)
           part.user_id, stands.id, count(*) OVER (PARTITION BY part.user_id) AS dates,
           jsonb_build_object(
             'starts_at', to_char(old.starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'location_name', old.location_name
           ) AS before,
           jsonb_build_object(
             'starts_at', to_char(stands.starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'location_name', stands.location_name
           ) AS after
    FROM unnest(was) AS old
    JOIN meetup_occurrences stands ON stands.id = old.id
    JOIN meetup_participants part ON part.occurrence_id = stands.id AND part.user_id <> host AND part.status IN ('going', 'waiting', 'requested')
    WHERE stands.id = ANY (moved)
    ORDER BY part.user_id, old.starts_at, old.id
  ) AS told;
  FOR touched IN SELECT id FROM unnest(was) ORDER BY id LOOP
    PERFORM fill_seats(touched.id, at);
  END LOOP;
  RETURN ARRAY(
    SELECT old.id
    FROM unnest(was) AS old
    JOIN meetup_occurrences stands ON stands.id = old.id
    WHERE old.cancelled_at IS NULL
      AND (stands.id = ANY (moved) OR stands.cancelled_at IS NOT NULL)
      AND room_opens_at(old.starts_at) <= at AND old.ends_at > at
  );
END
$$;
