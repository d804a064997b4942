-- The ways of walks from which courses are made, as cells of 32 m in the order in which they were passed, each with its piece; and what is published of the tiles that they touch.
CREATE OR REPLACE FUNCTION leader_ways(of_walks uuid[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SET jit = off AS $$
BEGIN
  RETURN jsonb_build_object(
    'ways', (
      SELECT coalesce(jsonb_object_agg(passed.walk_id, passed.cells), '{}')
      FROM (
        SELECT walk.id AS walk_id,
               jsonb_agg(jsonb_build_array(shown.piece, floor(shown.x / 32)::int, floor(shown.y / 32)::int) ORDER BY shown.nth) AS cells
        FROM unnest(of_walks) AS walk (id)
        CROSS JOIN LATERAL shown_line(walk.id) WITH ORDINALITY AS shown (piece, x, y, nth)
        GROUP BY walk.id
      ) AS passed
    ),
    'tiles', (
      SELECT coalesce(jsonb_agg(jsonb_build_array(heat_tiles.tile_x, heat_tiles.tile_y, heat_tiles.cells_32)), '[]')
      FROM (SELECT DISTINCT tile_x, tile_y FROM heat_ways WHERE walk_id = ANY (of_walks)) AS touched
      JOIN heat_tiles USING (tile_x, tile_y)
    )
  );
END
$$;
