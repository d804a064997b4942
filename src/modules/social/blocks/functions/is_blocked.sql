-- Whether one of two people has blocked the other. It is PL/pgSQL, as is every function that is called for each row, because PL/pgSQL keeps its plan.
CREATE OR REPLACE FUNCTION is_blocked(one uuid, other uuid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM blocks WHERE blocker_id = one AND blocked_id = other)
      OR EXISTS (SELECT 1 FROM blocks WHERE blocker_id = other AND blocked_id = one);
END
$$;
