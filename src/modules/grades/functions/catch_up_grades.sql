-- Gives everybody the grades and titles that they have reached and do not have. `npm run db:seed` calls it: rows of seeds are new after walks and badges. A grade is dated by the
-- walk with which the walks that there still are first come so far.
CREATE OR REPLACE FUNCTION catch_up_grades(at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  WITH behind AS MATERIALIZED (
    SELECT user_totals.user_id
    FROM user_totals
    WHERE (SELECT max(grades.level) FROM grades WHERE grades.required_m <= user_totals.distance_m)
        > (SELECT coalesce(max(user_grades.level), 1) FROM user_grades WHERE user_grades.user_id = user_totals.user_id)
  ), counted AS (
    SELECT walks.user_id, walks.id, walks.distance_m, coalesce(walks.completed_at, walks.started_at) AS completed_at,
           sum(walks.distance_m) OVER (PARTITION BY walks.user_id ORDER BY walks.started_at, walks.id) AS until_m
    FROM behind
    JOIN walks ON walks.user_id = behind.user_id AND walks.is_valid AND walks.deleted_at IS NULL AND walks.source = 'recorded'
  )
  INSERT INTO user_grades (user_id, level, reached_at, walk_id)
  SELECT counted.user_id, grades.level, counted.completed_at, counted.id
  FROM counted
  JOIN grades ON grades.level > 1 AND grades.required_m <= counted.until_m AND grades.required_m > counted.until_m - counted.distance_m
  ON CONFLICT (user_id, level) DO NOTHING;

  WITH held AS (
    SELECT user_badges.user_id, jsonb_agg(DISTINCT badges.code) AS codes
    FROM user_badges
    JOIN badges ON badges.id = user_badges.badge_id
    GROUP BY user_badges.user_id
  )
  INSERT INTO user_titles (user_id, title_code, unlocked_at)
  SELECT held.user_id, titles.code, at
  FROM held
  JOIN titles ON held.codes @> coalesce(titles.needs -> 'badges', '[]') AND jsonb_array_length(held.codes) >= coalesce((titles.needs ->> 'badge_count')::int, 0)
  ON CONFLICT (user_id, title_code) DO NOTHING;
END
$$;
