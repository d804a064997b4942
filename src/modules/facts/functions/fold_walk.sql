-- Brings everything that follows from a walk up to date. Call it after the change, in the same transaction, with the person's row locked.
CREATE OR REPLACE FUNCTION fold_walk(changed_walk_id uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fold_days(changed_walk_id);
  PERFORM fold_metrics(user_id, seoul_day(started_at)) FROM walks WHERE id = changed_walk_id;
  PERFORM fold_visits(changed_walk_id);
  PERFORM fold_places(changed_walk_id);
  PERFORM fold_hidden_areas(changed_walk_id);
  PERFORM fold_streak(user_id, streak_day(started_at)) FROM walks WHERE id = changed_walk_id;
  PERFORM fold_rankings(user_id, seoul_day(started_at)) FROM walks WHERE id = changed_walk_id;
END
$$;
