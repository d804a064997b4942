-- A walk as `Walk` of modules/walks/schema.ts, with its whole route. Only its owner may see it like that. `presentWalk` makes it ready for others.
CREATE OR REPLACE FUNCTION walk_json(of_walk uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT jsonb_build_object(
      'id', walks.id,
      'status', walks.status,
      'source', walks.source,
      'is_valid', walks.is_valid,
      'is_ranked', walks.is_valid AND walks.is_ranked,
      'auto_ended', walks.auto_ended,
      'started_at', walks.started_at,
      'ended_at', walks.ended_at,
      'pets', (
        SELECT coalesce(jsonb_agg(jsonb_build_object('id', pets.id, 'name', pets.name, 'species', pets.species) ORDER BY walk_pets.position), '[]')
        FROM walk_pets
        JOIN pets ON pets.id = walk_pets.pet_id
        WHERE walk_pets.walk_id = walks.id
      ),
      'goal', CASE WHEN coalesce(walks.goal_distance_m, walks.goal_duration_sec) IS NOT NULL
        THEN jsonb_build_object('distance_m', walks.goal_distance_m, 'duration_sec', walks.goal_duration_sec) END,
      'distance_m', walks.distance_m,
      'duration_sec', walks.duration_sec,
      'avg_speed_kmh', walks.avg_speed_kmh,
      'calories', walks.calories,
      'memo', walks.memo,
      'shared_to_feed', walks.shared_to_feed,
      'region', region_json(walks.region_code),
      'weather', nullif(walks.weather, '{"unknown": true}'),
      'route_polyline', walks.route_polyline
    )
    FROM walks
    WHERE walks.id = of_walk
  );
END
$$;
