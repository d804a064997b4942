-- Whether somebody may see a shared walk: their own, or an open one of somebody with whom they have no block, which is for everyone or whose author they follow, and
-- which they have not reported.
CREATE OR REPLACE FUNCTION sees_post(for_viewer uuid, of_walk uuid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
  post posts;
BEGIN
  SELECT * INTO post FROM posts WHERE walk_id = of_walk;
  RETURN coalesce(
    post.author_id = for_viewer
    OR (
      post.is_open
      AND (post.audience = 'everyone' OR EXISTS (SELECT 1 FROM follows WHERE follower_id = for_viewer AND followee_id = post.author_id))
      AND NOT is_blocked(for_viewer, post.author_id)
      AND NOT has_reported(for_viewer, 'walk', of_walk)
    ),
    false
  );
END
$$;
