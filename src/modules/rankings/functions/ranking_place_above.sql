-- The row that stands this many steps above a key. It is no row when fewer stand above it.
CREATE OR REPLACE FUNCTION ranking_place_above(of_snapshot int, of_period text, in_area text, than bigint, than_walk_at timestamptz, than_user uuid, steps int)
RETURNS TABLE (standing bigint, last_walk_at timestamptz, user_id uuid)
LANGUAGE plpgsql STABLE ROWS 1 AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT person.standing, person.last_walk_at, person.user_id
  FROM (
    (
      SELECT rankings.standing, rankings.last_walk_at, rankings.user_id
      FROM rankings
      WHERE period_key = of_period AND area_code = in_area AND (of_snapshot IS NULL OR moved_in IS DISTINCT FROM of_snapshot)
        AND rankings.standing >= than
        AND (rankings.standing > than OR (rankings.last_walk_at, rankings.user_id) < (than_walk_at, than_user))
      ORDER BY rankings.standing, rankings.last_walk_at DESC, rankings.user_id DESC
      LIMIT steps
    )
    UNION ALL
    (
      SELECT shown_standing, shown_last_walk_at, rankings.user_id
      FROM rankings
      WHERE period_key = of_period AND area_code = in_area AND moved_in = of_snapshot
        AND shown_standing >= than
        AND (shown_standing > than OR (shown_last_walk_at, rankings.user_id) < (than_walk_at, than_user))
      ORDER BY shown_standing, shown_last_walk_at DESC, rankings.user_id DESC
      LIMIT steps
    )
  ) AS person
  ORDER BY person.standing, person.last_walk_at DESC, person.user_id DESC
  OFFSET steps - 1
  LIMIT 1;
END
$$;
