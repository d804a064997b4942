-- Moves a person's rows of every board to their bins. Bins belong to everybody, so this is the last step of a transaction and locks them in one order. histogram_m is
-- the floor of the finest bin. The coarser bins follow from it.
CREATE OR REPLACE FUNCTION fold_histogram(of_user uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  WITH due AS (
    SELECT period_key, area_code, histogram_m AS was_m, now_m
    FROM rankings
    CROSS JOIN LATERAL (SELECT CASE WHEN standing > 0 THEN bin_floor(finest_digits(area_code), distance_m) END AS now_m) AS bin
    WHERE user_id = of_user AND histogram_m IS DISTINCT FROM now_m
  ), noted AS (
    UPDATE rankings
    SET histogram_m = due.now_m
    FROM due
    WHERE rankings.user_id = of_user AND rankings.period_key = due.period_key AND rankings.area_code = due.area_code
  )
  INSERT INTO ranking_histogram AS bin (period_key, area_code, digits, floor_m, users)
  SELECT due.period_key, due.area_code, level.digits, moved.floor_m, moved.users
  FROM due
  CROSS JOIN LATERAL generate_series(coarsest_digits(due.area_code), finest_digits(due.area_code)) AS level (digits)
  CROSS JOIN LATERAL (SELECT bin_floor(level.digits, was_m) AS was, bin_floor(level.digits, now_m) AS now) AS floors
  CROSS JOIN LATERAL (VALUES (floors.was, -1), (floors.now, 1)) AS moved (floor_m, users)
  WHERE moved.floor_m IS NOT NULL AND floors.was IS DISTINCT FROM floors.now
  ORDER BY due.period_key, due.area_code, level.digits, moved.floor_m
  ON CONFLICT (period_key, area_code, digits, floor_m) DO UPDATE SET users = bin.users + excluded.users;
END
$$;
