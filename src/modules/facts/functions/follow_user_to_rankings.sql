-- Trigger: a person who leaves or is banned is on no open board from that moment on, and is back when they come back, whichever way it happened.
CREATE OR REPLACE FUNCTION follow_user_to_rankings() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refold_rankings(NEW.id);
  RETURN NULL;
END
$$;
