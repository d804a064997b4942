-- The walks most like one, by the squares they pass through, as `Alike` of modules/walks/copies/rules.ts, and which of the two would be the copy. Refused and deleted
-- walks are among them for as long as they are kept. A copy that was cut, moved or thinned still passes through two of three squares in the middle of its original, so the
-- index is asked for pairs. Whatever a copy does to its pace it keeps its length, unless it was cut, so among equals the length decides. Only the
-- two hundred nearest in length are compared by squares: in a park that two thousand walks pass through this takes 1.5 ms.
--
-- The later upload is the copy and is refused, with one exception: where its walk began before the earlier one arrived, it stands if it has clearly more of its own, because
-- whoever sees somebody's positions can upload them first, at whatever time. What a live room saw counts as much as the whole recording. The earlier is then only not ranked,
-- because figures of one's own can be made up as well.
CREATE OR REPLACE FUNCTION walks_alike(of_walk uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  mine record;
  early int;
  middle int;
  late int;
BEGIN
  SELECT walks.id, walks.started_at, walks.completed_at, traces.cells, traces.distance_m,
         traces.richness * (1 + (cardinality(walks.together_with) > 0)::int) AS own INTO mine
  FROM walk_traces traces
  JOIN walks ON walks.id = traces.walk_id
  WHERE traces.walk_id = of_walk AND cardinality(traces.cells) > 0;
  IF NOT FOUND THEN
    RETURN '[]';
  END IF;
  early := mine.cells[1 + cardinality(mine.cells) / 3];
  middle := mine.cells[1 + cardinality(mine.cells) / 2];
  late := mine.cells[1 + cardinality(mine.cells) * 2 / 3];
  RETURN (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
      'id', alike.id,
      'trace', translate(encode(alike.trace, 'base64'), E'\n', ''),
      'copy_id', CASE WHEN alike.is_earlier = stands.is_later THEN alike.id ELSE of_walk END,
      'effect', CASE WHEN stands.is_later THEN 'unranked' ELSE 'refused' END
    ) ORDER BY alike.completed_at, alike.id), '[]')
    FROM (
      SELECT walks.id, walks.started_at, walks.completed_at, likest.trace,
             likest.richness * (1 + (cardinality(walks.together_with) > 0)::int) AS own,
             (walks.completed_at, walks.id) < (mine.completed_at, mine.id) AS is_earlier
      FROM (
        SELECT passing.walk_id, passing.trace, passing.richness
        FROM (
          SELECT walk_id, cells, trace, richness, distance_m
          FROM walk_traces
          WHERE (cells @> ARRAY[early, middle] OR cells @> ARRAY[middle, late] OR cells @> ARRAY[early, late]) AND walk_id <> of_walk
          ORDER BY abs(ln(greatest(distance_m, 1)::float8 / greatest(mine.distance_m, 1)))
          LIMIT 200
        ) AS passing
        CROSS JOIN LATERAL (
          SELECT count(*)::float8 / least(cardinality(passing.cells), cardinality(mine.cells)) AS share
          FROM unnest(passing.cells) AS cell
          WHERE cell = ANY (mine.cells)
        ) AS shared
        ORDER BY shared.share DESC, abs(ln(greatest(passing.distance_m, 1)::float8 / greatest(mine.distance_m, 1)))
        LIMIT 6
      ) AS likest
      JOIN walks ON walks.id = likest.walk_id
    ) AS alike
    CROSS JOIN LATERAL (
      SELECT CASE WHEN alike.is_earlier THEN mine.started_at < alike.completed_at AND mine.own > 1.3 * alike.own
             ELSE alike.started_at < mine.completed_at AND alike.own > 1.3 * mine.own END AS is_later
    ) AS stands
  );
END
$$;
