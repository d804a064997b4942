-- Triggers that keep posts and counters true whoever writes, and posts for the walks that are shared already.
SET LOCAL lock_timeout = '5s';

CREATE TRIGGER walks_post_made AFTER INSERT ON walks
  FOR EACH ROW WHEN (NEW.shared_to_feed) EXECUTE FUNCTION follow_walk_to_post();
CREATE TRIGGER walks_post AFTER UPDATE OF shared_to_feed, shared_at, is_valid, deleted_at, region_code, audience ON walks
  FOR EACH ROW WHEN (
    (OLD.shared_to_feed OR NEW.shared_to_feed)
    AND (OLD.shared_to_feed, OLD.shared_at, OLD.is_valid, OLD.deleted_at, OLD.region_code, OLD.audience)
      IS DISTINCT FROM (NEW.shared_to_feed, NEW.shared_at, NEW.is_valid, NEW.deleted_at, NEW.region_code, NEW.audience)
  ) EXECUTE FUNCTION follow_walk_to_post();
CREATE TRIGGER users_posts AFTER UPDATE OF deleted_at, banned_at ON users
  FOR EACH ROW WHEN ((OLD.deleted_at, OLD.banned_at) IS DISTINCT FROM (NEW.deleted_at, NEW.banned_at))
  EXECUTE FUNCTION follow_user_to_posts();

CREATE TRIGGER likes_made AFTER INSERT ON likes
  REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION count_likes_made();
CREATE TRIGGER likes_gone AFTER DELETE ON likes
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION count_likes_gone();
CREATE TRIGGER comments_made AFTER INSERT ON comments
  REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION count_comments_made();
CREATE TRIGGER comments_gone AFTER DELETE ON comments
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION count_comments_gone();
CREATE TRIGGER comments_changed AFTER UPDATE ON comments
  REFERENCING OLD TABLE AS gone NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION count_comments_changed();
CREATE TRIGGER follows_made AFTER INSERT ON follows
  REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION count_follows_made();
CREATE TRIGGER follows_gone AFTER DELETE ON follows
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION count_follows_gone();

UPDATE walks SET shared_at = coalesce(completed_at, ended_at, created_at) WHERE shared_to_feed AND shared_at IS NULL;
