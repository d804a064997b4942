-- The newest open posts of those whom somebody follows, from a floor up to `at`, newest first. Few followees are looked up in the index by author, all in one scan. With many it
-- goes through all posts by time, and `= true` keeps the condition a hashed filter, because a join would lose the order and sort everything.
CREATE OR REPLACE FUNCTION newest_followed(of_viewer uuid, floor_at timestamptz, floor_id uuid, at timestamptz, most int) RETURNS posts[]
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  -- Measured: the two ways take as long near 2,000.
  IF follows_many(of_viewer, 2000) THEN
    RETURN ARRAY(
      SELECT posts
      FROM posts
      WHERE posts.is_open AND posts.posted_at <= at AND posts.posted_at >= floor_at AND (posts.posted_at, posts.walk_id) >= (floor_at, floor_id)
        AND (posts.author_id IN (SELECT followee_id FROM follows WHERE follower_id = of_viewer)) = true
      ORDER BY posts.posted_at DESC, posts.walk_id DESC
      LIMIT most
    );
  END IF;
  -- OFFSET keeps it a look at each author, where Postgres would rather go by time.
  RETURN ARRAY(
    SELECT theirs.post
    FROM (
      SELECT posts AS post, posts.posted_at, posts.walk_id
      FROM posts
      WHERE posts.is_open AND posts.author_id = ANY (ARRAY(SELECT followee_id FROM follows WHERE follower_id = of_viewer))
        AND posts.posted_at <= at AND posts.posted_at >= floor_at AND (posts.posted_at, posts.walk_id) >= (floor_at, floor_id)
      OFFSET 0
    ) AS theirs
    ORDER BY theirs.posted_at DESC, theirs.walk_id DESC
    LIMIT most
  );
END
$$;
