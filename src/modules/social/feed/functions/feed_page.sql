-- A page of a feed, as `FeedPageRow` of modules/social/feed/queries.ts: which walks, in which order, and what the next page needs to know.
--
-- A feed belongs to the instant `at`. Its head is ranked: the candidates of the last fourteen days, by `rank_posts`. Its tail is by time, and a feed that is by time alone is
-- a tail from `at` on. `after` is where the page before ended: {score, walk_id} in the head, {posted_at, walk_id} in the tail. `floors` are the oldest candidates of page
-- one, so that what is deleted later moves nothing into the head. `seen` is which likes and comments page one saw.
CREATE OR REPLACE FUNCTION feed_page(
  of_viewer uuid, of_filter text, in_region text, at timestamptz, seen pg_snapshot, floors jsonb, after jsonb, page_size int
) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  is_head CONSTANT boolean := NOT coalesce(after ? 'posted_at', false);
  pool record;
  items jsonb := '[]';
  older jsonb;
  tail_from jsonb := after;
  next jsonb;
BEGIN
  IF is_head THEN
    CASE of_filter
      WHEN 'following' THEN SELECT * INTO pool FROM feed_pool_following(of_viewer, at, floors);
      WHEN 'local' THEN SELECT * INTO pool FROM feed_pool_local(of_viewer, in_region, at, floors);
      ELSE SELECT * INTO pool FROM feed_pool_all(of_viewer, in_region, at, floors);
    END CASE;
    floors := pool.oldest;
    SELECT coalesce(jsonb_agg(jsonb_build_object('walk_id', ranked.walk_id, 'score', ranked.score)), '[]') INTO items
    FROM rank_posts(
      of_viewer, pool.candidates, at, seen, in_region, coalesce((after ->> 'score')::float8, 'infinity'), (after ->> 'walk_id')::uuid, page_size + 1
    ) AS ranked;
    -- The ranked feed of everything has no tail.
    tail_from := CASE WHEN of_filter <> 'all' THEN floors -> 0 END;
  END IF;
  IF tail_from IS NOT NULL AND jsonb_array_length(items) <= page_size THEN
    SELECT coalesce(jsonb_agg(jsonb_build_object('walk_id', tail.walk_id, 'posted_at', tail.posted_at)), '[]') INTO older
    FROM feed_tail(
      of_viewer, of_filter, in_region, (tail_from ->> 'posted_at')::timestamptz, (tail_from ->> 'walk_id')::uuid, page_size + 1 - jsonb_array_length(items)
    ) AS tail;
    items := items || older;
  END IF;
  IF jsonb_array_length(items) > page_size THEN
    next := items -> (page_size - 1);
  ELSIF tail_from IS NOT NULL THEN
    next := feed_tail_step(of_viewer, of_filter, (tail_from ->> 'posted_at')::timestamptz);
  END IF;
  RETURN jsonb_build_object(
    'walk_ids', (
      SELECT coalesce(jsonb_agg(item.it -> 'walk_id' ORDER BY item.n), '[]')
      FROM jsonb_array_elements(items) WITH ORDINALITY AS item (it, n)
      WHERE item.n <= page_size
    ),
    'floors', floors,
    'next', next
  );
END
$$;
