-- Where somebody is hidden on the heat map, in metres of EPSG:5179: around the cells of 500 m in which their walks begin or end, and those that their privacy zone touches, which is what
-- a live room hides (`cellsOf` of src/modules/rooms/rules.ts). Whoever compares two nights sees the hole that somebody leaves, so it is wider here. In a town it is the square of 1 km
-- that holds the cell, and 400 m around it. In the country, and where nobody knows, it is the cell and 2 km around it: few houses stand in a square there, and few walk the same ways.
CREATE OR REPLACE FUNCTION hidden_boxes(of_user uuid) RETURNS TABLE (west float8, south float8, east float8, north float8)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  WITH home AS (
    SELECT users.privacy_zone_center::geometry AS zone, users.privacy_zone_radius_m AS radius_m,
           CASE WHEN regions.level = 'dong' AND regions.dong !~ '[읍면리]$' THEN 400 ELSE 2000 END AS around_m,
           -- A square has so many cells along its side.
           CASE WHEN regions.level = 'dong' AND regions.dong !~ '[읍면리]$' THEN 2 ELSE 1 END AS side
    FROM users
    LEFT JOIN regions ON regions.code = users.region_code
    WHERE users.id = of_user
  ), cells AS (
    SELECT cell_x AS x, cell_y AS y FROM hidden_areas WHERE user_id = of_user
    UNION ALL
    SELECT columns.x, rows.y
    FROM home
    CROSS JOIN LATERAL to_grid(ST_Y(zone), CASE WHEN ST_X(zone) BETWEEN 107.5 AND 147.5 THEN ST_X(zone) END) AS center
    CROSS JOIN LATERAL generate_series(floor((center.x - radius_m) / 500)::int, floor((center.x + radius_m) / 500)::int) AS columns (x)
    CROSS JOIN LATERAL generate_series(floor((center.y - radius_m) / 500)::int, floor((center.y + radius_m) / 500)::int) AS rows (y)
    WHERE zone IS NOT NULL AND center.x IS NOT NULL
      AND greatest(columns.x * 500 - center.x, center.x - columns.x * 500 - 500, 0) ^ 2
          + greatest(rows.y * 500 - center.y, center.y - rows.y * 500 - 500, 0) ^ 2 <= radius_m ^ 2
  )
  SELECT square.x * 500.0::float8 - around_m, square.y * 500.0::float8 - around_m,
         (square.x + side) * 500.0::float8 + around_m, (square.y + side) * 500.0::float8 + around_m
  FROM (
    SELECT DISTINCT floor(cells.x / side::float8)::int * side AS x, floor(cells.y / side::float8)::int * side AS y, side, around_m FROM cells, home
  ) AS square;
END
$$;
