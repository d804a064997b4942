-- Brings rest_days and streak_runs up to date after a change on a streak day. A single missed day can only be that day or a neighbour, and the month's rest day goes to
-- the first missed day. So the whole months around the day are read, and the runs that reach into them. A rest day at either edge belongs to another month and stays.
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
    AND is_valid AND deleted_at IS NULL AND source = 'recorded'
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
