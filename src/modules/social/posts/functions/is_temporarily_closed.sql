-- Whether somebody would see a shared walk if a temporary measure did not close it (정보통신망법 §44-2). They are told so. Whoever could not see it is told nothing.
CREATE OR REPLACE FUNCTION is_temporarily_closed(for_viewer uuid, of_walk uuid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (
    SELECT 1
    FROM moderation_cases AS state
    JOIN posts ON posts.walk_id = state.target_id
    JOIN walks ON walks.id = state.target_id
    JOIN users ON users.id = walks.user_id
    WHERE state.target_type = 'walk' AND state.target_id = of_walk
      AND state.closed_until IS NOT NULL AND coalesce(state.hidden_at, state.removed_at) IS NULL
      AND walks.is_valid AND walks.shared_to_feed AND walks.deleted_at IS NULL AND users.deleted_at IS NULL
      AND (posts.audience = 'everyone' OR EXISTS (SELECT 1 FROM follows WHERE follower_id = for_viewer AND followee_id = posts.author_id))
      AND NOT is_blocked(for_viewer, posts.author_id)
      AND NOT has_reported(for_viewer, 'walk', of_walk)
  );
END
$$;
