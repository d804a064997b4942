-- Trigger: tiles whose ways have changed are computed again at night. In one order, so that two transactions never wait for each other in a circle.
CREATE OR REPLACE FUNCTION dirty_heat_tiles() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO heat_dirty (tile_x, tile_y)
  SELECT DISTINCT tile_x, tile_y FROM changed ORDER BY tile_x, tile_y
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;
