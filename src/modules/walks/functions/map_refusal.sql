-- Why the map of a walk must stay closed at `at`, or NULL when its owner may open it. A map is safe only far from where its owner's walks usually begin and end: 2 km from every
-- square of 4 km in which they did on two days besides the walk's own, and from their own zone. Many maps that keep away from smaller squares leave a hole that finds the home.
-- A fortnight passes first, because somebody who has moved walks from a door that is no usual place yet. Before ten walks nobody knows where that is.
CREATE OR REPLACE FUNCTION map_refusal(of_walk uuid, at timestamptz) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT CASE
      WHEN (
        SELECT count(*) FROM (
          SELECT 1 FROM walks AS known WHERE known.user_id = walk.user_id AND known.is_valid AND known.deleted_at IS NULL AND known.source = 'recorded' LIMIT 10
        ) AS some_of_them
      ) < 10 THEN 'too_few_walks'
      -- Nobody is told to wait for a map that will never open.
      WHEN walk.line IS NULL OR EXISTS (
        SELECT 1
        FROM (
          -- A square is eight cells wide.
          SELECT floor(cell_x / 8.0) * 4000 AS x, floor(cell_y / 8.0) * 4000 AS y
          FROM walk_ends
          WHERE user_id = walk.user_id AND seoul_day(started_at) <> seoul_day(walk.started_at)
          GROUP BY 1, 2
          HAVING count(DISTINCT seoul_day(started_at)) >= 2
          -- OFFSET keeps the distance from being measured for every end of a walk.
          OFFSET 0
        ) AS usual
        WHERE comes_near(walk.line, ST_MakeEnvelope(usual.x, usual.y, usual.x + 4000, usual.y + 4000, 5179), 2000)
      ) OR EXISTS (
        SELECT 1
        FROM users
        WHERE id = walk.user_id AND privacy_zone_center IS NOT NULL
          AND comes_near(walk.line, ST_Transform(privacy_zone_center::geometry, 5179), 2000 + privacy_zone_radius_m)
      ) THEN 'too_close_to_home'
      WHEN walk.started_at > at - interval '14 days' THEN 'too_early'
    END
    FROM walks AS walk
    WHERE walk.id = of_walk
  );
END
$$;
