-- Whoever leaves is on no board from that moment, whichever way they left, and whoever comes back is where they were.
CREATE OR REPLACE FUNCTION follow_user_to_rankings() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refold_rankings(NEW.id);
  RETURN NULL;
END
$$;
