-- Trigger: whatever shares, unshares, judges, deletes or restores a walk brings its post along.
CREATE OR REPLACE FUNCTION follow_walk_to_post() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fold_post(NEW.id);
  RETURN NULL;
END
$$;
