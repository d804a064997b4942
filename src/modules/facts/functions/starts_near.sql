-- Later starts of the same person within 500 m: those that are places, or else those that no place covers.
CREATE OR REPLACE FUNCTION starts_near(one walk_starts, that_are_places boolean) RETURNS uuid[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF that_are_places THEN
    RETURN ARRAY(
      SELECT walk_id
      FROM walk_starts
      WHERE user_id = one.user_id AND is_place
        AND (started_at, walk_id) > (one.started_at, one.walk_id)
        AND ST_DWithin(location, one.location, 500)
    );
  END IF;
  RETURN ARRAY(
    SELECT near.walk_id
    FROM walk_starts near
    WHERE near.user_id = one.user_id AND NOT near.is_place
      AND (near.started_at, near.walk_id) > (one.started_at, one.walk_id)
      AND ST_DWithin(near.location, one.location, 500)
      AND NOT EXISTS (
        SELECT 1
        FROM walk_starts place
        WHERE place.user_id = near.user_id
          AND place.is_place
          AND (place.started_at, place.walk_id) < (near.started_at, near.walk_id)
          AND ST_DWithin(place.location, near.location, 500)
      )
  );
END
$$;
