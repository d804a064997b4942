-- A course as `Course` of modules/courses/schema.ts. `is_seen` says whether the viewer sees it (`sees_course`). One that is not seen stands among favourites, and shows nothing
-- but the name of a derived one. Everybody but its owner gets the published line of an own one, and nothing that follows from the whole way.
CREATE OR REPLACE FUNCTION course_json(for_viewer uuid, course courses, at timestamptz, is_seen boolean) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  is_mine boolean := coalesce(course.owner_id = for_viewer, false);
  is_whole boolean := is_mine OR course.kind = 'derived';
  way geometry := CASE WHEN NOT is_seen THEN NULL WHEN is_whole THEN course.line ELSE course.published_line END;
BEGIN
  RETURN jsonb_build_object(
    'id', course.id,
    'kind', course.kind,
    'name', CASE WHEN is_seen OR course.kind = 'derived' THEN course.name END,
    'description', CASE WHEN is_seen THEN course.description END,
    'distance_m', CASE WHEN NOT is_seen THEN NULL WHEN is_whole THEN course.distance_m ELSE course.published_distance_m END,
    'duration_min', CASE WHEN is_seen THEN course.duration_min END,
    'users_band', CASE WHEN is_seen THEN course.users_band END,
    'is_loop', CASE WHEN way IS NOT NULL THEN ST_DistanceSphere(ST_StartPoint(way), ST_EndPoint(way)) <= 150 END,
    'polyline', ST_AsEncodedPolyline(way, 5),
    'start', CASE WHEN way IS NOT NULL THEN
      jsonb_build_object('lat', round(ST_Y(ST_StartPoint(way))::numeric, 5), 'lng', round(ST_X(ST_StartPoint(way))::numeric, 5)) END,
    'place', (SELECT jsonb_build_object('id', id, 'name', name) FROM places WHERE id = course.place_id AND is_seen),
    'from_place', (SELECT jsonb_build_object('id', id, 'name', name) FROM places WHERE id = course.from_place_id AND is_seen),
    'to_place', (SELECT jsonb_build_object('id', id, 'name', name) FROM places WHERE id = course.to_place_id AND is_seen),
    'author', (SELECT jsonb_build_object('id', id, 'nickname', nickname) FROM users WHERE id = course.owner_id AND is_seen),
    'is_mine', is_mine,
    'is_favorite', EXISTS (SELECT 1 FROM course_favorites WHERE user_id = for_viewer AND course_id = course.id),
    'is_published', is_seen AND course.published_at IS NOT NULL,
    'is_gone', NOT is_seen,
    'publication', CASE WHEN is_mine AND is_seen AND course.published_at IS NOT NULL THEN
      jsonb_build_object('published_at', course.published_at, 'is_shown', is_course_shown(course, at)) END
  );
END
$$;
