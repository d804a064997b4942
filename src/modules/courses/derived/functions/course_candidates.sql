-- The walks of the last half year that may make a course near a place of EPSG:5179: what counts of them on the heat map, 800 m to 10 km that come within 300 m of it. Each person's
-- newest, one person of each live room, at most 200. With the pairs of them that are alike: six tenths of the cells of 64 m that either passes are passed by both.
CREATE OR REPLACE FUNCTION course_candidates(at_x float8, at_y float8, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SET work_mem = '32MB' SET jit = off AS $$
DECLARE
  today date := seoul_day(at);
  answer jsonb;
BEGIN
  WITH near AS MATERIALIZED (
    SELECT DISTINCT ON (heat_ways.user_id) heat_ways.user_id, heat_ways.walk_id, heat_ways.day
    FROM heat_ways
    WHERE heat_ways.tile_x BETWEEN floor((at_x - 300) / 1024)::int AND floor((at_x + 300) / 1024)::int
      AND heat_ways.tile_y BETWEEN floor((at_y - 300) / 1024)::int AND floor((at_y + 300) / 1024)::int
      AND heat_ways.day > today - 180 AND heat_ways.length_m BETWEEN 800 AND 10000
      AND EXISTS (
        SELECT
        FROM unnest(heat_ways.cells) AS cell
        WHERE (heat_ways.tile_x * 1024 + (cell & 31) * 32 + 16 - at_x) ^ 2 + (heat_ways.tile_y * 1024 + (cell >> 5) * 32 + 16 - at_y) ^ 2 <= 300 ^ 2
      )
    ORDER BY heat_ways.user_id, heat_ways.day DESC, heat_ways.walk_id
  ), contributors AS MATERIALIZED (
    SELECT near.* FROM near JOIN heat_contributors(at) USING (user_id)
  ), rooms AS MATERIALIZED (
    SELECT contributors.user_id, min(contributors.user_id::text) OVER (PARTITION BY heat_company.room) AS first_id
    FROM contributors
    JOIN heat_company ON heat_company.user_id = contributors.user_id
    WHERE heat_company.day > (today - interval '12 months')::date
  ), candidates AS MATERIALIZED (
    SELECT row_number() OVER (ORDER BY day DESC, walk_id)::int - 1 AS nth, walk_id
    FROM contributors
    WHERE NOT EXISTS (SELECT FROM rooms WHERE rooms.user_id = contributors.user_id AND rooms.first_id < contributors.user_id::text)
    ORDER BY day DESC, walk_id
    LIMIT 200
  ), cells AS MATERIALIZED (
    SELECT DISTINCT candidates.nth,
           (heat_ways.tile_x * 16 + ((cell & 31) >> 1))::bigint * 131072 + heat_ways.tile_y * 16 + (cell >> 6) AS wide_cell
    FROM candidates
    JOIN heat_ways ON heat_ways.walk_id = candidates.walk_id
    CROSS JOIN LATERAL unnest(heat_ways.cells) AS cell
  ), sizes AS (
    SELECT nth, count(*) AS size FROM cells GROUP BY nth
  ), alike AS (
    SELECT shared.one, shared.other
    FROM (
      SELECT one.nth AS one, other.nth AS other, count(*) AS both
      FROM cells AS one
      JOIN cells AS other ON other.wide_cell = one.wide_cell AND other.nth > one.nth
      GROUP BY 1, 2
    ) AS shared
    JOIN sizes AS of_one ON of_one.nth = shared.one
    JOIN sizes AS of_other ON of_other.nth = shared.other
    WHERE shared.both >= 0.6 * (of_one.size + of_other.size - shared.both)
  )
  SELECT jsonb_build_object(
    'walks', (
      SELECT coalesce(jsonb_agg(jsonb_build_object('id', walks.id, 'minutes_a_km', walks.duration_sec / 60.0 / greatest(walks.distance_m / 1000.0, 0.1)) ORDER BY candidates.nth), '[]')
      FROM candidates
      JOIN walks ON walks.id = candidates.walk_id
    ),
    'alike', (SELECT coalesce(jsonb_agg(jsonb_build_array(one, other) ORDER BY one, other), '[]') FROM alike)
  ) INTO answer;
  RETURN answer;
END
$$;
