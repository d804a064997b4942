-- Why the map of a walk must stay closed at `at`, or NULL when its owner may open it. A map is safe only far from where its owner's walks usually begin and end: 2 km from every
-- square of 4 km in which they did on two days besides the walk's own, and from their own zone. Many maps that keep away from smaller squares leave a hole that finds the home.
-- A fortnight passes first, because somebody who has moved walks from a door that is no usual place yet. Before ten walks nobody knows where that is.
CREATE OR REPLACE FUNCTION map_refusal(of_walk uuid, at timestamptz) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  walk walks;
  way geometry;
BEGIN
  SELECT * INTO walk FROM walks WHERE id = of_walk;
  IF (SELECT count(*) FROM (
    SELECT 1 FROM walks WHERE user_id = walk.user_id AND is_valid AND deleted_at IS NULL LIMIT 10
  ) AS known) < 10 THEN
    RETURN 'too_few_walks';
  END IF;
  way := ST_Transform(ST_Force2D(walk.line), 5179);
  -- Nobody is told to wait for a map that will never open.
  RETURN CASE WHEN way IS NULL OR EXISTS (
    SELECT 1
    FROM walk_ends
    -- A square is eight cells wide.
    CROSS JOIN LATERAL (SELECT floor(cell_x / 8.0) * 4000 AS x, floor(cell_y / 8.0) * 4000 AS y) AS square
    WHERE user_id = walk.user_id AND seoul_day(started_at) <> seoul_day(walk.started_at)
      AND ST_DWithin(way, ST_MakeEnvelope(square.x, square.y, square.x + 4000, square.y + 4000, 5179), 2000)
    GROUP BY square.x, square.y
    HAVING count(DISTINCT seoul_day(started_at)) >= 2
  ) OR EXISTS (
    SELECT 1
    FROM users
    WHERE id = walk.user_id AND ST_DWithin(ST_Transform(privacy_zone_center::geometry, 5179), way, 2000 + privacy_zone_radius_m)
  ) THEN 'too_close_to_home' WHEN walk.started_at > at - interval '14 days' THEN 'too_early' END;
END
$$;
