-- Trigger: who moves is recommended in the new place, and gets new recommendations there.
CREATE OR REPLACE FUNCTION follow_user_to_habits() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM renew_traits(NEW.id);
  DELETE FROM recommendation_runs WHERE user_id = NEW.id;
  RETURN NULL;
END
$$;
