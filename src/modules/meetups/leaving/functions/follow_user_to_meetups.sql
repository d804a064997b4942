-- Trigger: whoever leaves or is banned has no meetups ahead any more, neither as host nor with a seat.
CREATE OR REPLACE FUNCTION follow_user_to_meetups() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM leave_meetups(NEW.id, coalesce(NEW.deleted_at, NEW.banned_at));
  RETURN NULL;
END
$$;
