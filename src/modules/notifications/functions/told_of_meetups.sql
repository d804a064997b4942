-- What changes at an instant have told people of meetups, that waits to be pushed: of seats that came free, of dates that are cancelled or moved.
CREATE OR REPLACE FUNCTION told_of_meetups(at timestamptz) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  SELECT id FROM notifications WHERE created_at = at AND push_state = 'waiting' AND type::text LIKE 'meetup%';
END
$$;
