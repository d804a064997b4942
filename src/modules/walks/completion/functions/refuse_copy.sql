-- Refuses a walk that was completed at `at`, in the same request, because it turned out to be a copy: takes back what its completion gave and told. Lock the person's row
-- before, and end the transaction with `fold_histogram`.
CREATE OR REPLACE FUNCTION refuse_copy(of_walk uuid, reason jsonb, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  walk walks;
BEGIN
  UPDATE walks
  SET is_valid = false, is_ranked = false, reasons = jsonb_build_array(reason) || reasons
  WHERE id = of_walk AND is_valid AND completed_at = at
  RETURNING * INTO walk;
  IF walk.id IS NULL THEN
    RETURN;
  END IF;
  WITH taken AS (
    DELETE FROM user_badges WHERE user_id = walk.user_id AND walk_id = of_walk AND earned_at = at RETURNING badge_id
  )
  DELETE FROM notifications
  WHERE user_id = walk.user_id AND created_at = at AND type = 'badge_earned' AND facts ->> 'badge_id' IN (SELECT badge_id::text FROM taken);
  WITH untold AS (
    DELETE FROM notifications WHERE user_id = walk.user_id AND created_at = at AND type = 'badge_progress' RETURNING topic
  )
  DELETE FROM badge_nears
  WHERE user_id = walk.user_id AND concat_ws(':', badge_id, season_year, percent) IN (SELECT topic FROM untold);
  DELETE FROM notifications
  WHERE created_at = at AND type IN ('ranking_up', 'ranking_top3', 'ranking_down') AND walk.user_id IN (user_id, sender_id);
  PERFORM fold_walk(of_walk);
  PERFORM answer_walk(of_walk, standing_before(walk.user_id, walk.region_code, walk.started_at, at), NULL, at);
END
$$;
