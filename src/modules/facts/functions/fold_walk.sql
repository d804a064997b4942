-- Brings everything that follows from a walk up to date. Of an imported walk only days follow, and the cells that are hidden from others: whoever imports walks says where
-- they live, and a file from elsewhere proves nothing. Call it after the change, in the same transaction, with the person's row locked.
CREATE OR REPLACE FUNCTION fold_walk(changed_walk_id uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fold_days(changed_walk_id);
  PERFORM fold_hidden_areas(changed_walk_id);
  IF EXISTS (SELECT 1 FROM walks WHERE id = changed_walk_id AND source = 'imported') THEN
    RETURN;
  END IF;
  PERFORM fold_metrics(user_id, seoul_day(started_at)) FROM walks WHERE id = changed_walk_id;
  PERFORM fold_visits(changed_walk_id);
  PERFORM fold_places(changed_walk_id);
  PERFORM fold_streak(user_id, streak_day(started_at)) FROM walks WHERE id = changed_walk_id;
  PERFORM fold_rankings(user_id, seoul_day(started_at)) FROM walks WHERE id = changed_walk_id;
END
$$;
