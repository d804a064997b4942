-- Brings the post of a walk up to date. It is open while its walk is shared, valid and there, its author is, and no moderator or report has closed it. The triggers of
-- walks and users call it, and whatever decides about a case of moderation. A walk that was never shared has no post. The walk is locked first, and the next statement sees
-- what came while it waited, so of two folds at once the later one sees both changes.
CREATE OR REPLACE FUNCTION fold_post(of_walk uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM walks WHERE id = of_walk FOR NO KEY UPDATE;
  INSERT INTO posts AS post (walk_id, author_id, posted_at, region_code, is_open, audience)
  SELECT walks.id, walks.user_id, coalesce(walks.shared_at, walks.completed_at, walks.ended_at, walks.created_at), walks.region_code,
         coalesce(walks.is_valid, false) AND walks.shared_to_feed AND walks.deleted_at IS NULL
           AND users.deleted_at IS NULL AND users.banned_at IS NULL AND NOT is_closed_by_moderation('walk', walks.id),
         coalesce(walks.audience, (users.settings ->> 'share_audience')::post_audience, 'everyone')
  FROM walks
  JOIN users ON users.id = walks.user_id
  WHERE walks.id = of_walk
    AND (walks.shared_to_feed OR EXISTS (SELECT 1 FROM posts WHERE posts.walk_id = of_walk))
  ON CONFLICT (walk_id) DO UPDATE
  -- The audience of a post is the one it was shared for. What the author wants for later walks does not change it.
  SET region_code = excluded.region_code, is_open = excluded.is_open,
      audience = coalesce((SELECT walks.audience FROM walks WHERE walks.id = of_walk), post.audience)
  WHERE (post.region_code, post.is_open, post.audience) IS DISTINCT FROM
        (excluded.region_code, excluded.is_open, coalesce((SELECT walks.audience FROM walks WHERE walks.id = of_walk), post.audience));
END
$$;
