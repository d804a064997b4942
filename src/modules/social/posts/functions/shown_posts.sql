-- What people did with walks, as `Post` of modules/social/posts/schema.ts, and whether anybody with an account may see them. `posted_at` is exact here: `presentWalk` and
-- `presentCard` make it as coarse as the walk's other times. It is SQL without a setting, so Postgres writes it into the statement that selects from it.
CREATE OR REPLACE FUNCTION shown_posts(for_viewer uuid) RETURNS TABLE (walk_id uuid, is_public boolean, post jsonb)
LANGUAGE sql STABLE AS $$
  SELECT posts.walk_id, posts.is_open AND posts.audience = 'everyone', jsonb_build_object(
    'posted_at', posts.posted_at,
    'audience', posts.audience,
    'likes', posts.like_count,
    -- LIMIT looks one like up by its key. As EXISTS the planner may read all that the viewer gave.
    'liked', (SELECT true FROM likes WHERE likes.walk_id = posts.walk_id AND likes.user_id = for_viewer LIMIT 1) IS NOT NULL,
    'comments', posts.comment_count,
    'is_hidden', NOT posts.is_open AND is_closed_by_moderation('walk', posts.walk_id)
  ) || (
    SELECT jsonb_build_object(
      'reactions', coalesce(jsonb_object_agg(given.emoji, given.count), '{}'),
      'my_reactions', coalesce(jsonb_agg(given.emoji ORDER BY given.emoji) FILTER (WHERE given.is_mine), '[]')
    )
    FROM (
      SELECT reactions.emoji, count(*) AS count, bool_or(reactions.user_id = for_viewer) AS is_mine
      FROM reactions
      WHERE reactions.walk_id = posts.walk_id
      GROUP BY reactions.emoji
    ) AS given
  )
  FROM posts
$$;
