-- Trigger: somebody counts no longer as a person of their own.
CREATE OR REPLACE FUNCTION dirty_heat_company() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO heat_dirty (tile_x, tile_y)
  SELECT DISTINCT tile_x, tile_y FROM heat_ways WHERE user_id = NEW.user_id ORDER BY tile_x, tile_y
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;
