-- Cells of a tile that are `times` as wide, from its published cells of 32 m alone. The people of a wide cell are the least that the bands of its cells say, over as many cells as a
-- straight way has in it: a way that goes straight through keeps its band.
CREATE OR REPLACE FUNCTION coarser_heat(cells smallint[], times int) RETURNS smallint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg((8 * wide + heat_band(people / times))::smallint ORDER BY wide), '{}')
  FROM (
    SELECT (code >> 8) / times * (32 / times) + ((code >> 3) & 31) / times AS wide, sum((ARRAY[5, 10, 20, 50])[code & 7]) AS people
    FROM unnest(cells) AS code
    GROUP BY 1
  ) AS wider
$$;
