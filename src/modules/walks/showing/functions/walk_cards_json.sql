-- Shared walks in their order, as a list of `CardRow` of modules/walks/sql.ts. `presentCard` makes them ready for others. A page has twenty, so all are made in one statement, and
-- they hold less than `walk_row_json`: no route of a map that is closed, three photos, and no place of a photo. What `map_refusal` refuses as too early is not computed.
-- It is json, because jsonb would take each sketch apart once for its card and once for the list.
CREATE OR REPLACE FUNCTION walk_cards_json(of_walks uuid[], for_viewer uuid, at timestamptz) RETURNS json
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN (
    SELECT coalesce(json_agg(json_build_object(
      'id', walks.id,
      'started_at', walks.started_at,
      'ended_at', walks.ended_at,
      'pets', (
        SELECT coalesce(json_agg(json_build_object('id', pets.id, 'name', pets.name, 'species', pets.species) ORDER BY walk_pets.position), '[]')
        FROM walk_pets
        JOIN pets ON pets.id = walk_pets.pet_id
        WHERE walk_pets.walk_id = walks.id
      ),
      'distance_m', walks.distance_m,
      'duration_sec', walks.duration_sec,
      'calories', walks.calories,
      'memo', walks.memo,
      'user', json_build_object('id', users.id, 'nickname', users.nickname, 'pet', (
        SELECT pet.card FROM shown_pets(at) AS pet WHERE pet.user_id = users.id AND pet.is_primary_shown
      ), 'grade', grade_json(users.id), 'title', title_json(users.title_code)),
      'sketch', nullif(walks.sketch, '[]'),
      'is_map_open', map.is_open,
      'route_polyline', CASE WHEN map.is_open THEN walks.route_polyline END,
      'shown_region', (SELECT shown.region FROM shown_regions() AS shown WHERE shown.code = walks.region_code),
      'was_seen_live', EXISTS (
        SELECT 1
        FROM location_provisions
        WHERE subject_id = walks.user_id AND viewer_id = for_viewer
          AND tstzrange(first_at, last_at, '[]') && tstzrange(walks.started_at, walks.ended_at, '[]')
      ),
      'hides_times', users.settings -> 'hide_walk_times' IS NOT DISTINCT FROM 'true',
      'photos', coalesce(photos.first, '[]'),
      'photo_count', coalesce(photos.count, 0),
      'is_public', coalesce(post.is_public, false),
      -- LIMIT looks one follow up by its key. As EXISTS the planner may read all whom the viewer follows.
      'following', (SELECT true FROM follows WHERE follower_id = for_viewer AND followee_id = walks.user_id LIMIT 1) IS NOT NULL,
      'post', post.post
    ) ORDER BY asked.n), '[]')
    FROM unnest(of_walks) WITH ORDINALITY AS asked (id, n)
    JOIN walks ON walks.id = asked.id
    JOIN users ON users.id = walks.user_id
    LEFT JOIN shown_posts(for_viewer) AS post ON post.walk_id = walks.id
    CROSS JOIN LATERAL (
      -- OFFSET keeps it from being computed once for each use.
      SELECT walks.is_map_open AND walks.started_at <= at - interval '14 days' AND map_refusal(walks.id, at) IS NULL AS is_open OFFSET 0
    ) AS map
    LEFT JOIN LATERAL (
      SELECT array_to_json((array_agg(json_build_object(
        'id', shown.id, 'object_key', shown.object_key, 'has_thumbnails', shown.has_thumbnails, 'width', shown.width, 'height', shown.height,
        'lat', NULL, 'lng', NULL, 'taken_at', NULL, 'is_hidden', false
      ) ORDER BY coalesce(shown.taken_at, shown.created_at), shown.id))[1:3]) AS first, count(*) AS count
      FROM photos AS shown
      WHERE shown.walk_id = walks.id
        -- As `is_closed_by_moderation` and `has_reported` say, without a call for each photo.
        AND NOT EXISTS (
          SELECT 1
          FROM moderation_cases AS state
          WHERE state.target_type = 'photo' AND state.target_id = shown.id AND coalesce(state.hidden_at, state.removed_at, state.closed_until) IS NOT NULL
        )
        AND NOT EXISTS (
          SELECT 1 FROM report_hides AS mine WHERE mine.user_id = for_viewer AND mine.target_type = 'photo' AND mine.target_id = shown.id
        )
    ) AS photos ON true
  );
END
$$;
