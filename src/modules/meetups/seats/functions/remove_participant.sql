-- The host removes somebody from all dates of a meetup that are ahead, for good. Dates are locked in one order.
CREATE OR REPLACE FUNCTION remove_participant(of_meetup uuid, by_host uuid, of_user uuid, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  occurrence record;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM meetups WHERE id = of_meetup AND host_id = by_host) THEN
    RETURN jsonb_build_object('outcome', CASE WHEN sees_meetup(by_host, of_meetup) THEN 'not_host' ELSE 'unknown' END);
  ELSIF by_host = of_user THEN
    RETURN '{"outcome": "host"}';
  ELSIF NOT EXISTS (
    SELECT 1
    FROM meetup_participants part
    JOIN meetup_occurrences ON meetup_occurrences.id = part.occurrence_id
    WHERE meetup_occurrences.meetup_id = of_meetup AND part.user_id = of_user
  ) THEN
    RETURN '{"outcome": "nobody"}';
  END IF;
  INSERT INTO meetup_removals (meetup_id, user_id, removed_at) VALUES (of_meetup, of_user, at) ON CONFLICT DO NOTHING;
  FOR occurrence IN SELECT id FROM meetup_occurrences WHERE meetup_id = of_meetup AND starts_at > at ORDER BY id FOR NO KEY UPDATE LOOP
    PERFORM free_seat(occurrence.id, of_user, 'removed', at);
  END LOOP;
  RETURN '{"outcome": "out"}';
END
$$;
