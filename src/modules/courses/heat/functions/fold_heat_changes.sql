-- Rewrites the next walks that have changed. Answers how many changes it has taken. A walk that has changed often is rewritten once.
CREATE OR REPLACE FUNCTION fold_heat_changes(most int, at timestamptz) RETURNS int
LANGUAGE plpgsql SET jit = off AS $$
DECLARE
  changed uuid[];
BEGIN
  WITH changes AS (
    DELETE FROM heat_changes
    WHERE id IN (SELECT id FROM heat_changes WHERE walk_id IS NOT NULL ORDER BY id LIMIT most)
    RETURNING walk_id
  )
  SELECT array_agg(walk_id) INTO changed FROM changes;
  PERFORM fold_heat_walk(walk_id, at) FROM (SELECT DISTINCT walk_id FROM unnest(changed) AS walk_id ORDER BY walk_id) AS once;
  RETURN coalesce(cardinality(changed), 0);
END
$$;
