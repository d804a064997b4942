-- Adds to the counters of posts, once for each time that a walk is named, and keeps a mark of it for `feed_score`. Posts are locked in the order of their ids, so that two
-- transactions never wait for each other in a circle. A post that is being deleted has no counter any more.
CREATE OR REPLACE FUNCTION count_on_posts(of_walks uuid[], likes int, comments int) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF cardinality(of_walks) = 0 THEN
    RETURN;
  END IF;
  -- One like is by far the most frequent change, and needs neither a list nor an order.
  IF cardinality(of_walks) = 1 THEN
    UPDATE posts SET like_count = like_count + likes, comment_count = comment_count + comments WHERE walk_id = of_walks[1];
    INSERT INTO post_marks AS mark (walk_id, delta)
    VALUES (of_walks[1], likes + comments)
    ON CONFLICT (made_by, walk_id) DO UPDATE SET delta = mark.delta + excluded.delta;
    RETURN;
  END IF;
  PERFORM 1 FROM posts WHERE walk_id = ANY (of_walks) ORDER BY walk_id FOR NO KEY UPDATE;
  UPDATE posts
  SET like_count = like_count + likes * changed.times, comment_count = comment_count + comments * changed.times
  FROM (SELECT walk_id, count(*)::int AS times FROM unnest(of_walks) AS named (walk_id) GROUP BY walk_id) AS changed
  WHERE posts.walk_id = changed.walk_id;
  INSERT INTO post_marks AS mark (walk_id, delta)
  SELECT walk_id, count(*) * (likes + comments) FROM unnest(of_walks) AS named (walk_id) GROUP BY walk_id
  ON CONFLICT (made_by, walk_id) DO UPDATE SET delta = mark.delta + excluded.delta;
END
$$;
