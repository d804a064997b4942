-- Where somebody is hidden, with 400 m around, in metres of EPSG:5179: the cells of 500 m in which their walks begin or end, and those that their privacy zone touches. It is what
-- a live room hides (`cellsOf` of src/modules/rooms/rules.ts), in squares instead of rounded ones, which hide a little more.
CREATE OR REPLACE FUNCTION hidden_boxes(of_user uuid) RETURNS TABLE (west float8, south float8, east float8, north float8)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  SELECT cell_x * 500.0::float8 - 400, cell_y * 500.0::float8 - 400, cell_x * 500.0::float8 + 900, cell_y * 500.0::float8 + 900
  FROM hidden_areas
  WHERE user_id = of_user
  UNION ALL
  SELECT cell.x * 500.0::float8 - 400, cell.y * 500.0::float8 - 400, cell.x * 500.0::float8 + 900, cell.y * 500.0::float8 + 900
  FROM users
  CROSS JOIN LATERAL to_grid(
    ST_Y(users.privacy_zone_center::geometry),
    CASE WHEN ST_X(users.privacy_zone_center::geometry) BETWEEN 107.5 AND 147.5 THEN ST_X(users.privacy_zone_center::geometry) END
  ) AS center
  CROSS JOIN LATERAL generate_series(
    floor((center.x - users.privacy_zone_radius_m) / 500)::int, floor((center.x + users.privacy_zone_radius_m) / 500)::int
  ) AS columns (x)
  CROSS JOIN LATERAL generate_series(
    floor((center.y - users.privacy_zone_radius_m) / 500)::int, floor((center.y + users.privacy_zone_radius_m) / 500)::int
  ) AS rows (y)
  CROSS JOIN LATERAL (SELECT columns.x, rows.y) AS cell
  WHERE users.id = of_user AND users.privacy_zone_center IS NOT NULL AND center.x IS NOT NULL
    AND greatest(cell.x * 500 - center.x, center.x - cell.x * 500 - 500, 0) ^ 2
        + greatest(cell.y * 500 - center.y, center.y - cell.y * 500 - 500, 0) ^ 2 <= users.privacy_zone_radius_m ^ 2;
END
$$;
