-- Ranks the candidates of a feed (docs/product.md#feed) and answers those after (`before_score`, `before_id`), best first:
-- 0.40 / (1 + age in days) + 0.30 × closeness + 0.20 × (same dong 1, same sigungu 0.6) + 0.10 × likes and comments, of which 50 count.
-- Age and closeness are as of `at`. The counters are as `seen` saw them: what later transactions added is taken off again, so nothing moves while somebody scrolls.
CREATE OR REPLACE FUNCTION rank_posts(
  of_viewer uuid, candidates uuid[], at timestamptz, seen pg_snapshot, in_region text, before_score float8, before_id uuid, page_size int
) RETURNS TABLE (walk_id uuid, score float8)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH pool AS MATERIALIZED (
    SELECT posts.walk_id, posts.author_id, posts.posted_at, posts.region_code, posts.like_count + posts.comment_count AS engagement
    FROM unnest(candidates) AS candidate (id)
    JOIN posts ON posts.walk_id = candidate.id
  ), authors AS MATERIALIZED (
    SELECT author.id, closeness(of_viewer, author.id, at) AS closeness
    FROM (SELECT DISTINCT pool.author_id AS id FROM pool) AS author
    WHERE NOT is_blocked(of_viewer, author.id)
  ), later AS MATERIALIZED (
    SELECT post_marks.walk_id, sum(post_marks.delta) AS delta
    FROM post_marks
    WHERE post_marks.made_by >= pg_snapshot_xmin(seen) AND NOT pg_visible_in_snapshot(post_marks.made_by, seen)
    GROUP BY post_marks.walk_id
  ), scored AS (
    SELECT pool.walk_id,
           0.40::float8 / (1 + extract(epoch FROM at - pool.posted_at)::float8 / 86400)
             + 0.30::float8 * authors.closeness
             + CASE WHEN pool.region_code = in_region THEN 0.20::float8 WHEN left(pool.region_code, 5) = left(in_region, 5) THEN 0.12::float8 ELSE 0 END
             + 0.002::float8 * least(greatest(pool.engagement - coalesce(later.delta, 0), 0), 50) AS score
    FROM pool
    JOIN authors ON authors.id = pool.author_id
    LEFT JOIN later ON later.walk_id = pool.walk_id
    WHERE pool.walk_id NOT IN (SELECT feed_hides.walk_id FROM feed_hides WHERE feed_hides.user_id = of_viewer)
  )
  SELECT scored.walk_id, scored.score
  FROM scored
  WHERE scored.score < before_score OR (scored.score = before_score AND scored.walk_id < before_id)
  ORDER BY scored.score DESC, scored.walk_id DESC
  LIMIT page_size;
END
$$;
