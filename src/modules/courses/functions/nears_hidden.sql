-- Whether a way on the grid (EPSG:5179) comes within 500 m of where its author is hidden: cells in which their walks begin or end, and all cells that their zone touches. Where
-- nothing is known of them, the cells in which the whole way begins and ends stand for that. A metre more pays for the rounding of what is shown.
CREATE OR REPLACE FUNCTION nears_hidden(of_user uuid, shown geometry, whole geometry) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
  apart constant float8 := 501;
  zone record;
BEGIN
  IF EXISTS (
    SELECT 1
    FROM hidden_areas
    WHERE user_id = of_user
      AND cell_x BETWEEN floor((ST_XMin(shown) - apart) / 500)::int AND floor((ST_XMax(shown) + apart) / 500)::int
      AND cell_y BETWEEN floor((ST_YMin(shown) - apart) / 500)::int AND floor((ST_YMax(shown) + apart) / 500)::int
      AND ST_DWithin(shown, ST_MakeEnvelope(cell_x * 500, cell_y * 500, cell_x * 500 + 500, cell_y * 500 + 500, 5179), apart)
  ) THEN
    RETURN true;
  END IF;
  SELECT on_grid.x, on_grid.y, users.privacy_zone_radius_m::float8 AS radius_m INTO zone
  FROM users
  CROSS JOIN LATERAL to_grid(
    ST_Y(users.privacy_zone_center::geometry),
    -- Far from Korea the series has no end, and nothing of a course lies there.
    CASE WHEN ST_X(users.privacy_zone_center::geometry) BETWEEN 107.5 AND 147.5 THEN ST_X(users.privacy_zone_center::geometry) END
  ) AS on_grid
  WHERE users.id = of_user AND users.privacy_zone_center IS NOT NULL AND on_grid.x IS NOT NULL;
  IF zone.x IS NOT NULL AND EXISTS (
    SELECT 1
    FROM generate_series(floor((zone.x - zone.radius_m) / 500)::int, floor((zone.x + zone.radius_m) / 500)::int) AS cell_x
    CROSS JOIN generate_series(floor((zone.y - zone.radius_m) / 500)::int, floor((zone.y + zone.radius_m) / 500)::int) AS cell_y
    WHERE greatest(cell_x * 500 - zone.x, zone.x - cell_x * 500 - 500, 0) ^ 2 + greatest(cell_y * 500 - zone.y, zone.y - cell_y * 500 - 500, 0) ^ 2
          <= zone.radius_m ^ 2
      AND ST_DWithin(shown, ST_MakeEnvelope(cell_x * 500, cell_y * 500, cell_x * 500 + 500, cell_y * 500 + 500, 5179), apart)
  ) THEN
    RETURN true;
  END IF;
  IF zone.x IS NOT NULL OR EXISTS (SELECT 1 FROM hidden_areas WHERE user_id = of_user) THEN
    RETURN false;
  END IF;
  RETURN EXISTS (
    SELECT 1
    FROM ends_on_grid(whole) AS there
    CROSS JOIN LATERAL (SELECT floor(there.x / 500) * 500 AS x, floor(there.y / 500) * 500 AS y) AS cell
    WHERE ST_DWithin(shown, ST_MakeEnvelope(cell.x, cell.y, cell.x + 500, cell.y + 500, 5179), apart)
  );
END
$$;
