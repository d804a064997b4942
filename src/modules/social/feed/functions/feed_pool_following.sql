-- The candidates of `feed_page` among those whom somebody follows: the 500 newest of fourteen days. With `floors`, all from that floor on.
CREATE OR REPLACE FUNCTION feed_pool_following(of_viewer uuid, at timestamptz, floors jsonb, OUT candidates posts[], OUT oldest jsonb)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  most CONSTANT int := CASE WHEN floors IS NULL THEN 500 ELSE 5000 END;
BEGIN
  candidates := newest_followed(of_viewer, feed_floor_at(floors -> 0, at), feed_floor_id(floors -> 0), at, most);
  oldest := coalesce(floors, jsonb_build_array(feed_floor(candidates, most, at)));
END
$$;
