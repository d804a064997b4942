-- A person's value of every badge: on a day for seasons, and at an instant for the streak. A season's badge shows the edition that began last, with value 0 when it
-- is over. from_day and until_day are NULL without a season. PL/pgSQL, like the folds, because it keeps its plans.
CREATE OR REPLACE FUNCTION badge_values(of_user uuid, on_day date, at timestamptz)
RETURNS TABLE (badge_id uuid, season_year int, from_day date, until_day date, value bigint, reached bigint)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH seasons AS (
    SELECT season.season_start, season.season_end, edition.season_year, edition.from_day, edition.until_day
    FROM (SELECT DISTINCT badges.season_start, badges.season_end FROM badges WHERE badges.season_start IS NOT NULL) AS season
    CROSS JOIN LATERAL season_of(season.season_start, season.season_end, on_day) AS edition
  ), editions AS (
    SELECT badges.id, badges.metric, seasons.season_year, seasons.from_day, seasons.until_day
    FROM badges
    LEFT JOIN seasons ON seasons.season_start = badges.season_start AND seasons.season_end = badges.season_end
  ), windows AS MATERIALIZED (
    SELECT season.from_day, season.until_day, gained.metric, gained.value
    FROM (SELECT DISTINCT editions.from_day, editions.until_day FROM editions WHERE editions.until_day >= on_day) AS season
    CROSS JOIN LATERAL window_metrics(of_user, season.from_day, season.until_day) AS gained
  ), lifetime AS MATERIALIZED (
    SELECT * FROM lifetime_metrics(of_user, at)
  )
  SELECT editions.id, coalesce(editions.season_year, 0), editions.from_day, editions.until_day,
         coalesce(lifetime.value, windows.value, 0), coalesce(lifetime.reached, windows.value, 0)
  FROM editions
  LEFT JOIN lifetime ON editions.season_year IS NULL AND lifetime.metric = editions.metric
  LEFT JOIN windows ON windows.metric = editions.metric AND windows.from_day = editions.from_day AND windows.until_day = editions.until_day;
END
$$;
