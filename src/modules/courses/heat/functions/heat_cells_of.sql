-- The cells of a tile that may be published, as `heat_tiles` keeps them. Of more walks than `walks_max` those count that are the newest of their owners: each one's newest before
-- anybody's second. The pads are the key of `keyed_hash`.
-- A visit is one number: the cell, the person and the day. So what makes them distinct is one column of integers, which is most of the work.
CREATE OR REPLACE FUNCTION heat_cells_of(x int, y int, inner_pad bytea, outer_pad bytea, at timestamptz, walks_max int) RETURNS smallint[]
LANGUAGE plpgsql STABLE SET work_mem = '32MB' SET jit = off AS $$
DECLARE
  today date := seoul_day(at);
  published smallint[];
BEGIN
  WITH known AS MATERIALIZED (
    SELECT user_id, day, walk_id, cells, row_number() OVER (PARTITION BY user_id ORDER BY day DESC, walk_id) AS nth
    FROM heat_ways
    WHERE tile_x = x AND tile_y = y AND day > (today - interval '12 months')::date
  ), contributors AS MATERIALIZED (
    SELECT user_id
    FROM (SELECT DISTINCT user_id FROM known) AS walked
    JOIN heat_contributors(at) USING (user_id)
  ), ways AS MATERIALIZED (
    SELECT user_id, day, cells
    FROM known
    JOIN contributors USING (user_id)
    ORDER BY nth, day DESC, walk_id
    LIMIT least(walks_max, 4000)
  ), people AS MATERIALIZED (
    SELECT user_id, row_number() OVER (ORDER BY user_id)::int AS person FROM (SELECT DISTINCT user_id FROM ways) AS walked
  ), visits AS MATERIALIZED (
    SELECT DISTINCT (cell::int << 21) | (person << 9) | greatest(today - day, 0) AS visit
    FROM ways
    JOIN people USING (user_id)
    CROSS JOIN LATERAL unnest(ways.cells) AS cell
  ), pairs AS MATERIALIZED (
    SELECT visit >> 9 AS pair, count(*) AS days FROM visits GROUP BY 1
  ), rooms AS MATERIALIZED (
    SELECT person, room
    FROM (
      SELECT people.person, heat_company.room, count(*) OVER (PARTITION BY heat_company.room) AS members
      FROM people
      JOIN heat_company USING (user_id)
      WHERE heat_company.day > (today - interval '12 months')::date
    ) AS company
    WHERE members > 1
  ), firsts AS MATERIALIZED (
    -- Of those who were in one room, the first by id counts in a cell.
    SELECT pairs.pair >> 12 AS cell, rooms.room, min(rooms.person) AS person
    FROM rooms
    JOIN pairs ON (pairs.pair & 4095) = rooms.person
    GROUP BY 1, 2
  ), others AS MATERIALIZED (
    SELECT DISTINCT pairs.pair
    FROM rooms
    JOIN pairs ON (pairs.pair & 4095) = rooms.person
    JOIN firsts ON firsts.cell = pairs.pair >> 12 AND firsts.room = rooms.room AND firsts.person < rooms.person
  ), walked AS MATERIALIZED (
    SELECT pair >> 12 AS cell, count(*) AS people
    FROM pairs
    WHERE pair NOT IN (SELECT pair FROM others)
    GROUP BY 1
    HAVING count(*) >= 5 AND max(days) * 2 <= sum(days)
  ), days AS (
    SELECT cell, count(*) AS days
    FROM (SELECT DISTINCT visit >> 21 AS cell, visit & 511 AS day FROM visits) AS dated
    GROUP BY cell
  )
  SELECT array_agg((8 * cell + heat_band(people))::smallint ORDER BY cell) INTO published
  FROM walked
  JOIN days USING (cell)
  WHERE days.days >= 3
    -- How many it takes is the cell's secret, so nobody learns when the fifth came. Seven are always enough.
    AND (
      people >= 7
      OR people >= 5 + get_byte(keyed_hash(inner_pad, outer_pad, 'heat:' || 32 * x + (cell & 31) || ':' || 32 * y + (cell >> 5)), 0) % 3
    );
  RETURN coalesce(published, '{}');
END
$$;
