-- Computes a tile again from the walks that touch it. Answers how many of its cells are published.
CREATE OR REPLACE FUNCTION renew_heat_tile(x int, y int, inner_pad bytea, outer_pad bytea, at timestamptz, walks_max int) RETURNS int
LANGUAGE plpgsql SET jit = off AS $$
DECLARE
  cells smallint[];
BEGIN
  DELETE FROM heat_dirty WHERE tile_x = x AND tile_y = y;
  cells := heat_cells_of(x, y, inner_pad, outer_pad, at, walks_max);
  IF cardinality(cells) = 0 AND NOT EXISTS (SELECT FROM heat_ways WHERE tile_x = x AND tile_y = y) THEN
    DELETE FROM heat_tiles WHERE tile_x = x AND tile_y = y;
    RETURN 0;
  END IF;
  INSERT INTO heat_tiles (tile_x, tile_y, renewed_on, cells_32, cells_64, cells_128, cells_256)
  VALUES (x, y, seoul_day(at), cells, coarser_heat(cells, 2), coarser_heat(cells, 4), coarser_heat(cells, 8))
  ON CONFLICT (tile_x, tile_y) DO UPDATE
  SET renewed_on = excluded.renewed_on, cells_32 = excluded.cells_32, cells_64 = excluded.cells_64, cells_128 = excluded.cells_128,
      cells_256 = excluded.cells_256;
  RETURN cardinality(cells);
END
$$;
