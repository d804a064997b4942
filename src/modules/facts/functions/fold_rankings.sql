-- Rewrites the sums of a day's month, and the places in every open period of that day, from the walks of these periods. Call it in the transaction that changed the
-- walks, with the person's row locked, and fold_histogram at its end.
CREATE OR REPLACE FUNCTION fold_rankings(of_user uuid, on_day date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  of_month CONSTANT date := date_trunc('month', on_day::timestamp);
  month_ends CONSTANT timestamp := of_month + interval '1 month';
  of_week CONSTANT date := date_trunc('week', on_day::timestamp);
  from_at CONSTANT timestamptz := least(of_week, of_month)::timestamp AT TIME ZONE 'Asia/Seoul';
  end_at CONSTANT timestamptz := greatest(of_week + 7, month_ends) AT TIME ZONE 'Asia/Seoul';
BEGIN
  WITH now AS (
    SELECT coalesce(region_code, nation()) AS area_code, count(*) AS walk_count, sum(distance_m) AS distance_m, max(started_at) AS last_walk_at
    FROM walks
    WHERE user_id = of_user
      AND is_valid AND is_ranked AND deleted_at IS NULL AND source = 'recorded'
      AND started_at >= of_month::timestamp AT TIME ZONE 'Asia/Seoul'
      AND started_at < month_ends AT TIME ZONE 'Asia/Seoul'
    GROUP BY 1
  ), gone AS (
    DELETE FROM area_months
    WHERE user_id = of_user AND month = of_month AND area_code NOT IN (SELECT area_code FROM now)
  )
  INSERT INTO area_months AS sums (user_id, month, area_code, walk_count, distance_m, last_walk_at)
  SELECT of_user, of_month, area_code, walk_count, distance_m, last_walk_at FROM now
  ON CONFLICT (user_id, month, area_code) DO UPDATE
  SET walk_count = excluded.walk_count, distance_m = excluded.distance_m, last_walk_at = excluded.last_walk_at
  WHERE (sums.walk_count, sums.distance_m, sums.last_walk_at) <> (excluded.walk_count, excluded.distance_m, excluded.last_walk_at);

  -- A period that is about to close waits until this transaction is over, or this one sees that it has closed.
  PERFORM 1
  FROM ranking_periods
  WHERE period_key IN (SELECT period.period_key FROM ranking_periods_of(on_day) AS period)
  FOR KEY SHARE;

  WITH open AS MATERIALIZED (
    SELECT period.*, CASE WHEN period.period_key LIKE '%-W%' THEN coalesce(known.snapshot, 0) END AS snapshot
    FROM ranking_periods_of(on_day) AS period
    LEFT JOIN ranking_periods known ON known.period_key = period.period_key
    WHERE known.closed_at IS NULL
    UNION ALL
    SELECT 'all', NULL, NULL, NULL, NULL
  ), walked AS MATERIALIZED (
    SELECT coalesce(region_code, nation()) AS region_code, seoul_day(started_at) AS day, started_at, completed_at, distance_m
    FROM walks
    WHERE user_id = of_user AND is_valid AND is_ranked AND deleted_at IS NULL AND source = 'recorded' AND started_at >= from_at AND started_at < end_at
  ), counted AS (
    SELECT open.period_key, walked.region_code, 1 AS walk_count, walked.distance_m, walked.started_at AS last_walk_at
    FROM open
    JOIN walked ON walked.day >= open.from_day AND walked.day < open.end_day AND walked.completed_at < open.closes_at
    UNION ALL
    SELECT 'all', area_code, walk_count, distance_m, last_walk_at FROM area_months WHERE user_id = of_user
  ), summed AS MATERIALIZED (
    SELECT period_key, region_code, sum(walk_count) AS walk_count, sum(distance_m) AS distance_m, max(last_walk_at) AS last_walk_at
    FROM counted
    WHERE EXISTS (SELECT 1 FROM users WHERE id = of_user AND deleted_at IS NULL AND banned_at IS NULL)
    GROUP BY period_key, region_code
  ), now AS MATERIALIZED (
    SELECT summed.period_key, area.area_code, area.scope, sum(summed.walk_count)::int AS walk_count, sum(summed.distance_m)::int AS distance_m,
           max(summed.last_walk_at) AS last_walk_at
    FROM summed
    CROSS JOIN LATERAL areas_around(summed.region_code) AS area
    GROUP BY summed.period_key, area.area_code, area.scope
  ), gone AS (
    UPDATE rankings
    SET walk_count = 0, distance_m = 0, shown_standing = 0
    FROM open
    WHERE rankings.user_id = of_user
      AND rankings.period_key = open.period_key
      AND rankings.standing > 0
      AND NOT EXISTS (SELECT 1 FROM now WHERE now.period_key = rankings.period_key AND now.area_code = rankings.area_code)
  )
  INSERT INTO rankings AS place (user_id, period_key, area_code, walk_count, distance_m, last_walk_at, moved_in)
  SELECT of_user, now.period_key, now.area_code, now.walk_count, now.distance_m, now.last_walk_at, CASE WHEN now.scope <> 'nation' THEN open.snapshot END
  FROM now
  JOIN open USING (period_key)
  ON CONFLICT (user_id, period_key, area_code) DO UPDATE
  SET walk_count = excluded.walk_count, distance_m = excluded.distance_m, last_walk_at = excluded.last_walk_at, moved_in = excluded.moved_in,
      -- The snapshot shows what was, but no more than there still is.
      shown_standing = least(CASE WHEN place.moved_in = excluded.moved_in THEN place.shown_standing ELSE place.standing END, standing_of(excluded.distance_m, excluded.walk_count)),
      shown_last_walk_at = CASE WHEN place.moved_in = excluded.moved_in THEN place.shown_last_walk_at ELSE place.last_walk_at END
  WHERE (place.walk_count, place.distance_m, place.last_walk_at) <> (excluded.walk_count, excluded.distance_m, excluded.last_walk_at);
END
$$;
