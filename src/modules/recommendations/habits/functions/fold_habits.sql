-- Rewrites how somebody usually walks, from their valid walks of the last 28 days. Hours are means on the circle of 24 hours of Seoul, so that 23:30 and 00:30 have
-- midnight between them. `mean_hour` is what others are compared with: whoever hides the times of their walks has none. Call it with the person's row locked.
CREATE OR REPLACE FUNCTION fold_habits(of_user uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  INSERT INTO walk_habits (
    user_id, dong_code, sigungu_code, hour_x, hour_y, mean_hour, weekly_distance_m, breed_code, size, last_walk_at
  )
  SELECT of_user, traits.dong_code, traits.sigungu_code, walked.x, walked.y,
         CASE WHEN (SELECT settings -> 'hide_walk_times' IS DISTINCT FROM 'true' FROM users WHERE id = of_user) THEN mean_hour_of(walked.x, walked.y) END,
         walked.weekly_distance_m, traits.breed_code, traits.size, walked.last_walk_at
  FROM (
    SELECT avg(cosd(turn)) AS x, avg(sind(turn)) AS y, round(sum(distance_m) / 4.0)::int AS weekly_distance_m, max(started_at) AS last_walk_at
    FROM (
      SELECT started_at, distance_m, extract(epoch FROM (started_at AT TIME ZONE 'Asia/Seoul')::time)::float8 / 240 AS turn
      FROM walks
      WHERE user_id = of_user AND is_valid AND deleted_at IS NULL AND source = 'recorded' AND started_at >= at - interval '28 days'
    ) AS recent
  ) AS walked
  CROSS JOIN habit_traits(of_user) AS traits
  WHERE walked.last_walk_at IS NOT NULL
  ON CONFLICT (user_id) DO UPDATE
  SET dong_code = excluded.dong_code, sigungu_code = excluded.sigungu_code, hour_x = excluded.hour_x, hour_y = excluded.hour_y,
      mean_hour = excluded.mean_hour, weekly_distance_m = excluded.weekly_distance_m, breed_code = excluded.breed_code, size = excluded.size,
      last_walk_at = excluded.last_walk_at;
  IF NOT FOUND THEN
    DELETE FROM walk_habits WHERE user_id = of_user;
  END IF;
END
$$;
