-- Tells a host that somebody comes. There is one notification for each date, which is pushed once: who comes next replaces the last name, those who have left meanwhile
-- are counted no more, and it is unread and on top again. One that is unread and less than a minute old keeps its place.
CREATE OR REPLACE FUNCTION notify_joined(of_occurrence uuid, by_user uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO notifications AS told (user_id, type, topic, facts, sender_id, created_at, push_at, sweep_at)
  SELECT meetups.host_id, 'meetup_joined', of_occurrence::text,
         jsonb_build_object('meetup_id', meetups.id, 'occurrence_id', of_occurrence, 'title', meetups.title, 'joined', jsonb_build_array(by_user)),
         by_user, at, at, at + interval '1 minute'
  FROM meetup_occurrences occurrence
  JOIN meetups ON meetups.id = occurrence.meetup_id
  WHERE occurrence.id = of_occurrence AND meetups.host_id <> by_user
  ON CONFLICT (user_id, type, topic) DO UPDATE
  SET facts = told.facts || jsonb_build_object('joined', (
        SELECT coalesce(jsonb_agg(earlier.id ORDER BY earlier.position), '[]') || to_jsonb(by_user)
        FROM jsonb_array_elements_text(told.facts -> 'joined') WITH ORDINALITY AS earlier (id, position)
        JOIN meetup_participants part ON part.occurrence_id = of_occurrence AND part.user_id = uuid_of(earlier.id) AND part.status = 'going'
        WHERE part.user_id <> by_user
      )),
      sender_id = by_user,
      created_at = CASE
        WHEN told.read_at IS NULL AND told.removed_at IS NULL AND told.created_at > at - interval '1 minute' THEN told.created_at
        ELSE at
      END,
      read_at = NULL,
      removed_at = NULL;
END
$$;
