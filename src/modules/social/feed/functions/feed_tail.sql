-- What follows the head of a feed, by time: open posts before (`before_at`, `before_id`), newest first. Whoever follows many is shown sixty days of it at a time (`feed_tail_step`).
CREATE OR REPLACE FUNCTION feed_tail(of_viewer uuid, of_filter text, in_region text, before_at timestamptz, before_id uuid, page_size int)
RETURNS TABLE (walk_id uuid, posted_at timestamptz)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  IF of_filter = 'local' THEN
    RETURN QUERY
    SELECT posts.walk_id, posts.posted_at
    FROM posts
    WHERE posts.is_open AND left(posts.region_code, 5) = left(in_region, 5)
      AND posts.posted_at <= before_at AND (posts.posted_at, posts.walk_id) < (before_at, before_id)
      AND posts.author_id <> of_viewer
      AND (posts.audience = 'everyone' OR (posts.author_id IN (SELECT followee_id FROM follows WHERE follower_id = of_viewer)) = true)
      AND NOT is_left_out(of_viewer, posts.walk_id, posts.author_id)
    ORDER BY posts.posted_at DESC, posts.walk_id DESC
    LIMIT page_size;
  ELSIF of_filter = 'all' THEN
    RETURN QUERY
    SELECT posts.walk_id, posts.posted_at
    FROM posts
    WHERE posts.is_open
      AND posts.posted_at <= before_at AND (posts.posted_at, posts.walk_id) < (before_at, before_id)
      AND posts.author_id <> of_viewer
      AND (posts.audience = 'everyone' OR (posts.author_id IN (SELECT followee_id FROM follows WHERE follower_id = of_viewer)) = true)
      AND NOT is_left_out(of_viewer, posts.walk_id, posts.author_id)
    ORDER BY posts.posted_at DESC, posts.walk_id DESC
    LIMIT page_size;
  ELSIF follows_many(of_viewer, 1000) THEN
    RETURN QUERY
    SELECT posts.walk_id, posts.posted_at
    FROM posts
    WHERE posts.is_open
      AND posts.posted_at <= before_at AND (posts.posted_at, posts.walk_id) < (before_at, before_id)
      AND posts.posted_at > before_at - interval '60 days'
      AND (posts.author_id IN (SELECT followee_id FROM follows WHERE follower_id = of_viewer)) = true
      AND NOT is_left_out(of_viewer, posts.walk_id, posts.author_id)
    ORDER BY posts.posted_at DESC, posts.walk_id DESC
    LIMIT page_size;
  ELSE
    -- A block is of all that somebody shared, so it is asked of those alone who come first.
    RETURN QUERY
    WITH newest AS MATERIALIZED (
      SELECT theirs.walk_id, theirs.posted_at, follows.followee_id
      FROM follows
      CROSS JOIN LATERAL (
        SELECT posts.walk_id, posts.posted_at
        FROM posts
        WHERE posts.is_open AND posts.author_id = follows.followee_id
          AND posts.posted_at <= before_at AND (posts.posted_at, posts.walk_id) < (before_at, before_id)
          AND (posts.walk_id IN (SELECT feed_hides.walk_id FROM feed_hides WHERE feed_hides.user_id = of_viewer)) = false
        ORDER BY posts.posted_at DESC, posts.walk_id DESC
        LIMIT page_size
      ) AS theirs
      WHERE follows.follower_id = of_viewer
      ORDER BY theirs.posted_at DESC, theirs.walk_id DESC
    )
    SELECT newest.walk_id, newest.posted_at
    FROM newest
    WHERE NOT is_blocked(of_viewer, newest.followee_id)
    LIMIT page_size;
  END IF;
END
$$;
