-- Whether with this walk its owner has done what no body does: more than 16 hours or 60 km on foot in 24 hours, or two days without four hours of rest. `walk` need not be
-- stored as it is given. A window of 24 hours ends with this walk, or with a later one that was uploaded before it.
CREATE OR REPLACE FUNCTION exceeds_a_body(walk walks) RETURNS boolean
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN (
    WITH near AS MATERIALIZED (
      SELECT started_at, ended_at, distance_m, duration_sec
      FROM walks
      WHERE user_id = walk.user_id AND is_valid AND deleted_at IS NULL AND source = 'recorded' AND id <> walk.id
        AND started_at BETWEEN walk.started_at - interval '64 hours' AND walk.ended_at + interval '52 hours'
      UNION ALL
      SELECT walk.started_at, walk.ended_at, walk.distance_m, walk.duration_sec
    ), days AS (
      SELECT sum(near.distance_m * part.share) AS distance_m, sum(near.duration_sec * part.share) AS duration_sec
      FROM near AS last
      JOIN near ON near.ended_at > last.ended_at - interval '24 hours' AND near.started_at < last.ended_at
      CROSS JOIN LATERAL (
        SELECT CASE WHEN near.ended_at = near.started_at THEN 1 ELSE least(1, extract(epoch FROM near.ended_at - (last.ended_at - interval '24 hours'))
                 / extract(epoch FROM near.ended_at - near.started_at)) END AS share
      ) AS part
      WHERE last.ended_at >= walk.ended_at AND last.ended_at < walk.started_at + interval '24 hours'
      GROUP BY last.started_at, last.ended_at
    ), rests AS (
      SELECT started_at, ended_at,
             started_at - max(ended_at) OVER (ORDER BY started_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) >= interval '4 hours' AS is_after_rest
      FROM near
    ), stretches AS (
      SELECT started_at, ended_at, count(*) FILTER (WHERE is_after_rest) OVER (ORDER BY started_at) AS stretch FROM rests
    ), spans AS (
      SELECT max(ended_at) - min(started_at) AS awake
      FROM stretches
      GROUP BY stretch
      HAVING min(started_at) <= walk.started_at AND max(ended_at) >= walk.ended_at
    )
    SELECT EXISTS (SELECT 1 FROM days WHERE distance_m > 60000 OR duration_sec > 16 * 3600) OR EXISTS (SELECT 1 FROM spans WHERE awake > interval '48 hours')
  );
END
$$;
