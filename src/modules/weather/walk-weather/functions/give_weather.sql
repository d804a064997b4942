-- Gives walks the weather of their start, `of_walks` being walks for which it was looked. Of a walk in rain or snow that is completed badges follow, so it is only
-- answered, and `settleWalk` must write it. Dry walks change no fact. Walks whose weather is still not known are looked for again: every ten minutes in the first six
-- hours, and then the later the longer it took.
CREATE OR REPLACE FUNCTION give_weather(of_walks uuid[], at timestamptz) RETURNS TABLE (walk_id uuid, user_id uuid)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  held uuid[];
BEGIN
  -- A statement of its own, so that the next one sees what was changed before: a completion moves the start. A walk that somebody holds is passed over, because a completion
  -- may want other walks too, and is due again soon.
  held := ARRAY(SELECT walks.id FROM walks WHERE walks.id = ANY (of_walks) AND walks.deleted_at IS NULL ORDER BY walks.id FOR NO KEY UPDATE SKIP LOCKED);
  RETURN QUERY
  WITH waiting AS MATERIALIZED (
    SELECT walks.id, walks.user_id, walks.started_at, coalesce(walks.weather, found.weather) AS weather, found.due_at,
           walks.weather IS NULL AND walks.status = 'completed' AND walks.is_valid AND found.weather ->> 'pty' <> 'none' AS is_wet
    FROM walks
    CROSS JOIN LATERAL walk_weather(walks.kma_nx, walks.kma_ny, walks.started_at, at) AS found
    WHERE walks.id = ANY (held)
  ), written AS (
    UPDATE walks
    SET weather = waiting.weather,
        weather_due_at = CASE
          WHEN waiting.weather IS NOT NULL THEN NULL
          ELSE greatest(waiting.due_at, at + least(greatest((at - waiting.started_at) / 36, interval '10 minutes'), interval '1 hour'))
        END
    FROM waiting
    WHERE walks.id = waiting.id AND waiting.is_wet IS NOT TRUE
  )
  SELECT waiting.id, waiting.user_id FROM waiting WHERE waiting.is_wet;
END
$$;
