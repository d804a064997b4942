-- A walk as `WalkRow` of modules/walks/sql.ts. A detail shows more than a list: cards of the pets, the owner's name, reasons, badges, photos and company.
CREATE OR REPLACE FUNCTION walk_row_json(of_walk uuid, for_viewer uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN walk_json(of_walk) || (
    SELECT jsonb_build_object(
      'pets', (
        SELECT coalesce(jsonb_agg(shown.card ORDER BY walk_pets.position), '[]')
        FROM walk_pets
        JOIN shown_pets(now()) AS shown ON shown.id = walk_pets.pet_id
        WHERE walk_pets.walk_id = walks.id
      ),
      'user', (SELECT jsonb_build_object('id', users.id, 'nickname', users.nickname) FROM users WHERE users.id = walks.user_id),
      'reasons', coalesce(walks.reasons, '[]'),
      'sketch', nullif(walks.sketch, '[]'),
      'is_map_open', walks.is_map_open AND map_refusal(walks.id, now()) IS NULL,
      'shown_region', shown_region_json(walks.region_code),
      -- Whoever saw where its owner was would find the home by the times or the length of the same walk.
      'was_seen_live', EXISTS (
        SELECT 1
        FROM location_provisions
        WHERE subject_id = walks.user_id AND viewer_id = for_viewer
          AND tstzrange(first_at, last_at, '[]') && tstzrange(walks.started_at, walks.ended_at, '[]')
      ),
      'hides_times', (SELECT users.settings -> 'hide_walk_times' = 'true' FROM users WHERE users.id = walks.user_id),
      'badges', (
        SELECT coalesce(jsonb_agg(earned_badge(earned.user_id, earned.badge_id, earned.season_year, for_viewer) ORDER BY earned.earned_at DESC, badges.sort_order), '[]')
        FROM user_badges earned
        JOIN badges ON badges.id = earned.badge_id
        WHERE earned.walk_id = walks.id
      ),
      'photos', walk_photos_for(walks.id, for_viewer),
      'is_public', is_public_post(walks.id),
      'post', post_json(walks.id, for_viewer),
      -- Only the owner of a walk sees with whom it was walked.
      'company', (
        SELECT coalesce(jsonb_agg(jsonb_build_object('id', users.id, 'nickname', users.nickname) ORDER BY users.nickname), '[]')
        FROM users
        WHERE users.id = ANY (walks.together_with)
          AND walks.user_id = for_viewer
          AND users.deleted_at IS NULL
          AND NOT is_blocked(for_viewer, users.id)
      )
    )
    FROM walks
    WHERE walks.id = of_walk
  );
END
$$;
