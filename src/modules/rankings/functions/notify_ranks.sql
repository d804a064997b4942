-- Notifies people of ranks that a walk has moved on this week's dong board. Its owner is told when they are new in the first three, or have risen. The ten nearest people
-- who were passed are told as well, each once a day about the same person.
CREATE OR REPLACE FUNCTION notify_ranks(of_walk uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  walk record;
  board_row record;
BEGIN
  SELECT walks.user_id, walks.region_code AS area_code, walks.distance_m, walks.answer -> 'ranking' AS moved INTO walk
  FROM walks
  WHERE walks.id = of_walk AND walks.is_valid AND walks.is_ranked AND walks.deleted_at IS NULL AND walks.completed_at = at
    AND walks.answer #>> '{ranking,scope}' = 'dong'
    AND walks.answer #>> '{ranking,period_key}' = to_char(seoul_day(at), 'IYYY-"W"IW');
  IF NOT FOUND THEN
    RETURN;
  END IF;
  SELECT period_key, area_code, standing, greatest(standing - standing_of(walk.distance_m, 1), 0) AS standing_before,
         (walk.moved ->> 'rank_before')::int AS rank_before, (walk.moved ->> 'rank_after')::int AS rank_after INTO board_row
  FROM rankings
  WHERE user_id = walk.user_id AND period_key = walk.moved ->> 'period_key' AND area_code = walk.area_code;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF board_row.rank_after <= 3 AND coalesce(board_row.rank_before > 3, true) THEN
    INSERT INTO notifications (user_id, type, topic, facts, created_at, push_at, sweep_at)
    VALUES (walk.user_id, 'ranking_top3', board_row.period_key, '{}', at, at, at + interval '1 minute')
    ON CONFLICT (user_id, type, topic) DO NOTHING;
  ELSIF board_row.rank_after < board_row.rank_before THEN
    INSERT INTO notifications (user_id, type, topic, facts, created_at, push_at, sweep_at)
    VALUES (walk.user_id, 'ranking_up', of_walk::text, jsonb_build_object('rank', board_row.rank_after), at, at, at + interval '1 minute')
    ON CONFLICT (user_id, type, topic) DO NOTHING;
  END IF;
  INSERT INTO notifications (user_id, type, topic, facts, sender_id, created_at, push_at, sweep_at)
  SELECT passed.user_id, 'ranking_down', concat(seoul_day(at), ':', walk.user_id), '{}', walk.user_id, at, at, at + interval '1 minute'
  FROM (
    SELECT user_id
    FROM rankings
    WHERE period_key = board_row.period_key AND area_code = board_row.area_code
      AND standing > board_row.standing_before AND standing < board_row.standing
      AND user_id <> walk.user_id
    ORDER BY standing DESC
    LIMIT 10
  ) AS passed
  WHERE NOT is_blocked(passed.user_id, walk.user_id)
  ON CONFLICT (user_id, type, topic) DO NOTHING;
END
$$;
