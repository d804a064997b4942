-- Trigger: who moves is recommended in the new place, and gets new recommendations there. Who hides the times of their walks is compared without them.
CREATE OR REPLACE FUNCTION follow_user_to_habits() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM renew_traits(NEW.id);
  IF OLD.region_code IS DISTINCT FROM NEW.region_code THEN
    DELETE FROM recommendation_runs WHERE user_id = NEW.id;
  END IF;
  RETURN NULL;
END
$$;
