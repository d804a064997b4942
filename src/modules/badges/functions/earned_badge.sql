-- A badge that somebody has earned, as an `EarnedBadge` (modules/badges/schema.ts) for `for_viewer`. A secret badge that the viewer does not hold has a name and an
-- icon, but not what it was for.
CREATE OR REPLACE FUNCTION earned_badge(of_user uuid, of_badge uuid, of_season int, for_viewer uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT jsonb_build_object(
      'id', badges.id, 'category', badges.category, 'name', badges.name, 'icon', badges.icon,
      'code', CASE WHEN is_told THEN badges.code END,
      'description', CASE WHEN is_told THEN badges.description END,
      'difficulty', badges.difficulty, 'tier', badges.tier,
      'season_year', nullif(earned.season_year, 0),
      'earned_at', shown_earned_at(earned, for_viewer)
    )
    FROM user_badges earned
    JOIN badges ON badges.id = earned.badge_id
    CROSS JOIN LATERAL (
      SELECT NOT badges.is_secret OR EXISTS (SELECT 1 FROM user_badges own WHERE own.user_id = for_viewer AND own.badge_id = badges.id) AS is_told
    ) AS secret
    WHERE earned.user_id = of_user AND earned.badge_id = of_badge AND earned.season_year = of_season
  );
END
$$;
