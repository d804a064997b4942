-- A comment that is deleted or held is no more to be read in a notification.
SET LOCAL lock_timeout = '5s';

CREATE TRIGGER comments_untold AFTER UPDATE OF deleted_at, held_at ON comments
  FOR EACH ROW WHEN (coalesce(OLD.deleted_at, OLD.held_at) IS NULL AND coalesce(NEW.deleted_at, NEW.held_at) IS NOT NULL)
  EXECUTE FUNCTION untell_comment();
