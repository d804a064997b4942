CREATE OR REPLACE FUNCTION is_blocked(one uuid, other uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = one AND blocked_id = other)
      OR EXISTS (SELECT 1 FROM blocks WHERE blocker_id = other AND blocked_id = one)
$$;
