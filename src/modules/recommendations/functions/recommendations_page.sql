-- The people who are recommended to somebody, best first, each as `RecommendedRow` of modules/recommendations/rules.ts. They are computed again when they are older
-- than twelve hours. Whoever asks at the same time waits for the run, and reads what it has made. Who must not be shown any more is left out of what is stored, from that
-- moment. A reason that is true no more is not given.
CREATE OR REPLACE FUNCTION recommendations_page(for_viewer uuid, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  home record;
BEGIN
  SELECT areas.dong_code, areas.sigungu_code INTO home FROM users CROSS JOIN LATERAL home_areas(users.region_code) AS areas WHERE users.id = for_viewer;
  IF home.sigungu_code IS NULL THEN
    RETURN '[]';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM recommendation_runs WHERE user_id = for_viewer AND made_at > at - interval '12 hours') THEN
    INSERT INTO recommendation_runs AS run (user_id, made_at)
    VALUES (for_viewer, at)
    ON CONFLICT (user_id) DO UPDATE
    SET made_at = excluded.made_at
    WHERE run.made_at <= at - interval '12 hours';
    IF FOUND THEN
      PERFORM recommend_people(for_viewer, at);
    END IF;
  END IF;
  RETURN (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
      'user', jsonb_build_object('id', users.id, 'nickname', users.nickname),
      'pet', (SELECT shown.card FROM shown_pets(at) AS shown WHERE shown.id = pet.id),
      'region', (SELECT shown.region - 'code' FROM shown_regions() AS shown WHERE shown.code = users.region_code),
      'mean_hour', habits.mean_hour,
      'hides_times', users.settings -> 'hide_walk_times' IS NOT DISTINCT FROM 'true',
      'following', false,
      'follows_me', (SELECT true FROM follows WHERE follower_id = users.id AND followee_id = for_viewer LIMIT 1) IS NOT NULL,
      'score', stored.score,
      'reasons', CASE WHEN habits.dong_code = home.dong_code THEN stored.reasons ELSE array_remove(stored.reasons, 'same_dong') END
    ) ORDER BY stored.score DESC, stored.other_id), '[]')
    FROM recommendations AS stored
    JOIN users ON users.id = stored.other_id
    JOIN walk_habits AS habits ON habits.user_id = stored.other_id
    CROSS JOIN LATERAL (
      SELECT pets.id
      FROM pets
      WHERE pets.user_id = stored.other_id AND pets.archived_at IS NULL AND NOT pets.is_placeholder
      ORDER BY pets.is_primary DESC, pets.created_at, pets.id
      LIMIT 1
    ) AS pet
    WHERE stored.user_id = for_viewer
      AND habits.sigungu_code = home.sigungu_code
      AND habits.last_walk_at >= at - interval '28 days'
      AND is_recommendable(stored.other_id)
      AND NOT is_blocked(for_viewer, stored.other_id)
      AND (SELECT true FROM follows WHERE follower_id = for_viewer AND followee_id = stored.other_id LIMIT 1) IS NULL
      AND NOT EXISTS (
        SELECT 1
        FROM recommendation_dismissals
        WHERE user_id = for_viewer AND other_id = stored.other_id AND dismissed_at > at - interval '180 days'
      )
  );
END
$$;
