-- Tells people of a date of a meetup. `in_name_of` is whose nickname the words show, or NULL. Nobody is told of the same `about` twice. `more` are further facts.
CREATE OR REPLACE FUNCTION notify_meetup(
  of_type text, of_meetup uuid, of_occurrence uuid, people uuid[], about text, in_name_of uuid, at timestamptz, more jsonb DEFAULT '{}'
) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO notifications (user_id, type, topic, facts, sender_id, created_at, push_at, sweep_at)
  SELECT users.id, of_type::notification_type, about,
         jsonb_build_object(
           'meetup_id', meetups.id, 'occurrence_id', of_occurrence, 'title', meetups.title,
           'starts_at', to_char(occurrence.starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
         ) || more,
         in_name_of, at, at, at + interval '1 minute'
  FROM meetups
  JOIN users ON users.id = ANY (people) AND users.deleted_at IS NULL
  LEFT JOIN meetup_occurrences occurrence ON occurrence.id = of_occurrence
  WHERE meetups.id = of_meetup
  ON CONFLICT (user_id, type, topic) DO NOTHING;
END
$$;
