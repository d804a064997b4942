-- The badges that somebody is on the way to, each as `BadgeStanding` of modules/badges/rules.ts: those without a season first, the nearest first, and at most so many. As
-- `presentBadge` has it: an open edition that is not earned, with progress, which of a premium badge is only for who is premium. A secret badge that was never earned does
-- not say how far it is.
CREATE OR REPLACE FUNCTION badges_in_progress(of_user uuid, at timestamptz, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  today CONSTANT date := seoul_day(at);
  has_premium CONSTANT boolean := is_premium(of_user, at);
BEGIN
  RETURN (
    SELECT coalesce(jsonb_agg(near.standing ORDER BY near.is_of_season, near.percent DESC, near.sort_order, near.code), '[]')
    FROM (
      SELECT badges.category = 'season' AS is_of_season, badges.sort_order, badges.code, least(100, floor(100.0 * stand.value / badges.threshold)) AS percent,
             jsonb_build_object(
               'id', badges.id, 'code', badges.code, 'category', badges.category, 'name', badges.name, 'description', badges.description,
               'icon', badges.icon, 'metric', badges.metric, 'threshold', badges.threshold, 'difficulty', badges.difficulty, 'tier', badges.tier,
               'hint', badges.hint, 'is_secret', badges.is_secret, 'season_year', stand.season_year, 'from_day', stand.from_day,
               'until_day', stand.until_day, 'value', stand.value, 'earned', (
                 SELECT coalesce(jsonb_agg(jsonb_build_object('season_year', held.season_year, 'earned_at', held.earned_at) ORDER BY held.season_year DESC), '[]')
                 FROM user_badges AS held
                 WHERE held.user_id = of_user AND held.badge_id = badges.id
               )
             ) AS standing
      FROM badge_values(of_user, today, at) AS stand
      JOIN badges ON badges.id = stand.badge_id
      WHERE stand.value > 0
        AND (stand.until_day IS NULL OR stand.until_day >= today)
        AND (badges.tier = 'free' OR has_premium)
        AND NOT EXISTS (
          SELECT 1 FROM user_badges AS won WHERE won.user_id = of_user AND won.badge_id = badges.id AND won.season_year = stand.season_year
        )
        AND NOT (badges.is_secret AND NOT EXISTS (SELECT 1 FROM user_badges AS won WHERE won.user_id = of_user AND won.badge_id = badges.id))
      ORDER BY 1, 4 DESC, 2, 3
      LIMIT most
    ) AS near
  );
END
$$;
