-- Trigger: a walk was measured again, or its company was found.
CREATE OR REPLACE FUNCTION note_heat_walk() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO heat_changes (user_id, walk_id) VALUES (NEW.user_id, NEW.id);
  RETURN NULL;
END
$$;
