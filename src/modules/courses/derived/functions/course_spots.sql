-- The next places around which courses are looked for: parks, and the centres of dongs, where the heat map has something. Each once a week by its id, and every night those that
-- have a course, because it must go with its people. `after` is the id of a park or the code of a dong.
CREATE OR REPLACE FUNCTION course_spots(of_kind text, after text, at timestamptz, most int)
RETURNS TABLE (id text, name text, x float8, y float8)
LANGUAGE plpgsql STABLE SET jit = off AS $$
DECLARE
  night int := seoul_day(at) - date '2000-01-03';
BEGIN
  RETURN QUERY
  SELECT spots.id, spots.name, on_grid.x, on_grid.y
  FROM (
    SELECT places.id::text AS id, places.name, places.location, places.id AS place_id, NULL::text AS region_code
    FROM places
    WHERE of_kind = 'place' AND places.kind = 'park' AND places.is_open AND places.duplicate_of IS NULL AND places.location IS NOT NULL
      AND (after IS NULL OR places.id > after::uuid)
    UNION ALL
    SELECT regions.code, coalesce(regions.dong, regions.sigungu), regions.center, NULL, regions.code
    FROM regions
    WHERE of_kind = 'region' AND regions.level = 'dong' AND (after IS NULL OR regions.code > after)
  ) AS spots
  CROSS JOIN LATERAL to_grid(
    ST_Y(spots.location::geometry), CASE WHEN ST_X(spots.location::geometry) BETWEEN 107.5 AND 147.5 THEN ST_X(spots.location::geometry) END
  ) AS on_grid
  WHERE EXISTS (
      SELECT
      FROM courses
      WHERE (courses.place_id = spots.place_id OR courses.region_code = spots.region_code) AND courses.kind = 'derived' AND courses.gone_at IS NULL
    )
    OR (
      (hashtext(spots.id) & 1023) % 7 = night % 7
      AND EXISTS (
        SELECT
        FROM heat_tiles
        WHERE heat_tiles.tile_x BETWEEN floor((on_grid.x - 300) / 1024)::int AND floor((on_grid.x + 300) / 1024)::int
          AND heat_tiles.tile_y BETWEEN floor((on_grid.y - 300) / 1024)::int AND floor((on_grid.y + 300) / 1024)::int
          AND cardinality(heat_tiles.cells_32) > 0
      )
    )
  ORDER BY CASE WHEN of_kind = 'place' THEN spots.id::uuid END, spots.id
  LIMIT most;
END
$$;
