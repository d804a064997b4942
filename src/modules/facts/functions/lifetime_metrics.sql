-- A person's metrics over all time. `value` is shown as progress and `reached` earns badges. They differ where progress can fall back (streaks).
CREATE OR REPLACE FUNCTION lifetime_metrics(of_user uuid, at timestamptz) RETURNS TABLE (metric badge_metric, value bigint, reached bigint)
LANGUAGE sql STABLE AS $$
  WITH summed AS (
    SELECT of_totals.metric::badge_metric AS metric, of_totals.value
    FROM user_totals
    CROSS JOIN LATERAL (VALUES ('walk_count', walk_count), ('distance_m', distance_m), ('duration_sec', duration_sec)) AS of_totals (metric, value)
    WHERE user_id = of_user
    UNION ALL
    SELECT metric_totals.metric, metric_totals.value FROM metric_totals WHERE user_id = of_user
    UNION ALL
    SELECT 'longest_walk_m', (
      SELECT distance_m FROM walks WHERE user_id = of_user AND is_valid AND deleted_at IS NULL AND source = 'recorded' ORDER BY distance_m DESC LIMIT 1
    )
    UNION ALL
    SELECT 'unique_places', count(*) FROM walk_starts WHERE user_id = of_user AND is_place
    UNION ALL
    SELECT 'weekly_dong_wins', count(*) FROM weekly_dong_wins WHERE user_id = of_user
  )
  SELECT summed.metric, summed.value, summed.value FROM summed
  UNION ALL
  SELECT 'streak_days',
         (SELECT days FROM current_streak(of_user, at)),
         (SELECT days FROM streak_runs WHERE user_id = of_user ORDER BY days DESC LIMIT 1)
$$;
