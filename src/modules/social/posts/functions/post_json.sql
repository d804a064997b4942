-- What people did with a walk, as `Post` of modules/social/posts/schema.ts, or NULL for a walk that was never shared. `posted_at` is exact here: `presentWalk` and
-- `presentCard` make it as coarse as the walk's other times.
CREATE OR REPLACE FUNCTION post_json(of_walk uuid, for_viewer uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT jsonb_build_object(
      'posted_at', posts.posted_at,
      'audience', posts.audience,
      'likes', posts.like_count,
      'liked', EXISTS (SELECT 1 FROM likes WHERE likes.walk_id = of_walk AND likes.user_id = for_viewer),
      'comments', posts.comment_count,
      'reactions', (
        SELECT coalesce(jsonb_object_agg(given.emoji, given.count), '{}')
        FROM (SELECT emoji, count(*) AS count FROM reactions WHERE reactions.walk_id = of_walk GROUP BY emoji) AS given
      ),
      'my_reactions', (
        SELECT coalesce(jsonb_agg(emoji ORDER BY emoji), '[]') FROM reactions WHERE reactions.walk_id = of_walk AND reactions.user_id = for_viewer
      ),
      'is_hidden', NOT posts.is_open AND is_closed_by_moderation('walk', of_walk)
    )
    FROM posts
    WHERE posts.walk_id = of_walk
  );
END
$$;
