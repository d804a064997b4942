-- Brings everything that follows from a completed walk up to date, and gives the badges that it reaches. Answers what `give_badges` does, or NULL for a walk that does
-- not count or was imported. Lock the person's row before, and end the transaction with `fold_histogram`.
CREATE OR REPLACE FUNCTION settle_walk(of_walk uuid, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  walk record;
BEGIN
  SELECT user_id, started_at, source, is_valid AND deleted_at IS NULL AS counts INTO walk FROM walks WHERE id = of_walk AND status = 'completed';
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  PERFORM fold_walk(of_walk);
  IF walk.source = 'imported' THEN
    RETURN NULL;
  END IF;
  PERFORM fold_habits(walk.user_id, at);
  PERFORM prove_attendance(of_walk);
  IF NOT walk.counts THEN
    RETURN NULL;
  END IF;
  RETURN give_badges(walk.user_id, seoul_day(walk.started_at), of_walk, at);
END
$$;
