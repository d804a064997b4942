-- Rewrites one cell of somebody from the walks that start or end in it.
CREATE OR REPLACE FUNCTION fold_hidden_area(of_user uuid, x int, y int) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO hidden_areas (user_id, cell_x, cell_y, first_used_at, last_used_on, days_used)
  SELECT of_user, x, y, min(started_at), max(seoul_day(started_at)), count(DISTINCT seoul_day(started_at))
  FROM walk_ends
  WHERE user_id = of_user AND cell_x = x AND cell_y = y
  HAVING count(*) > 0
  ON CONFLICT (user_id, cell_x, cell_y) DO UPDATE
  SET first_used_at = excluded.first_used_at, last_used_on = excluded.last_used_on, days_used = excluded.days_used;
  IF NOT FOUND THEN
    DELETE FROM hidden_areas WHERE user_id = of_user AND cell_x = x AND cell_y = y;
  END IF;
END
$$;
