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

-- As before, but the days it took end with the last walk that counts, which is not the one that came last where that one was late.
CREATE OR REPLACE FUNCTION award_badges(of_user uuid, on_day date, by_walk uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  WITH due AS MATERIALIZED ( -- settled before anything else is looked up: most walks earn nothing
    SELECT badges.id, stand.season_year, stand.from_day, stand.until_day
    FROM badge_values(of_user, on_day, at) AS stand
    JOIN badges ON badges.id = stand.badge_id AND stand.reached >= badges.threshold
    WHERE (badges.tier = 'free' OR is_premium(of_user, at))
      AND NOT EXISTS (
        SELECT 1
        FROM user_badges held
        WHERE held.user_id = of_user AND held.badge_id = badges.id AND held.season_year = stand.season_year
      )
  )
  INSERT INTO user_badges (user_id, badge_id, season_year, earned_at, walk_id, first_walk_at, walk_count, day_count)
  SELECT of_user, due.id, due.season_year, at, by_walk, first_walk.started_at, taken.walk_count,
         coalesce(greatest(taken.last_day, on_day) - seoul_day(first_walk.started_at) + 1, 0)
  FROM due
  LEFT JOIN LATERAL (
    SELECT walks.started_at
    FROM walks
    WHERE walks.user_id = of_user AND walks.is_valid AND walks.deleted_at IS NULL
      AND walks.started_at >= coalesce(due.from_day::timestamp AT TIME ZONE 'Asia/Seoul', '-infinity')
    ORDER BY walks.started_at
    LIMIT 1
  ) AS first_walk ON true
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(user_days.walk_count), 0) AS walk_count, max(user_days.day) AS last_day
    FROM user_days
    WHERE user_id = of_user AND user_days.walk_count > 0
      AND day BETWEEN coalesce(due.from_day, '-infinity') AND coalesce(due.until_day, 'infinity')
  ) AS taken
  ON CONFLICT (user_id, badge_id, season_year) DO NOTHING;
END
$$;
