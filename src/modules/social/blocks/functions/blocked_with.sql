-- The people with a block between them and somebody, either way. It is for lists of many people, where `is_blocked` of each would be most of the work. Whoever uses it asks
-- for bans as well, as `is_blocked` does.
CREATE OR REPLACE FUNCTION blocked_with(of_user uuid) RETURNS uuid[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN ARRAY(
    SELECT blocked_id FROM blocks WHERE blocker_id = of_user
    UNION ALL
    SELECT blocker_id FROM blocks WHERE blocked_id = of_user
  );
END
$$;
