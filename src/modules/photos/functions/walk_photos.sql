-- The photos of a walk in the order in which they were taken, as a list of `WalkPhotoRow` (modules/photos/schema.ts).
CREATE OR REPLACE FUNCTION walk_photos(of_walk uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
      'id', id, 'object_key', object_key, 'has_thumbnails', has_thumbnails, 'width', width, 'height', height,
      'lat', ST_Y(location::geometry), 'lng', ST_X(location::geometry), 'taken_at', taken_at,
      'is_hidden', is_closed_by_moderation('photo', id)
    ) ORDER BY coalesce(taken_at, created_at), id), '[]')
    FROM photos
    WHERE walk_id = of_walk
  );
END
$$;
