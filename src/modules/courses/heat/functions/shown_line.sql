-- What of a walk may count for others: its way without 200 m at either end, and without what lies around where its owner is hidden (`hidden_boxes`). In points at most 16 m apart, in metres
-- of EPSG:5179. A new piece begins wherever something was left out. Of a walk that is not wholly in Korea, and of an owner of whom nothing is hidden, nothing is shown.
-- The planner takes the points for millions, and would compile the statement, which takes longer than all else (`jit`). PostGIS touches a line once. What is done for each point is arithmetic, because a call of PostGIS for each takes ten times as long.
CREATE OR REPLACE FUNCTION shown_line(of_walk uuid) RETURNS TABLE (piece int, x float8, y float8)
LANGUAGE plpgsql STABLE SET jit = off AS $$
BEGIN
  RETURN QUERY
  WITH boxes AS MATERIALIZED (
    SELECT box.west, box.south, box.east, box.north FROM walks CROSS JOIN LATERAL hidden_boxes(walks.user_id) AS box WHERE walks.id = of_walk
  ), corners AS MATERIALIZED (
    SELECT dumped.path[1] AS part, dumped.path[2] AS nth, ST_X(dumped.geom) AS x, ST_Y(dumped.geom) AS y
    FROM walks
    CROSS JOIN LATERAL ST_DumpPoints(ST_Transform(ST_Force2D(walks.line), 5179)) AS dumped
    WHERE walks.id = of_walk AND walks.line @ ST_MakeEnvelope(120, 30, 135, 45, 4326) AND EXISTS (SELECT FROM boxes)
  ), legs AS (
    SELECT part, nth, corners.x, corners.y, next_x, next_y, sqrt((next_x - corners.x) ^ 2 + (next_y - corners.y) ^ 2) AS length_m, is_last
    FROM (
      SELECT corners.*, lead(corners.x) OVER way AS next_x, lead(corners.y) OVER way AS next_y, lead(nth, 2) OVER way IS NULL AS is_last
      FROM corners
      WINDOW way AS (PARTITION BY part ORDER BY nth)
    ) AS corners
    WHERE next_x IS NOT NULL
  ), measured AS (
    SELECT legs.*, sum(length_m) OVER (ORDER BY part, nth) - length_m AS passed_m, sum(length_m) OVER () AS total_m,
           greatest(ceil(length_m / 16)::int, 1) AS steps
    FROM legs
  ), points AS (
    SELECT part, row_number() OVER (ORDER BY part, nth, step) AS place, total_m, passed_m + length_m * step / steps AS along_m,
           measured.x + (next_x - measured.x) * step / steps AS x, measured.y + (next_y - measured.y) * step / steps AS y
    FROM measured
    CROSS JOIN LATERAL generate_series(0, CASE WHEN is_last THEN steps ELSE steps - 1 END) AS step
  ), shown AS (
    SELECT points.part, points.place, points.x, points.y
    FROM points
    WHERE along_m >= 200 AND along_m <= total_m - 200
      AND NOT EXISTS (SELECT FROM boxes WHERE points.x BETWEEN west AND east AND points.y BETWEEN south AND north)
  )
  SELECT sum(begins) OVER (ORDER BY place)::int, apart.x, apart.y
  FROM (
    SELECT shown.*, CASE WHEN (lag(part) OVER way, lag(place) OVER way) IS DISTINCT FROM (part, place - 1) THEN 1 ELSE 0 END AS begins
    FROM shown
    WINDOW way AS (ORDER BY place)
  ) AS apart
  ORDER BY place;
END
$$;
