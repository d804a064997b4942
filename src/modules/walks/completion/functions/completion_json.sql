-- What a completion answers: the walk, what `answer_walk` kept, and the badges that it earned and moved (`EarnedBadge`, `MovedBadge` of modules/badges/schema.ts).
CREATE OR REPLACE FUNCTION completion_json(of_walk uuid, for_viewer uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  walk record;
BEGIN
  SELECT answer, completed_at INTO walk FROM walks WHERE id = of_walk;
  RETURN jsonb_build_object(
    'walk', walk_row_json(of_walk, for_viewer),
    'weekly_goal', walk.answer -> 'weekly_goal',
    'streak', walk.answer -> 'streak',
    'ranking', nullif(walk.answer -> 'ranking', 'null'),
    'grade_up', nullif(walk.answer -> 'grade_up', 'null'),
    'titles_unlocked', coalesce(walk.answer -> 'titles_unlocked', '[]'),
    'badges_earned', (
      SELECT coalesce(jsonb_agg(earned_badge(earned.user_id, earned.badge_id, earned.season_year, for_viewer) ORDER BY badges.sort_order), '[]')
      FROM user_badges earned
      JOIN badges ON badges.id = earned.badge_id
      WHERE earned.walk_id = of_walk AND earned.earned_at = walk.completed_at
    ),
    'badges_moved', (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', badges.id, 'code', badges.code, 'category', badges.category, 'name', badges.name, 'description', badges.description,
        'icon', badges.icon, 'difficulty', badges.difficulty, 'tier', badges.tier, 'metric', badges.metric,
        'previous_value', moved.value -> 0, 'progress_value', moved.value -> 1, 'threshold', badges.threshold,
        'season_year', moved.value -> 2
      ) ORDER BY (moved.value ->> 1)::numeric / badges.threshold DESC, badges.sort_order), '[]')
      FROM jsonb_each(walk.answer -> 'moved') AS moved
      JOIN badges ON badges.id = moved.key::uuid
    )
  );
END
$$;
