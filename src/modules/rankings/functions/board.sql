-- The people on a board, to be counted. of_snapshot is NULL for the live board.
CREATE OR REPLACE FUNCTION board(of_snapshot int, of_period text, in_area text) RETURNS TABLE (standing bigint, last_walk_at timestamptz, user_id uuid)
LANGUAGE sql STABLE AS $$
  SELECT rankings.standing, rankings.last_walk_at, rankings.user_id
  FROM rankings
  WHERE period_key = of_period AND area_code = in_area AND rankings.standing > 0 AND (of_snapshot IS NULL OR moved_in IS DISTINCT FROM of_snapshot)
  UNION ALL
  SELECT rankings.shown_standing, rankings.shown_last_walk_at, rankings.user_id
  FROM rankings
  WHERE period_key = of_period AND area_code = in_area AND moved_in = of_snapshot AND rankings.shown_standing > 0
$$;
