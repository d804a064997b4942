-- Replaces the people who are recommended to somebody by the best 20 of their sigungu. All are scored and sorted first. Who must be left out is then asked
-- in this order, until there are 20, because asking it of three thousand takes longer than all the rest. Scores are rounded to twelve digits, so that equal ones are equal on every machine, and the id decides between them.
CREATE OR REPLACE FUNCTION recommend_people(for_viewer uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  mine record;
  my_hour float8;
  my_distance_m int;
BEGIN
  SELECT * INTO mine FROM habit_traits(for_viewer);
  -- One's own hour counts for oneself, also where others do not learn it.
  SELECT mean_hour_of(hour_x, hour_y), weekly_distance_m INTO my_hour, my_distance_m FROM walk_habits WHERE user_id = for_viewer AND last_walk_at >= at - interval '28 days';
  my_distance_m := coalesce(my_distance_m, 0);
  DELETE FROM recommendation_dismissals WHERE user_id = for_viewer AND dismissed_at <= at - interval '180 days';
  DELETE FROM recommendations WHERE user_id = for_viewer;
  INSERT INTO recommendations (user_id, other_id, score, reasons)
  SELECT for_viewer, best.user_id, best.score, ARRAY(
    -- A reason is what the two have in common. Where the terms are equal, the heavier one comes first.
    SELECT term.reason
    FROM (VALUES
      (1, CASE WHEN best.is_same_dong THEN 'same_dong' END, best.by_region),
      (2, CASE WHEN best.have_hours THEN 'same_hours' END, best.by_hour),
      (3, CASE WHEN best.is_same_breed THEN 'same_breed' WHEN best.is_same_size THEN 'same_size' END, best.by_pet),
      (4, 'similar_distance', best.by_distance)
    ) AS term (place, reason, points)
    WHERE term.reason IS NOT NULL AND term.points > 0.1::float8
    ORDER BY term.points DESC, term.place
    LIMIT 2
  )
  FROM (
    SELECT sorted.*
    FROM (
      SELECT points.*, round((points.by_region + points.by_hour + points.by_pet + points.by_distance) * 1e12) / 1e12 AS score
      FROM (
        SELECT alike.*,
               0.40::float8 * CASE WHEN alike.is_same_dong THEN 1::float8 ELSE 0.6::float8 END AS by_region,
               0.25::float8 * CASE WHEN alike.have_hours THEN 1 - least(alike.apart, 24 - alike.apart) / 12 ELSE 0.5::float8 END AS by_hour,
               0.20::float8 * CASE WHEN alike.is_same_breed THEN 1::float8 WHEN alike.is_same_size THEN 0.7::float8 ELSE 0.3::float8 END AS by_pet,
               0.15::float8 * coalesce(
                 least(alike.weekly_distance_m, my_distance_m)::float8 / nullif(greatest(alike.weekly_distance_m, my_distance_m), 0), 0
               ) AS by_distance
        FROM (
          SELECT habits.user_id, habits.weekly_distance_m, abs(habits.mean_hour - my_hour) AS apart,
                 habits.mean_hour IS NOT NULL AND my_hour IS NOT NULL AS have_hours,
                 coalesce(habits.dong_code = mine.dong_code, false) AS is_same_dong,
                 coalesce(habits.breed_code = mine.breed_code, false) AS is_same_breed,
                 coalesce(habits.size = mine.size, false) AS is_same_size
          FROM walk_habits AS habits
          WHERE habits.sigungu_code = mine.sigungu_code
            AND habits.last_walk_at >= at - interval '28 days'
            AND habits.user_id <> for_viewer
          -- OFFSET works each of these out once, where Postgres would repeat them wherever they are named.
          OFFSET 0
        ) AS alike
        OFFSET 0
      ) AS points
      ORDER BY score DESC, points.user_id
      OFFSET 0
    ) AS sorted
    -- LIMIT looks each of them up by key. As EXISTS all would be joined with all.
    WHERE (SELECT true FROM follows WHERE follows.follower_id = for_viewer AND follows.followee_id = sorted.user_id LIMIT 1) IS NULL
      AND (
        SELECT true FROM recommendation_dismissals AS dismissed WHERE dismissed.user_id = for_viewer AND dismissed.other_id = sorted.user_id LIMIT 1
      ) IS NULL
      AND is_recommendable(sorted.user_id)
      AND NOT is_blocked(for_viewer, sorted.user_id)
    ORDER BY sorted.score DESC, sorted.user_id
    LIMIT 20
  ) AS best;
END
$$;
