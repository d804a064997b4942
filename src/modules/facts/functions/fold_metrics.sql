-- Rewrites metric_days of one day from its walks, and moves metric_totals by the difference.
CREATE OR REPLACE FUNCTION fold_metrics(of_user uuid, on_day date) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  WITH now AS (
    SELECT gained.metric, sum(gained.value)::int AS value
    FROM walks
    CROSS JOIN LATERAL walk_gains(walks) AS gained
    WHERE walks.user_id = of_user
      AND walks.is_valid AND walks.deleted_at IS NULL AND walks.source = 'recorded'
      AND walks.started_at >= on_day::timestamp AT TIME ZONE 'Asia/Seoul'
      AND walks.started_at < (on_day + 1)::timestamp AT TIME ZONE 'Asia/Seoul'
    GROUP BY gained.metric
  ), moved AS (
    SELECT metric, coalesce(now.value, 0) AS value, coalesce(now.value, 0) - coalesce(was.value, 0) AS difference
    FROM now
    FULL JOIN (SELECT metric_days.metric, metric_days.value FROM metric_days WHERE user_id = of_user AND day = on_day) AS was USING (metric)
    WHERE coalesce(now.value, 0) <> coalesce(was.value, 0)
  ), day AS (
    INSERT INTO metric_days (user_id, day, metric, value)
    SELECT of_user, on_day, metric, value FROM moved
    ON CONFLICT (user_id, day, metric) DO UPDATE SET value = excluded.value
  )
  INSERT INTO metric_totals AS total (user_id, metric, value)
  SELECT of_user, metric, difference FROM moved
  ON CONFLICT (user_id, metric) DO UPDATE SET value = total.value + excluded.value;
END
$$;
