-- Trigger: somebody's zone or home has moved, or whether they contribute has changed.
CREATE OR REPLACE FUNCTION note_heat_user() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO heat_changes (user_id) VALUES (NEW.id);
  RETURN NULL;
END
$$;
