-- Ranks the candidates of a feed (docs/product.md#feed) and answers those after (`before_score`, `before_id`), best first:
-- 0.40 / (1 + age in days) + 0.30 × closeness + 0.20 × (same dong 1, same sigungu 0.6) + 0.10 × likes and comments, of which 50 count.
-- Age and closeness are as of `at`. The counters are as `seen` saw them: what later transactions added is taken off again, so nothing moves while somebody scrolls.
-- The joins are hash joins, because nobody can estimate how much somebody liked or what was counted since, and a nested loop multiplies the two. With
-- nested loops off, a scan of a whole table would look cheap, so it is off as well. Who is left out is asked of the best alone, in their order, until the page is full.
CREATE OR REPLACE FUNCTION rank_posts(
  of_viewer uuid, candidates posts[], at timestamptz, seen pg_snapshot, in_region text, before_score float8, before_id uuid, page_size int
) RETURNS TABLE (walk_id uuid, score float8)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET enable_nestloop = off SET enable_seqscan = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
  in_sigungu CONSTANT text := left(in_region, 5);
BEGIN
  RETURN QUERY
  WITH later AS MATERIALIZED (
    SELECT post_marks.walk_id, sum(post_marks.delta) AS delta
    FROM post_marks
    WHERE post_marks.made_by >= pg_snapshot_xmin(seen) AND NOT pg_visible_in_snapshot(post_marks.made_by, seen)
    GROUP BY post_marks.walk_id
  ), scored AS (
    SELECT pool.walk_id, pool.author_id,
           0.40::float8 / (1 + date_part('epoch', at - pool.posted_at) / 86400)
             + 0.30::float8 * coalesce(close.closeness, 0)
             + CASE WHEN pool.region_code = in_region THEN 0.20::float8 WHEN left(pool.region_code, 5) = in_sigungu THEN 0.12::float8 ELSE 0 END
             + 0.002::float8 * least(greatest(pool.like_count + pool.comment_count - coalesce(later.delta, 0), 0), 50) AS score
    FROM unnest(candidates) AS pool
    LEFT JOIN closeness_of(of_viewer, at) AS close ON close.author_id = pool.author_id
    LEFT JOIN later ON later.walk_id = pool.walk_id
  ), ranked AS MATERIALIZED (
    SELECT scored.*
    FROM scored
    WHERE scored.score < before_score OR (scored.score = before_score AND scored.walk_id < before_id)
    ORDER BY scored.score DESC, scored.walk_id DESC
  )
  SELECT ranked.walk_id, ranked.score
  FROM ranked
  WHERE (ranked.walk_id IN (SELECT feed_hides.walk_id FROM feed_hides WHERE feed_hides.user_id = of_viewer)) = false
    AND NOT is_blocked(of_viewer, ranked.author_id)
  LIMIT page_size;
END
$$;
