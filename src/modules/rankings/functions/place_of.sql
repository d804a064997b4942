-- A person's own standing on a board, live or in a snapshot. It is no row when they are not on the board.
CREATE OR REPLACE FUNCTION place_of(of_user uuid, of_snapshot int, of_period text, in_area text) RETURNS TABLE (standing bigint, last_walk_at timestamptz)
LANGUAGE sql STABLE ROWS 1 AS $$
  SELECT own.*
  FROM rankings
  CROSS JOIN LATERAL (
    SELECT rankings.standing, rankings.last_walk_at WHERE of_snapshot IS NULL OR moved_in IS DISTINCT FROM of_snapshot
    UNION ALL
    SELECT rankings.shown_standing, rankings.shown_last_walk_at WHERE moved_in = of_snapshot
  ) AS own
  WHERE rankings.user_id = of_user AND period_key = of_period AND area_code = in_area AND own.standing > 0
$$;
