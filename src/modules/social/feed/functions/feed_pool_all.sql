-- The candidates of `feed_page` for everything: of fourteen days the 200 newest of those whom somebody follows, the 200 newest of their sigungu, and the 100 newest of all.
-- Each source has a floor of its own. With `floors`, all from these floors on.
CREATE OR REPLACE FUNCTION feed_pool_all(of_viewer uuid, in_region text, at timestamptz, floors jsonb, OUT candidates posts[], OUT oldest jsonb)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  most CONSTANT int[] := CASE WHEN floors IS NULL THEN '{200,200,100}'::int[] ELSE '{5000,5000,5000}'::int[] END;
  followed CONSTANT posts[] := newest_followed(of_viewer, feed_floor_at(floors -> 0, at), feed_floor_id(floors -> 0), at, most[1]);
  near CONSTANT posts[] := newest_local(of_viewer, in_region, feed_floor_at(floors -> 1, at), feed_floor_id(floors -> 1), at, most[2]);
  anywhere CONSTANT posts[] := newest_anywhere(of_viewer, feed_floor_at(floors -> 2, at), feed_floor_id(floors -> 2), at, most[3]);
BEGIN
  candidates := ARRAY(SELECT DISTINCT ON (post.walk_id) post FROM unnest(followed || near || anywhere) AS post);
  oldest := coalesce(floors, jsonb_build_array(
    feed_floor(followed, most[1], at), feed_floor(near, most[2], at), feed_floor(anywhere, most[3], at)
  ));
END
$$;
