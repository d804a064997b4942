-- Whether one of two people has blocked the other. In PL/pgSQL, like all that is called for each row, for the sake of its kept plan.
CREATE OR REPLACE FUNCTION is_blocked(one uuid, other uuid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM blocks WHERE blocker_id = one AND blocked_id = other)
      OR EXISTS (SELECT 1 FROM blocks WHERE blocker_id = other AND blocked_id = one);
END
$$;
