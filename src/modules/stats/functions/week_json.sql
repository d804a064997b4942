-- Somebody's Seoul week, Monday to Sunday by the 00:00 day, that holds an instant: what they walked, recorded or imported, and how much of their goal it is. PL/pgSQL keeps
-- its plan.
CREATE OR REPLACE FUNCTION week_json(of_user uuid, at timestamptz) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  monday CONSTANT date := date_trunc('week', seoul_day(at)::timestamp)::date;
BEGIN
  RETURN (
    SELECT json_build_object(
      'distance_m', coalesce(sum(walked.distance_m), 0),
      'walk_count', coalesce(sum(walked.walk_count), 0),
      'duration_sec', coalesce(sum(walked.duration_sec), 0),
      'goal_km', users.weekly_goal_km,
      'percent', coalesce(sum(walked.distance_m), 0)::bigint / (users.weekly_goal_km * 10),
      'days', json_agg(json_build_object(
        'day', week.day, 'walk_count', coalesce(walked.walk_count, 0), 'distance_m', coalesce(walked.distance_m, 0)
      ) ORDER BY week.day)
    )
    FROM users
    CROSS JOIN (SELECT monday + n AS day FROM generate_series(0, 6) AS n) AS week
    LEFT JOIN (
      SELECT user_days.day, user_days.walk_count + user_days.imported_walk_count AS walk_count,
             user_days.distance_m + user_days.imported_distance_m AS distance_m,
             user_days.duration_sec + user_days.imported_duration_sec AS duration_sec
      FROM user_days
      WHERE user_days.user_id = of_user AND user_days.day >= monday AND user_days.day < monday + 7
    ) AS walked ON walked.day = week.day
    WHERE users.id = of_user
    GROUP BY users.id
  );
END
$$;
