-- Gives a person the badges that they have reached, and notifies them of these and of badges at 80 or 95 percent. `by_walk` is the walk that earns them, NULL for any
-- other cause. `on_day` decides which seasons are meant. A premium badge goes only to somebody who is premium then. The days it took end with the last walk that counts,
-- also when a late walk earned it. Answers the person's badges: {badge id: [value, season year]}.
CREATE OR REPLACE FUNCTION give_badges(of_user uuid, on_day date, by_walk uuid, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  answer jsonb;
  has_premium CONSTANT boolean := is_premium(of_user, at);
BEGIN
  WITH stands AS MATERIALIZED (
    SELECT * FROM badge_values(of_user, on_day, at)
  ), open AS MATERIALIZED ( -- reached or near, and not held. It is materialized, because most walks earn nothing, and then nothing else is looked up
    SELECT badges.id, badges.name, badges.metric, badges.threshold, badges.is_secret, stand.season_year, stand.from_day, stand.until_day, stand.value,
           stand.reached >= badges.threshold AS is_reached
    FROM stands AS stand
    JOIN badges ON badges.id = stand.badge_id AND (stand.reached >= badges.threshold OR stand.value * 5 >= badges.threshold * 4)
    WHERE (badges.tier = 'free' OR has_premium)
      AND NOT EXISTS (
        SELECT 1
        FROM user_badges held
        WHERE held.user_id = of_user AND held.badge_id = badges.id AND held.season_year = stand.season_year
      )
  ), earned AS (
    INSERT INTO user_badges (user_id, badge_id, season_year, earned_at, walk_id, first_walk_at, walk_count, day_count)
    SELECT of_user, open.id, open.season_year, at, by_walk, first_walk.started_at, taken.walk_count,
           coalesce(greatest(taken.last_day, on_day) - seoul_day(first_walk.started_at) + 1, 0)
    FROM open
    LEFT JOIN LATERAL (
      SELECT walks.started_at
      FROM walks
      WHERE walks.user_id = of_user AND walks.is_valid AND walks.deleted_at IS NULL AND walks.source = 'recorded'
        AND walks.started_at >= coalesce(open.from_day::timestamp AT TIME ZONE 'Asia/Seoul', '-infinity')
      ORDER BY walks.started_at
      LIMIT 1
    ) AS first_walk ON true
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(user_days.walk_count), 0) AS walk_count, max(user_days.day) AS last_day
      FROM user_days
      WHERE user_id = of_user AND user_days.walk_count > 0
        AND day BETWEEN coalesce(open.from_day, '-infinity') AND coalesce(open.until_day, 'infinity')
    ) AS taken
    WHERE open.is_reached
    ON CONFLICT (user_id, badge_id, season_year) DO NOTHING
    RETURNING badge_id, season_year
  ), near AS (
    INSERT INTO badge_nears AS known (user_id, badge_id, season_year, percent)
    SELECT of_user, open.id, open.season_year, open_percent.percent
    FROM open
    CROSS JOIN LATERAL (SELECT CASE WHEN open.value * 20 >= open.threshold * 19 THEN 95 ELSE 80 END AS percent) AS open_percent
    WHERE NOT open.is_reached
      AND NOT open.is_secret
      AND (open.until_day IS NULL OR open.until_day >= seoul_day(at))
      AND NOT EXISTS (
        SELECT 1
        FROM badge_nears told
        WHERE told.user_id = of_user AND told.badge_id = open.id AND told.season_year = open.season_year AND told.percent >= open_percent.percent
      )
    ON CONFLICT (user_id, badge_id, season_year) DO UPDATE SET percent = excluded.percent
    WHERE known.percent < excluded.percent
    RETURNING badge_id, season_year, percent
  ), told AS (
    INSERT INTO notifications (user_id, type, topic, facts, created_at, push_at, sweep_at)
    SELECT of_user, told.type, concat_ws(':', told.badge_id, told.season_year, told.percent),
           jsonb_build_object('badge_id', open.id, 'badge', open.name, 'metric', open.metric, 'remaining', greatest(open.threshold - open.value, 0)),
           at, at, at + interval '1 minute'
    FROM (
      SELECT 'badge_earned'::notification_type AS type, badge_id, season_year, NULL::int AS percent FROM earned
      UNION ALL
      SELECT 'badge_progress', badge_id, season_year, percent FROM near
    ) AS told
    JOIN open ON open.id = told.badge_id AND open.season_year = told.season_year
    ON CONFLICT (user_id, type, topic) DO NOTHING
  )
  SELECT coalesce(jsonb_object_agg(badge_id, jsonb_build_array(value, nullif(season_year, 0))), '{}') INTO answer FROM stands;
  RETURN answer;
END
$$;
