-- The nearest places around a point of all kinds, each as `Place` of modules/places/schema.ts, the nearest first: within a radius, or within a wider one where nothing lies in
-- that. It is the first page of GET /places with a point. A box bounds the search, because from far away everything is about as near, and the index would be read as a whole.
CREATE OR REPLACE FUNCTION nearest_places(for_viewer uuid, around geography, in_radius_m double precision, wider_m double precision, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  lat CONSTANT double precision := ST_Y(around::geometry);
  lng CONSTANT double precision := ST_X(around::geometry);
  -- As `boxAround` of modules/places/sql.ts.
  north CONSTANT double precision := wider_m / 111195 * 1.01;
  east CONSTANT double precision := least(1, north / nullif(cosd(lat), 0)); -- `least` passes over the NULL of a pole
  box CONSTANT geography := ST_MakeEnvelope(lng - east, greatest(-90, lat - north), lng + east, least(90, lat + north), 4326)::geography;
BEGIN
  RETURN (
    WITH near AS MATERIALIZED (
      SELECT places.id, places.location <-> around AS distance
      FROM places
      WHERE places.is_open AND places.duplicate_of IS NULL AND places.location IS NOT NULL AND places.location && box
      ORDER BY places.location <-> around
      FETCH FIRST (most) ROWS WITH TIES
    ), used AS (
      SELECT CASE WHEN EXISTS (SELECT FROM near WHERE near.distance <= in_radius_m) THEN in_radius_m ELSE wider_m END AS radius_m
    )
    SELECT coalesce(jsonb_agg(shown.place ORDER BY shown.distance, shown.id), '[]')
    FROM (
      SELECT near.id, near.distance, jsonb_build_object(
        'id', places.id,
        'category', places.kind,
        'name', places.name,
        'lat', ST_Y(places.location::geometry),
        'lng', ST_X(places.location::geometry),
        'distance_m', round(near.distance)::int,
        'address', places.lot_address,
        'road_address', places.road_address,
        'phone', places.phone,
        'status', 'open',
        'is_favorite', EXISTS (SELECT FROM place_favorites WHERE place_favorites.user_id = for_viewer AND place_favorites.place_id = places.id),
        'is_riverside', places.is_riverside,
        'place_url', NULL,
        'source', places.source
      ) AS place
      FROM near
      JOIN places ON places.id = near.id
      WHERE near.distance <= (SELECT radius_m FROM used)
      ORDER BY near.distance, near.id
      LIMIT most
    ) AS shown
  );
END
$$;
