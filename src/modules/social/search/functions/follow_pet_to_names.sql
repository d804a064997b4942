-- Trigger: a person is found by the names of the pets that their profile shows.
CREATE OR REPLACE FUNCTION follow_pet_to_names() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM fold_user_names(OLD.user_id);
  END IF;
  IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.user_id IS DISTINCT FROM OLD.user_id) THEN
    PERFORM fold_user_names(NEW.user_id);
  END IF;
  RETURN NULL;
END
$$;
