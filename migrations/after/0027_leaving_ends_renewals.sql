-- Whoever leaves or is banned is charged no more.
SET LOCAL lock_timeout = '5s';

CREATE TRIGGER users_stop_renewals AFTER UPDATE OF deleted_at, banned_at ON users
  FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND OLD.banned_at IS NULL AND (NEW.deleted_at IS NOT NULL OR NEW.banned_at IS NOT NULL))
  EXECUTE FUNCTION stop_renewals();
