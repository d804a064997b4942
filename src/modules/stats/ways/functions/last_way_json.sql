-- The newest valid walk that somebody has recorded and that has a route, as `LastWay` of modules/stats/ways/schema.ts: near a place if one is given, that is where it began
-- within 1 km, and among so many of the latest if that is given. NULL where there is none. Its park is one that it came past.
CREATE OR REPLACE FUNCTION last_way_json(of_user uuid, near geography, of_latest int) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT json_build_object(
      'walk_id', latest.id, 'started_at', latest.started_at, 'distance_m', latest.distance_m, 'duration_sec', latest.duration_sec,
      'route_polyline', latest.route_polyline, 'pets', walked_pets_json(latest.id), 'region', region_json(latest.region_code),
      'place_name', (
        SELECT places.name
        FROM place_visits
        JOIN places ON places.id = place_visits.place_id
        JOIN walk_starts ON walk_starts.walk_id = place_visits.walk_id
        WHERE place_visits.walk_id = latest.id
        ORDER BY ST_Distance(coalesce(places.area, places.location), walk_starts.location), places.id
        LIMIT 1
      )
    )
    FROM (
      SELECT walks.id, walks.region_code, walks.started_at, walks.distance_m, walks.duration_sec, walks.route_polyline
      FROM walks
      WHERE walks.user_id = of_user AND walks.is_valid AND walks.deleted_at IS NULL AND walks.source = 'recorded' AND walks.route_polyline <> ''
      ORDER BY walks.started_at DESC, walks.id DESC
      LIMIT of_latest
    ) AS latest
    WHERE near IS NULL OR EXISTS (SELECT 1 FROM walk_starts WHERE walk_starts.walk_id = latest.id AND ST_DWithin(walk_starts.location, near, 1000))
    ORDER BY latest.started_at DESC, latest.id DESC
    LIMIT 1
  );
END
$$;
