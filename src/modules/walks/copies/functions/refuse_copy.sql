-- Refuses a valid walk because it is a copy. What its completion gave and told within the last day is taken back. What is older stays, as earned badges do. A walk that was
-- judged as a copy before is left alone, because an appeal may have raised it since. Lock the person's row before, and end the transaction with `fold_histogram`.
CREATE OR REPLACE FUNCTION refuse_copy(of_walk uuid, reason jsonb, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  walk walks;
BEGIN
  UPDATE walks
  SET is_valid = false, is_ranked = false, reasons = jsonb_build_array(reason) || reasons
  WHERE id = of_walk AND is_valid AND NOT coalesce(reasons, '[]') @> jsonb_build_array(jsonb_build_object('rule', reason -> 'rule'))
  RETURNING * INTO walk;
  IF walk.id IS NULL THEN
    RETURN;
  END IF;
  IF walk.completed_at > at - interval '1 day' THEN
    WITH taken AS (
      DELETE FROM user_badges WHERE user_id = walk.user_id AND walk_id = of_walk AND earned_at = walk.completed_at RETURNING badge_id
    )
    DELETE FROM notifications
    WHERE user_id = walk.user_id AND created_at = walk.completed_at AND type = 'badge_earned' AND facts ->> 'badge_id' IN (SELECT badge_id::text FROM taken);
    WITH untold AS (
      DELETE FROM notifications WHERE user_id = walk.user_id AND created_at = walk.completed_at AND type = 'badge_progress' RETURNING topic
    )
    DELETE FROM badge_nears
    WHERE user_id = walk.user_id AND concat_ws(':', badge_id, season_year, percent) IN (SELECT topic FROM untold);
    DELETE FROM notifications
    WHERE created_at = walk.completed_at AND type IN ('ranking_up', 'ranking_top3', 'ranking_down') AND walk.user_id IN (user_id, sender_id);
  END IF;
  PERFORM fold_walk(of_walk);
  PERFORM fold_habits(walk.user_id, at);
  PERFORM answer_walk(of_walk, standing_before(walk.user_id, walk.region_code, walk.started_at, walk.completed_at), NULL, walk.completed_at);
END
$$;
