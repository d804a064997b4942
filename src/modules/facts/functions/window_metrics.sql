-- A person's metrics over a range of days, both ends included. Only metrics that are kept by the day.
CREATE OR REPLACE FUNCTION window_metrics(of_user uuid, from_day date, until_day date) RETURNS TABLE (metric badge_metric, value bigint)
LANGUAGE sql STABLE AS $$
  WITH days AS (
    SELECT sum(walk_count) AS walk_count, sum(distance_m) AS distance_m, sum(duration_sec) AS duration_sec
    FROM user_days
    WHERE user_id = of_user AND day BETWEEN from_day AND until_day
  ), gained AS (
    SELECT metric_days.metric, sum(metric_days.value) AS value
    FROM metric_days
    WHERE user_id = of_user AND day BETWEEN from_day AND until_day
    GROUP BY metric_days.metric
  ), visited AS (
    SELECT count(DISTINCT place_id) FILTER (WHERE kind = 'park') AS parks,
           count(DISTINCT walk_id) FILTER (WHERE kind = 'beach') AS beach_walks,
           count(DISTINCT place_id) FILTER (WHERE kind IN ('park', 'mountain')) AS nature_places
    FROM place_visits
    JOIN places ON places.id = place_visits.place_id AND places.counts_for_badges
    WHERE user_id = of_user AND day BETWEEN from_day AND until_day
  )
  SELECT one.metric::badge_metric, one.value
  FROM days, visited, LATERAL (VALUES
    ('walk_count', walk_count), ('season_walk_count', walk_count), ('distance_m', distance_m), ('season_distance_m', distance_m),
    ('duration_sec', duration_sec), ('season_parks', parks), ('season_beach_walks', beach_walks), ('season_nature_places', nature_places)
  ) AS one (metric, value)
  UNION ALL
  SELECT gained.metric, gained.value FROM gained
  UNION ALL
  SELECT 'season_snow_walks', gained.value FROM gained WHERE gained.metric = 'snow_walks'
$$;
