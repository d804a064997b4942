-- Triggers that keep the record of moderation, and what follows from it.
SET LOCAL lock_timeout = '5s';

CREATE TRIGGER moderation_actions_kept BEFORE UPDATE OR DELETE ON moderation_actions
  FOR EACH ROW EXECUTE FUNCTION keep_moderation_actions();
CREATE TRIGGER moderation_actions_whole BEFORE TRUNCATE ON moderation_actions
  FOR EACH STATEMENT EXECUTE FUNCTION keep_moderation_actions();

CREATE TRIGGER users_moderation BEFORE DELETE ON users
  FOR EACH ROW EXECUTE FUNCTION forget_in_moderation();

CREATE TRIGGER users_rankings_banned AFTER UPDATE OF banned_at ON users
  FOR EACH ROW WHEN ((OLD.banned_at IS NULL) <> (NEW.banned_at IS NULL)) EXECUTE FUNCTION follow_user_to_rankings();
