-- Rewrites what of a walk counts on the heat map, and with whom its owner walked. A walk counts while its post is open to everyone: then it is valid, shared and there, its author
-- is, and no moderator has closed it. A walk for followers does not, because the map is for everybody. Whether its owner contributes is asked when a tile is computed.
CREATE OR REPLACE FUNCTION fold_heat_walk(of_walk uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql SET jit = off AS $$
BEGIN
  INSERT INTO heat_company AS company (user_id, room, day)
  SELECT walks.user_id, kept.room, max(seoul_day(walks.started_at))
  FROM walks
  CROSS JOIN LATERAL (
    SELECT coalesce(met.invitation_id, met.occurrence_id) AS room
    FROM room_encounters AS met
    WHERE (met.one_id = walks.user_id OR met.other_id = walks.user_id) AND met.together && tstzrange(walks.started_at, walks.ended_at)
    UNION ALL
    SELECT md5(least(walks.user_id, other.id)::text || greatest(walks.user_id, other.id)::text)::uuid
    FROM unnest(walks.together_with) AS other (id)
  ) AS kept
  WHERE walks.id = of_walk AND walks.status = 'completed'
  GROUP BY walks.user_id, kept.room
  ON CONFLICT (user_id, room) DO UPDATE SET day = greatest(company.day, excluded.day);

  DELETE FROM heat_ways WHERE walk_id = of_walk;
  INSERT INTO heat_ways (tile_x, tile_y, walk_id, user_id, day, length_m, cells)
  WITH passed AS MATERIALIZED (
    SELECT walks.user_id, seoul_day(walks.started_at) AS day, floor(shown.x / 32)::int AS x, floor(shown.y / 32)::int AS y,
           sqrt(
             (shown.x - lag(shown.x) OVER (PARTITION BY shown.piece ORDER BY shown.nth)) ^ 2
             + (shown.y - lag(shown.y) OVER (PARTITION BY shown.piece ORDER BY shown.nth)) ^ 2
           ) AS step_m
    FROM walks
    JOIN posts ON posts.walk_id = walks.id AND posts.is_open AND posts.audience = 'everyone'
    CROSS JOIN LATERAL shown_line(walks.id) WITH ORDINALITY AS shown (piece, x, y, nth)
    WHERE walks.id = of_walk AND walks.is_valid AND walks.deleted_at IS NULL AND walks.shared_to_feed AND walks.source = 'recorded'
      AND seoul_day(walks.started_at) > (seoul_day(at) - interval '12 months')::date
  ), whole AS (
    SELECT coalesce(sum(step_m), 0) AS length_m FROM passed
  )
  SELECT x >> 5, y >> 5, of_walk, user_id, day, round((SELECT length_m FROM whole))::int,
         array_agg(DISTINCT ((y & 31) * 32 + (x & 31))::smallint)
  FROM passed
  GROUP BY x >> 5, y >> 5, user_id, day;
END
$$;
