-- Whether reports have hidden something, a moderator has removed it, or somebody who is injured by it has had it closed.
CREATE OR REPLACE FUNCTION is_closed_by_moderation(of_type moderation_target, of_target uuid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (
    SELECT 1
    FROM moderation_cases
    WHERE target_type = of_type AND target_id = of_target AND coalesce(hidden_at, removed_at, closed_until) IS NOT NULL
  );
END
$$;
