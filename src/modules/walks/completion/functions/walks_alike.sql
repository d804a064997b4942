-- The walks most like one, by the squares they pass through, with their traces: `Alike` of modules/walks/completion/copies.ts compares them. Refused and deleted walks are
-- among them for as long as they are kept. A copy that was cut, moved or thinned still passes through two of three squares in the middle of its original, so the index is
-- asked for pairs. Whatever a copy does to its pace it keeps its length, unless it was cut, so among equals the length decides.
CREATE OR REPLACE FUNCTION walks_alike(of_walk uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  mine walk_traces;
  mine_m CONSTANT int := (SELECT distance_m FROM walks WHERE id = of_walk);
  early int;
  middle int;
  late int;
BEGIN
  SELECT * INTO mine FROM walk_traces WHERE walk_id = of_walk;
  IF mine.walk_id IS NULL OR cardinality(mine.cells) = 0 THEN
    RETURN '[]';
  END IF;
  early := mine.cells[1 + cardinality(mine.cells) / 3];
  middle := mine.cells[1 + cardinality(mine.cells) / 2];
  late := mine.cells[1 + cardinality(mine.cells) * 2 / 3];
  RETURN (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
      'id', walks.id, 'user_id', walks.user_id, 'is_valid', walks.is_valid AND walks.deleted_at IS NULL, 'completed_at', walks.completed_at,
      'started_at', walks.started_at, 'ended_at', walks.ended_at, 'richness', alike.richness,
      'trace', translate(encode(alike.trace, 'base64'), E'\n', '')
    ) ORDER BY walks.completed_at, walks.id), '[]')
    FROM (
      SELECT passing.walk_id, passing.trace, passing.richness
      FROM (
        SELECT walk_id, cells, trace, richness
        FROM walk_traces
        WHERE cells @> ARRAY[early, middle] OR cells @> ARRAY[middle, late] OR cells @> ARRAY[early, late]
        LIMIT 500
      ) AS passing
      JOIN walks ON walks.id = passing.walk_id
      CROSS JOIN LATERAL (
        SELECT count(*) AS squares FROM unnest(passing.cells) AS cell WHERE cell = ANY (mine.cells)
      ) AS shared
      WHERE passing.walk_id <> of_walk
      ORDER BY shared.squares::float8 / least(cardinality(passing.cells), cardinality(mine.cells)) DESC,
               abs(ln(greatest(walks.distance_m, 1)::float8 / greatest(mine_m, 1)))
      LIMIT 6
    ) AS alike
    JOIN walks ON walks.id = alike.walk_id
  );
END
$$;
