-- Triggers that keep meetups true when a person goes.
SET LOCAL lock_timeout = '5s';

CREATE TRIGGER users_meetups AFTER UPDATE OF deleted_at, banned_at ON users
  FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND OLD.banned_at IS NULL AND (NEW.deleted_at IS NOT NULL OR NEW.banned_at IS NOT NULL))
  EXECUTE FUNCTION follow_user_to_meetups();
CREATE TRIGGER meetup_participants_gone AFTER DELETE ON meetup_participants
  FOR EACH ROW WHEN (OLD.status = 'going') EXECUTE FUNCTION uncount_participant();
