-- Mends of 0005.
SET LOCAL lock_timeout = '5s';

-- Whether a period, for as long as it stood, covered some of that streak day; one that was revoked before it began covered none.
CREATE OR REPLACE FUNCTION was_premium_on(of_user uuid, streak_day date) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT 1
    FROM premium_periods
    WHERE user_id = of_user
      AND greatest(starts_at, (streak_day + time '04:00') AT TIME ZONE 'Asia/Seoul')
        < least(ends_at, revoked_at, (streak_day + 1 + time '04:00') AT TIME ZONE 'Asia/Seoul')
  )
$$;

-- Whether a rest day could bridge that day, were it the only one missed: the month is the parameter's, not that of each rest day.
CREATE OR REPLACE FUNCTION can_rest_on(of_user uuid, day date) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT was_premium_on(of_user, can_rest_on.day)
     AND NOT EXISTS (
       SELECT 1 FROM rest_days WHERE user_id = of_user AND month = date_trunc('month', can_rest_on.day::timestamp)::date
     )
$$;

-- Brings rest_days and streak_runs up to date after something changed on a streak day. A single missed day can only be that one or a neighbour of it,
-- and the month's one rest day goes to the first of them: the whole months around the day are looked at, and the runs that reach into them. A rest day
-- on either edge of what is looked at is another month's, and stands.
CREATE OR REPLACE FUNCTION fold_streak(of_user uuid, on_day date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  from_day CONSTANT date := date_trunc('month', (on_day - 1)::timestamp)::date - 1;
  until_day CONSTANT date := (date_trunc('month', (on_day + 1)::timestamp) + interval '1 month')::date;
  walked datemultirange;
  rested date[];
  runs datemultirange;
BEGIN
  SELECT coalesce(range_agg(daterange(streak_day(started_at), streak_day(started_at) + 1)), '{}') INTO walked
  FROM walks
  WHERE user_id = of_user
    AND is_valid AND deleted_at IS NULL
    AND started_at >= (from_day + time '04:00') AT TIME ZONE 'Asia/Seoul'
    AND started_at < (until_day + 1 + time '04:00') AT TIME ZONE 'Asia/Seoul';

  rested := ARRAY(
    SELECT DISTINCT ON (date_trunc('month', missed)) missed::date
    FROM generate_series(from_day + 1, until_day - 1, interval '1 day') AS missed
    WHERE NOT walked @> missed::date
      AND walked @> missed::date - 1
      AND walked @> missed::date + 1
      AND was_premium_on(of_user, missed::date)
    ORDER BY date_trunc('month', missed), missed
  );
  DELETE FROM rest_days WHERE user_id = of_user AND day > from_day AND day < until_day AND day <> ALL (rested);
  INSERT INTO rest_days (user_id, month, day)
  SELECT of_user, date_trunc('month', day::timestamp)::date, day FROM unnest(rested) AS day
  ON CONFLICT (user_id, month) DO NOTHING;

  WITH touched AS (
    DELETE FROM streak_runs
    WHERE user_id = of_user AND last_day >= from_day - 1 AND first_day <= until_day + 1
    RETURNING daterange(first_day, last_day, '[]') AS run
  ), days AS (
    SELECT unnest(walked) AS run
    UNION ALL SELECT daterange(day, day, '[]') FROM rest_days WHERE user_id = of_user AND day BETWEEN from_day AND until_day
    UNION ALL SELECT run * daterange(NULL, from_day) FROM touched
    UNION ALL SELECT run * daterange(until_day + 1, NULL) FROM touched
  )
  SELECT coalesce(range_agg(run), '{}') INTO runs FROM days;
  INSERT INTO streak_runs (user_id, first_day, last_day, days)
  SELECT of_user, lower(run), upper(run) - 1,
         upper(run) - lower(run) - (SELECT count(*) FROM rest_days WHERE user_id = of_user AND day <@ run)
  FROM unnest(runs) AS run;
END
$$;

-- As before, but the pets are looked up by the walk, whatever else the planner might think of.
CREATE OR REPLACE FUNCTION walk_gains(walk walks) RETURNS TABLE (metric badge_metric, value int)
LANGUAGE sql STABLE AS $$
  SELECT gained.metric::badge_metric, gained.value
  FROM (
    SELECT extract(hour FROM walk.started_at AT TIME ZONE 'Asia/Seoul') AS hour, seoul_day(walk.started_at) AS day, walk.weather ->> 'pty' AS pty
  ) AS start
  CROSS JOIN LATERAL (VALUES
    ('early_bird_walks', (hour IN (4, 5))::int),
    ('night_owl_walks', (hour IN (22, 23, 0, 1, 2, 3))::int),
    -- KMA's precipitation type, as its code or by its name.
    ('rain_walks', coalesce(pty IN ('1', '2', '4', '5', '6', 'rain', 'rain_snow', 'shower', 'drizzle', 'drizzle_snow'), false)::int),
    ('snow_walks', coalesce(pty IN ('2', '3', '6', '7', 'rain_snow', 'snow', 'drizzle_snow', 'flurry'), false)::int),
    ('new_year_walks', (to_char(day, 'MM-DD') = '01-01')::int),
    ('birthday_walks', coalesce((
      SELECT bool_or(NOT pets.is_birth_date_approximate AND is_birthday(pets.birth_date, day))
      FROM walk_pets
      JOIN pets ON pets.id = walk_pets.pet_id
      WHERE walk_pets.walk_id = walk.id
    ), false)::int),
    ('walk_photos', walk.photo_count),
    ('together_walks', (cardinality(walk.together_with) > 0)::int)
  ) AS gained (metric, value)
$$;

-- As before, but a walk that was found valid without a way has no place.
CREATE OR REPLACE FUNCTION fold_places(changed_walk_id uuid) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  judged walk_starts;
  is_new boolean;
  pending uuid[];
BEGIN
  DELETE FROM walk_starts
  USING walks
  WHERE walk_starts.walk_id = changed_walk_id AND walks.id = changed_walk_id AND NOT (walks.is_valid AND walks.deleted_at IS NULL)
  RETURNING walk_starts.* INTO judged;
  IF judged.is_place THEN
    pending := starts_near(judged, false);
  ELSE
    INSERT INTO walk_starts (walk_id, user_id, started_at, location, is_place)
    SELECT id, user_id, started_at, ST_Force2D(ST_StartPoint(ST_GeometryN(line, 1)))::geography, false
    FROM walks
    WHERE id = changed_walk_id AND is_valid AND deleted_at IS NULL AND NOT ST_IsEmpty(line)
    ON CONFLICT (walk_id) DO NOTHING
    RETURNING ARRAY[walk_id] INTO pending;
  END IF;
  LOOP
    SELECT * INTO judged FROM walk_starts WHERE walk_id = ANY (pending) ORDER BY started_at, walk_id LIMIT 1;
    EXIT WHEN NOT FOUND;
    pending := array_remove(pending, judged.walk_id);
    is_new := NOT EXISTS (
      SELECT 1
      FROM walk_starts place
      WHERE place.user_id = judged.user_id
        AND place.is_place
        AND (place.started_at, place.walk_id) < (judged.started_at, judged.walk_id)
        AND ST_DWithin(place.location, judged.location, 500)
    );
    CONTINUE WHEN is_new = judged.is_place;
    UPDATE walk_starts SET is_place = is_new WHERE walk_id = judged.walk_id;
    IF is_new THEN
      -- It can only unseat later places near it; what it covers need not be judged any more.
      pending := starts_near(judged, true) || ARRAY(
        SELECT walk_id FROM walk_starts WHERE walk_id = ANY (pending) AND (is_place OR NOT ST_DWithin(location, judged.location, 500))
      );
    ELSE
      pending := pending || starts_near(judged, false);
    END IF;
  END LOOP;
END
$$;
