-- How many wait for a host's answer, at dates ahead. Who has left or is blocked cannot be answered.
CREATE OR REPLACE FUNCTION count_requests(of_host uuid, at timestamptz) RETURNS int
LANGUAGE plpgsql STABLE AS $$
DECLARE
  hidden CONSTANT uuid[] := blocked_with(of_host);
BEGIN
  RETURN (
    SELECT count(*)
    FROM meetups
    JOIN meetup_occurrences AS occurrence ON occurrence.meetup_id = meetups.id AND occurrence.starts_at > at AND occurrence.cancelled_at IS NULL
    JOIN meetup_participants AS part ON part.occurrence_id = occurrence.id AND part.status = 'requested'
    JOIN users ON users.id = part.user_id AND users.deleted_at IS NULL AND users.banned_at IS NULL
    WHERE meetups.host_id = of_host AND part.user_id <> ALL (hidden)
  );
END
$$;
