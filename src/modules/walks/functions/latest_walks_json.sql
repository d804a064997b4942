-- Somebody's own latest valid walks, recorded or imported, the newest first, each as `WalkPreview` of modules/walks/preview.schema.ts.
CREATE OR REPLACE FUNCTION latest_walks_json(of_user uuid, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
      'id', latest.id,
      'started_at', latest.started_at,
      'pets', walked_pets_json(latest.id),
      'distance_m', latest.distance_m,
      'duration_sec', latest.duration_sec,
      'calories', latest.calories,
      'route_polyline', latest.route_polyline
    ) ORDER BY latest.started_at DESC, latest.id DESC), '[]')
    FROM (
      SELECT walks.id, walks.started_at, walks.distance_m, walks.duration_sec, walks.calories, walks.route_polyline
      FROM walks
      WHERE walks.user_id = of_user AND walks.is_valid AND walks.deleted_at IS NULL
      ORDER BY walks.started_at DESC, walks.id DESC
      LIMIT most
    ) AS latest
  );
END
$$;
