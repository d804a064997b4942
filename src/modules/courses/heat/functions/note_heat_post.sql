-- Trigger: whatever shares a walk, takes it back, deletes or restores it, or judges it has opened or closed its post.
CREATE OR REPLACE FUNCTION note_heat_post() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO heat_changes (user_id, walk_id) VALUES (NEW.author_id, NEW.walk_id);
  RETURN NULL;
END
$$;
