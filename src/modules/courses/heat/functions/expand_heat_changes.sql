-- Turns changes that are about more than one walk into changes of single walks, so that no statement takes long. Answers how many changes it has taken.
CREATE OR REPLACE FUNCTION expand_heat_changes(most int, at timestamptz) RETURNS int
LANGUAGE plpgsql SET jit = off AS $$
DECLARE
  taken int;
BEGIN
  WITH changes AS (
    DELETE FROM heat_changes
    WHERE id IN (SELECT id FROM heat_changes WHERE walk_id IS NULL ORDER BY id LIMIT most)
    RETURNING user_id, cell_x, cell_y
  ), wide AS MATERIALIZED (
    SELECT DISTINCT user_id, cell_x, ST_Transform(
             ST_MakeEnvelope(cell_x * 500 - 2100, cell_y * 500 - 2100, cell_x * 500 + 2600, cell_y * 500 + 2600, 5179), 4326
           ) AS box
    FROM changes
  ), tiles AS (
    -- Whether somebody contributes changes no way of theirs.
    INSERT INTO heat_dirty (tile_x, tile_y)
    SELECT DISTINCT heat_ways.tile_x, heat_ways.tile_y
    FROM wide
    JOIN heat_ways ON heat_ways.user_id = wide.user_id
    WHERE wide.cell_x IS NULL
    ORDER BY 1, 2
    ON CONFLICT DO NOTHING
  ), walked AS (
    INSERT INTO heat_changes (user_id, walk_id)
    SELECT DISTINCT walks.user_id, walks.id
    FROM wide
    JOIN walks ON walks.user_id = wide.user_id AND walks.is_valid AND walks.deleted_at IS NULL AND walks.shared_to_feed
      AND walks.started_at > month_after(at, -12)
      AND (wide.cell_x IS NULL OR walks.line && wide.box)
  )
  SELECT count(*) INTO taken FROM changes;
  RETURN taken;
END
$$;
