-- The next rows of a board after a key (from the top where it is NULL), with their ranks.
CREATE OR REPLACE FUNCTION ranking_page(of_snapshot int, of_period text, in_area text, after_standing bigint, after_walk_at timestamptz, after_user uuid, page_size int)
RETURNS TABLE (user_id uuid, rank bigint, standing bigint, last_walk_at timestamptz)
LANGUAGE plpgsql STABLE ROWS 20 AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH page AS MATERIALIZED ( -- each half reads its own index, and no further than the page goes
    SELECT person.user_id, person.standing, person.last_walk_at
    FROM (
      (
        SELECT rankings.user_id, rankings.standing, rankings.last_walk_at
        FROM rankings
        WHERE period_key = of_period AND area_code = in_area AND rankings.standing > 0 AND (of_snapshot IS NULL OR moved_in IS DISTINCT FROM of_snapshot)
          AND rankings.standing <= coalesce(after_standing, 9223372036854775807)
          AND (after_standing IS NULL OR rankings.standing < after_standing OR (rankings.last_walk_at, rankings.user_id) > (after_walk_at, after_user))
        ORDER BY rankings.standing DESC, rankings.last_walk_at, rankings.user_id
        LIMIT page_size
      )
      UNION ALL
      (
        SELECT rankings.user_id, shown_standing, shown_last_walk_at
        FROM rankings
        WHERE period_key = of_period AND area_code = in_area AND moved_in = of_snapshot AND shown_standing > 0
          AND shown_standing <= coalesce(after_standing, 9223372036854775807)
          AND (after_standing IS NULL OR shown_standing < after_standing OR (shown_last_walk_at, rankings.user_id) > (after_walk_at, after_user))
        ORDER BY shown_standing DESC, shown_last_walk_at, rankings.user_id
        LIMIT page_size
      )
    ) AS person
    ORDER BY person.standing DESC, person.last_walk_at, person.user_id
    LIMIT page_size
  ), first AS (
    SELECT standing, ranked_above(of_snapshot, of_period, in_area, standing) AS above
    FROM (SELECT max(page.standing) AS standing FROM page) AS top
    WHERE standing IS NOT NULL
  ), before AS ( -- how many people with the first standing of this page were on pages before it
    SELECT count(*) AS tied
    FROM first
    CROSS JOIN LATERAL board(of_snapshot, of_period, in_area) AS person
    WHERE first.standing = after_standing
      AND person.standing = first.standing
      AND (person.last_walk_at, person.user_id) <= (after_walk_at, after_user)
  )
  SELECT page.user_id,
         first.above + rank() OVER (ORDER BY page.standing DESC) + CASE WHEN page.standing < first.standing THEN before.tied ELSE 0 END,
         page.standing, page.last_walk_at
  FROM page, first, before
  ORDER BY page.standing DESC, page.last_walk_at, page.user_id;
END
$$;
