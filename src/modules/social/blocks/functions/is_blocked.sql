-- Whether two people may not meet: one of them has blocked the other, or is banned. It is PL/pgSQL, as is every function that is called for each row, because PL/pgSQL
-- keeps its plan.
CREATE OR REPLACE FUNCTION is_blocked(one uuid, other uuid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM blocks WHERE blocker_id = one AND blocked_id = other)
      OR EXISTS (SELECT 1 FROM blocks WHERE blocker_id = other AND blocked_id = one)
      OR EXISTS (SELECT 1 FROM users WHERE id IN (one, other) AND banned_at IS NOT NULL);
END
$$;
