-- The newest open posts that somebody may see, from a floor up to `at`, newest first. Their own are in no feed.
CREATE OR REPLACE FUNCTION newest_anywhere(of_viewer uuid, floor_at timestamptz, floor_id uuid, at timestamptz, most int) RETURNS posts[]
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN ARRAY(
    SELECT posts
    FROM posts
    WHERE posts.is_open
      AND posts.posted_at <= at AND posts.posted_at >= floor_at AND (posts.posted_at, posts.walk_id) >= (floor_at, floor_id)
      AND posts.author_id <> of_viewer
      AND (posts.audience = 'everyone' OR (posts.author_id IN (SELECT followee_id FROM follows WHERE follower_id = of_viewer)) = true)
    ORDER BY posts.posted_at DESC, posts.walk_id DESC
    LIMIT most
  );
END
$$;
