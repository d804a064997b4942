-- Somebody's streak at an instant, as `StreakRow` of modules/streaks/queries.ts. A run breaks when the day after its last day passes without a walk, or one day later if
-- a rest day can bridge it. PL/pgSQL keeps its plans.
CREATE OR REPLACE FUNCTION streak_json(of_user uuid, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  today CONSTANT date := streak_day(at);
  of_month CONSTANT date := date_trunc('month', today::timestamp)::date;
  run streak_runs;
  breaks_at timestamptz;
BEGIN
  SELECT * INTO run FROM current_streak(of_user, at);
  IF FOUND THEN
    breaks_at := (run.last_day + 2 + can_rest_on(of_user, run.last_day + 1)::int + time '04:00') AT TIME ZONE 'Asia/Seoul';
  END IF;
  RETURN jsonb_build_object(
    'current', coalesce(run.days, 0),
    'best', coalesce((SELECT max(days) FROM streak_runs WHERE user_id = of_user), 0),
    'today', today,
    'is_today_done', coalesce(run.last_day = today, false),
    'first_day', run.first_day,
    'last_day', run.last_day,
    'breaks_at', breaks_at,
    'rest_day', jsonb_build_object(
      'is_premium', is_premium(of_user, at),
      'used_on', (SELECT day FROM rest_days WHERE user_id = of_user AND month = of_month),
      'renews_on', (of_month + interval '1 month')::date,
      'is_holding', coalesce(run.last_day = today - 2, false)
    ),
    'rest_days', (
      SELECT coalesce(jsonb_agg(rest_days.day ORDER BY rest_days.day DESC), '[]')
      FROM rest_days
      WHERE user_id = of_user AND month > of_month - interval '1 year'
    )
  );
END
$$;
