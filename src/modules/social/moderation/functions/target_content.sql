-- What a person wrote and shows, as `ContentRow` of modules/social/moderation/schema.ts. NULL when it is gone.
CREATE OR REPLACE FUNCTION target_content(of_type moderation_target, of_target uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  CASE of_type
    WHEN 'user' THEN
      RETURN (
        SELECT jsonb_build_object(
          'text', users.nickname,
          'names', (SELECT coalesce(jsonb_agg(name ORDER BY created_at, id), '[]') FROM pets WHERE user_id = users.id AND archived_at IS NULL),
          'walk_id', NULL,
          'photos', (
            SELECT coalesce(jsonb_agg(jsonb_build_object('id', photos.id, 'object_key', photos.object_key) ORDER BY photos.created_at, photos.id), '[]')
            FROM pets
            JOIN photos ON photos.pet_id = pets.id
            WHERE pets.user_id = users.id AND pets.archived_at IS NULL
          )
        )
        FROM users
        WHERE users.id = of_target AND users.deleted_at IS NULL
      );
    WHEN 'walk' THEN
      RETURN (
        SELECT jsonb_build_object(
          'text', walks.memo,
          'names', (
            SELECT coalesce(jsonb_agg(pets.name ORDER BY pets.created_at, pets.id), '[]')
            FROM walk_pets
            JOIN pets ON pets.id = walk_pets.pet_id
            WHERE walk_pets.walk_id = walks.id
          ),
          'walk_id', walks.id,
          'photos', (
            SELECT coalesce(jsonb_agg(jsonb_build_object('id', photos.id, 'object_key', photos.object_key) ORDER BY photos.created_at, photos.id), '[]')
            FROM photos
            WHERE photos.walk_id = walks.id
          )
        )
        FROM walks
        WHERE walks.id = of_target AND walks.deleted_at IS NULL
      );
    WHEN 'comment' THEN
      RETURN (
        SELECT jsonb_build_object('text', content, 'names', '[]'::jsonb, 'walk_id', walk_id, 'photos', '[]'::jsonb)
        FROM comments
        WHERE id = of_target AND deleted_at IS NULL
      );
    WHEN 'photo' THEN
      RETURN (
        SELECT jsonb_build_object(
          'text', NULL, 'names', '[]'::jsonb, 'walk_id', walk_id, 'photos', jsonb_build_array(jsonb_build_object('id', id, 'object_key', object_key))
        )
        FROM photos
        WHERE id = of_target AND walk_id IS NOT NULL
      );
    WHEN 'meetup' THEN
      RETURN (
        SELECT jsonb_build_object(
          'text', concat_ws(E'\n', title, description, location_name), 'names', '[]'::jsonb, 'walk_id', NULL, 'photos', '[]'::jsonb
        )
        FROM meetups
        WHERE id = of_target
      );
    WHEN 'course' THEN
      RETURN (
        SELECT jsonb_build_object('text', concat_ws(E'\n', name, description), 'names', '[]'::jsonb, 'walk_id', NULL, 'photos', '[]'::jsonb)
        FROM courses
        WHERE id = of_target AND deleted_at IS NULL
      );
    ELSE
      RETURN NULL;
  END CASE;
END
$$;
