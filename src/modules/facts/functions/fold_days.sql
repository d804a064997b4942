-- Rewrites a walk's day from all walks of that day, and moves the totals by the difference. Imported walks stand in columns of their own. Call it after the change, in
-- the same transaction, with the person's row locked.
CREATE OR REPLACE FUNCTION fold_days(changed_walk_id uuid) RETURNS void
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  of_user uuid;
  on_day date;
  from_at timestamptz;
  end_at timestamptz;
BEGIN
  SELECT user_id, seoul_day(started_at) INTO of_user, on_day FROM walks WHERE id = changed_walk_id;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  -- Values that are known before: the planner then sees that a day has few walks, and looks them up by key.
  from_at := on_day::timestamp AT TIME ZONE 'Asia/Seoul';
  end_at := (on_day + 1)::timestamp AT TIME ZONE 'Asia/Seoul';
  WITH counted AS (
    SELECT id, source, distance_m, duration_sec, calories
    FROM walks
    WHERE user_id = of_user AND is_valid AND deleted_at IS NULL AND started_at >= from_at AND started_at < end_at
  ), user_now AS (
    SELECT (count(*) FILTER (WHERE source = 'recorded'))::int AS walk_count,
           coalesce(sum(distance_m) FILTER (WHERE source = 'recorded'), 0)::int AS distance_m,
           coalesce(sum(duration_sec) FILTER (WHERE source = 'recorded'), 0)::int AS duration_sec,
           coalesce(sum(calories) FILTER (WHERE source = 'recorded'), 0)::int AS calories,
           (count(*) FILTER (WHERE source = 'imported'))::int AS imported_walk_count,
           coalesce(sum(distance_m) FILTER (WHERE source = 'imported'), 0)::int AS imported_distance_m,
           coalesce(sum(duration_sec) FILTER (WHERE source = 'imported'), 0)::int AS imported_duration_sec,
           coalesce(sum(calories) FILTER (WHERE source = 'imported'), 0)::int AS imported_calories
    FROM counted
  ), user_moved AS (
    SELECT user_now.walk_count - coalesce(was.walk_count, 0) AS walk_count,
           user_now.distance_m - coalesce(was.distance_m, 0) AS distance_m,
           user_now.duration_sec - coalesce(was.duration_sec, 0) AS duration_sec,
           user_now.calories - coalesce(was.calories, 0) AS calories,
           user_now.imported_walk_count - coalesce(was.imported_walk_count, 0) AS imported_walk_count,
           user_now.imported_distance_m - coalesce(was.imported_distance_m, 0) AS imported_distance_m,
           user_now.imported_duration_sec - coalesce(was.imported_duration_sec, 0) AS imported_duration_sec,
           user_now.imported_calories - coalesce(was.imported_calories, 0) AS imported_calories
    FROM user_now LEFT JOIN user_days was ON was.user_id = of_user AND was.day = on_day
  ), user_day AS (
    INSERT INTO user_days (
      user_id, day, walk_count, distance_m, duration_sec, calories,
      imported_walk_count, imported_distance_m, imported_duration_sec, imported_calories
    )
    SELECT of_user, on_day, walk_count, distance_m, duration_sec, calories,
           imported_walk_count, imported_distance_m, imported_duration_sec, imported_calories
    FROM user_now
    ON CONFLICT (user_id, day) DO UPDATE
    SET walk_count = excluded.walk_count, distance_m = excluded.distance_m, duration_sec = excluded.duration_sec, calories = excluded.calories,
        imported_walk_count = excluded.imported_walk_count, imported_distance_m = excluded.imported_distance_m,
        imported_duration_sec = excluded.imported_duration_sec, imported_calories = excluded.imported_calories
  ), user_total AS (
    INSERT INTO user_totals AS total (
      user_id, walk_count, distance_m, duration_sec, calories,
      imported_walk_count, imported_distance_m, imported_duration_sec, imported_calories
    )
    SELECT of_user, walk_count, distance_m, duration_sec, calories,
           imported_walk_count, imported_distance_m, imported_duration_sec, imported_calories
    FROM user_moved
    ON CONFLICT (user_id) DO UPDATE
    SET walk_count = total.walk_count + excluded.walk_count, distance_m = total.distance_m + excluded.distance_m,
        duration_sec = total.duration_sec + excluded.duration_sec, calories = total.calories + excluded.calories,
        imported_walk_count = total.imported_walk_count + excluded.imported_walk_count,
        imported_distance_m = total.imported_distance_m + excluded.imported_distance_m,
        imported_duration_sec = total.imported_duration_sec + excluded.imported_duration_sec,
        imported_calories = total.imported_calories + excluded.imported_calories
  ), pet_now AS ( -- every pet that walked that day, and those that no longer did
    SELECT pet_id,
           (count(counted.id) FILTER (WHERE source = 'recorded'))::int AS walk_count,
           coalesce(sum(distance_m) FILTER (WHERE source = 'recorded'), 0)::int AS distance_m,
           coalesce(sum(duration_sec) FILTER (WHERE source = 'recorded'), 0)::int AS duration_sec,
           coalesce(sum(calories) FILTER (WHERE source = 'recorded'), 0)::int AS calories,
           (count(counted.id) FILTER (WHERE source = 'imported'))::int AS imported_walk_count,
           coalesce(sum(distance_m) FILTER (WHERE source = 'imported'), 0)::int AS imported_distance_m,
           coalesce(sum(duration_sec) FILTER (WHERE source = 'imported'), 0)::int AS imported_duration_sec,
           coalesce(sum(calories) FILTER (WHERE source = 'imported'), 0)::int AS imported_calories
    FROM (
      SELECT walk_pets.pet_id, counted.id, counted.source, counted.distance_m, counted.duration_sec, counted.calories
      FROM counted JOIN walk_pets ON walk_pets.walk_id = counted.id
      UNION ALL
      SELECT pet_days.pet_id, NULL, 'recorded', 0, 0, 0
      FROM pets JOIN pet_days ON pet_days.pet_id = pets.id AND pet_days.day = on_day
      WHERE pets.user_id = of_user
    ) AS counted
    GROUP BY pet_id
  ), pet_moved AS (
    SELECT pet_now.pet_id,
           pet_now.walk_count - coalesce(was.walk_count, 0) AS walk_count,
           pet_now.distance_m - coalesce(was.distance_m, 0) AS distance_m,
           pet_now.duration_sec - coalesce(was.duration_sec, 0) AS duration_sec,
           pet_now.calories - coalesce(was.calories, 0) AS calories,
           pet_now.imported_walk_count - coalesce(was.imported_walk_count, 0) AS imported_walk_count,
           pet_now.imported_distance_m - coalesce(was.imported_distance_m, 0) AS imported_distance_m,
           pet_now.imported_duration_sec - coalesce(was.imported_duration_sec, 0) AS imported_duration_sec,
           pet_now.imported_calories - coalesce(was.imported_calories, 0) AS imported_calories
    FROM pet_now LEFT JOIN pet_days was ON was.pet_id = pet_now.pet_id AND was.day = on_day
  ), pet_day AS (
    INSERT INTO pet_days (
      pet_id, day, walk_count, distance_m, duration_sec, calories,
      imported_walk_count, imported_distance_m, imported_duration_sec, imported_calories
    )
    SELECT pet_id, on_day, walk_count, distance_m, duration_sec, calories,
           imported_walk_count, imported_distance_m, imported_duration_sec, imported_calories
    FROM pet_now
    ON CONFLICT (pet_id, day) DO UPDATE
    SET walk_count = excluded.walk_count, distance_m = excluded.distance_m, duration_sec = excluded.duration_sec, calories = excluded.calories,
        imported_walk_count = excluded.imported_walk_count, imported_distance_m = excluded.imported_distance_m,
        imported_duration_sec = excluded.imported_duration_sec, imported_calories = excluded.imported_calories
  )
  INSERT INTO pet_totals AS total (
    pet_id, walk_count, distance_m, duration_sec, calories,
    imported_walk_count, imported_distance_m, imported_duration_sec, imported_calories
  )
  SELECT pet_id, walk_count, distance_m, duration_sec, calories,
         imported_walk_count, imported_distance_m, imported_duration_sec, imported_calories
  FROM pet_moved
  ON CONFLICT (pet_id) DO UPDATE
  SET walk_count = total.walk_count + excluded.walk_count, distance_m = total.distance_m + excluded.distance_m,
      duration_sec = total.duration_sec + excluded.duration_sec, calories = total.calories + excluded.calories,
      imported_walk_count = total.imported_walk_count + excluded.imported_walk_count,
      imported_distance_m = total.imported_distance_m + excluded.imported_distance_m,
      imported_duration_sec = total.imported_duration_sec + excluded.imported_duration_sec,
      imported_calories = total.imported_calories + excluded.imported_calories;
END
$$;
