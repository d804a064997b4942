-- How a person stands before a walk of theirs is counted: the badges' values, grade and titles, the rest days around it, and the rank that it may move. `answer_walk`
-- compares with it.
CREATE OR REPLACE FUNCTION standing_before(of_user uuid, in_region text, begun_at timestamptz, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN jsonb_build_object(
    'values', (
      SELECT coalesce(jsonb_object_agg(stand.badge_id, stand.value), '{}')
      FROM badge_values(of_user, seoul_day(begun_at), at) AS stand
      WHERE stand.value <> 0
    ),
    'reached', grades_reached(of_user),
    'rest_days', (
      SELECT coalesce(jsonb_agg(rest_days.day), '[]')
      FROM rest_days
      WHERE rest_days.user_id = of_user AND rest_days.day BETWEEN streak_day(begun_at) - 1 AND streak_day(begun_at) + 1
    ),
    'ranking', (
      SELECT jsonb_build_object(
        'scope', area.scope, 'area_code', area.area_code, 'period_key', week.period_key,
        'rank_before', live_rank(of_user, week.period_key, area.area_code)
      )
      FROM areas_around(in_region) AS area
      CROSS JOIN week_moved_by(begun_at, at) AS week (period_key)
      WHERE area.scope <> 'nation'
      ORDER BY area.scope
      LIMIT 1
    )
  );
END
$$;
