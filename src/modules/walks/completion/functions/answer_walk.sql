-- Keeps what a completion answers beyond the walk itself, so that a phone that lost the answer gets the same one again. `before` is how things stood
-- (`standing_before`), `stands` what `settle_walk` answered.
CREATE OR REPLACE FUNCTION answer_walk(of_walk uuid, before jsonb, stands jsonb, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  walk record;
  monday CONSTANT date := date_trunc('week', seoul_day(at)::timestamp);
  streak jsonb;
  goal jsonb;
  moved jsonb;
  has_premium boolean;
BEGIN
  SELECT walks.user_id, walks.started_at, users.weekly_goal_km AS goal_km INTO walk FROM walks JOIN users ON users.id = walks.user_id WHERE walks.id = of_walk;
  SELECT jsonb_build_object('goal_km', walk.goal_km, 'distance_m', week.distance_m, 'percent', week.distance_m / (walk.goal_km * 10)) INTO goal
  FROM (
    SELECT coalesce(sum(distance_m), 0)::int AS distance_m FROM user_days WHERE user_id = walk.user_id AND day BETWEEN monday AND monday + 6
  ) AS week;
  streak := jsonb_build_object(
    'current', coalesce((SELECT days FROM current_streak(walk.user_id, at)), 0),
    'best', coalesce((SELECT max(days) FROM streak_runs WHERE user_id = walk.user_id), 0),
    'rest_day_used', EXISTS (
      SELECT 1
      FROM rest_days
      WHERE user_id = walk.user_id
        AND day IN (streak_day(walk.started_at) - 1, streak_day(walk.started_at) + 1)
        AND NOT before -> 'rest_days' ? day::text
    )
  );
  has_premium := is_premium(walk.user_id, at);
  -- Of the badges still to be earned: {badge id: [value before, value now, season year]}.
  SELECT coalesce(jsonb_object_agg(badges.id, jsonb_build_array(was.value, stand.value -> 0, stand.value -> 1)), '{}') INTO moved
  FROM jsonb_each(stands) AS stand (id, value)
  JOIN badges ON badges.id = stand.id::uuid
  CROSS JOIN LATERAL (SELECT coalesce((before #>> ARRAY['values', stand.id])::bigint, 0) AS value) AS was
  WHERE (stand.value ->> 0)::bigint <> was.value
    AND NOT badges.is_secret
    AND (badges.tier = 'free' OR has_premium)
    AND NOT EXISTS (
      SELECT 1
      FROM user_badges
      WHERE user_badges.user_id = walk.user_id
        AND user_badges.badge_id = badges.id
        AND user_badges.season_year = coalesce((stand.value ->> 1)::int, 0)
    );
  UPDATE walks
  SET answer = jsonb_build_object(
        'weekly_goal', goal, 'streak', streak, 'ranking', rank_moved(walk.user_id, before -> 'ranking'), 'moved', moved
      ) || grades_moved(walk.user_id, before -> 'reached')
  WHERE id = of_walk;
END
$$;
