-- Rewrites in which cells a valid walk starts and ends, and what these cells then add up to. An end within 100 m of a cell that is used already uses that cell, because
-- positions scatter across a border.
CREATE OR REPLACE FUNCTION fold_hidden_areas(changed_walk_id uuid) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  owner uuid;
  left_x int[];
  left_y int[];
  one_end record;
  cell record;
BEGIN
  WITH gone AS (
    DELETE FROM walk_ends WHERE walk_id = changed_walk_id RETURNING user_id, cell_x, cell_y
  )
  SELECT min(user_id::text)::uuid, array_agg(cell_x), array_agg(cell_y) INTO owner, left_x, left_y FROM gone;
  FOR one_end IN
    SELECT walks.user_id, walks.started_at, there.x, there.y
    FROM walks
    CROSS JOIN LATERAL ends_on_grid(walks.line) AS there
    WHERE walks.id = changed_walk_id AND walks.is_valid AND walks.deleted_at IS NULL
  LOOP
    SELECT near.x, near.y INTO cell
    FROM (
      SELECT cell_x AS x, cell_y AS y,
             greatest(cell_x * 500 - one_end.x, one_end.x - cell_x * 500 - 500, 0) ^ 2
             + greatest(cell_y * 500 - one_end.y, one_end.y - cell_y * 500 - 500, 0) ^ 2 AS squared_m
      FROM hidden_areas
      WHERE user_id = one_end.user_id
        AND cell_x BETWEEN floor((one_end.x - 100) / 500)::int AND floor((one_end.x + 100) / 500)::int
        AND cell_y BETWEEN floor((one_end.y - 100) / 500)::int AND floor((one_end.y + 100) / 500)::int
      UNION ALL
      SELECT floor(one_end.x / 500)::int, floor(one_end.y / 500)::int, 100 ^ 2
    ) AS near
    ORDER BY squared_m
    LIMIT 1;
    INSERT INTO walk_ends (walk_id, user_id, cell_x, cell_y, started_at)
    VALUES (changed_walk_id, one_end.user_id, cell.x, cell.y, one_end.started_at)
    ON CONFLICT DO NOTHING;
    PERFORM fold_hidden_area(one_end.user_id, cell.x, cell.y);
  END LOOP;
  PERFORM fold_hidden_area(owner, gone.x, gone.y) FROM unnest(left_x, left_y) AS gone (x, y);
END
$$;
