-- A shared walk as `CardRow` of modules/walks/sql.ts, for a list. `presentCard` makes it ready for others. It asks for less than `walk_row_json`, because a page has twenty.
CREATE OR REPLACE FUNCTION walk_card_json(of_walk uuid, for_viewer uuid, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  photos jsonb := walk_photos_for(of_walk, for_viewer);
BEGIN
  photos := jsonb_path_query_array(photos, '$[*] ? (@.is_hidden == false)');
  RETURN walk_json(of_walk) || (
    SELECT jsonb_build_object(
      'user', jsonb_build_object('id', users.id, 'nickname', users.nickname, 'pet', primary_pet_card(users.id, at)),
      'sketch', nullif(walks.sketch, '[]'),
      'is_map_open', walks.is_map_open AND map_refusal(walks.id, at) IS NULL,
      'shown_region', shown_region_json(walks.region_code),
      'was_seen_live', EXISTS (
        SELECT 1
        FROM location_provisions
        WHERE subject_id = walks.user_id AND viewer_id = for_viewer
          AND tstzrange(first_at, last_at, '[]') && tstzrange(walks.started_at, walks.ended_at, '[]')
      ),
      'hides_times', users.settings -> 'hide_walk_times' IS NOT DISTINCT FROM 'true',
      'photos', jsonb_path_query_array(photos, '$[0 to 2]'),
      'photo_count', jsonb_array_length(photos),
      'is_public', is_public_post(of_walk),
      'following', EXISTS (SELECT 1 FROM follows WHERE follower_id = for_viewer AND followee_id = walks.user_id),
      'post', post_json(of_walk, for_viewer)
    )
    FROM walks
    JOIN users ON users.id = walks.user_id
    WHERE walks.id = of_walk
  );
END
$$;
