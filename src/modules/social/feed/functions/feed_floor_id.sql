-- The walk of a floor. Before there is one, the lowest id.
CREATE OR REPLACE FUNCTION feed_floor_id(floor jsonb) RETURNS uuid
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN coalesce((floor ->> 'walk_id')::uuid, '00000000-0000-0000-0000-000000000000');
END
$$;
