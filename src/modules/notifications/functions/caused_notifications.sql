-- The notifications that the changes of one person have made at an instant, for them and in their name, that wait to be pushed.
CREATE OR REPLACE FUNCTION caused_notifications(of_user uuid, at timestamptz) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  SELECT id FROM notifications WHERE user_id = of_user AND created_at = at AND removed_at IS NULL AND push_state = 'waiting'
  UNION
  SELECT id FROM notifications WHERE sender_id = of_user AND created_at = at AND push_state = 'waiting';
END
$$;
