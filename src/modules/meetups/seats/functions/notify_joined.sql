-- Tells a host that somebody comes. There is one notification for each date: who comes next replaces the last name and is counted.
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
  SET facts = told.facts || jsonb_build_object('joined', (told.facts -> 'joined') - by_user::text || to_jsonb(by_user)),
      sender_id = by_user,
      read_at = NULL;
END
$$;
