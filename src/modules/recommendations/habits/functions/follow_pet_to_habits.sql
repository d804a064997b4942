-- Trigger: a person is recommended by breed and size of the pet that others see first.
CREATE OR REPLACE FUNCTION follow_pet_to_habits() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM renew_traits(OLD.user_id);
  END IF;
  IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.user_id IS DISTINCT FROM OLD.user_id) THEN
    PERFORM renew_traits(NEW.user_id);
  END IF;
  RETURN NULL;
END
$$;
