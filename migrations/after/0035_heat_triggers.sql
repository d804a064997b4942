-- Triggers that note what changes the heat map, and the walks of before.
SET LOCAL lock_timeout = '5s';

CREATE TRIGGER posts_heat_made AFTER INSERT ON posts
  FOR EACH ROW WHEN (NEW.is_open AND NEW.audience = 'everyone') EXECUTE FUNCTION note_heat_post();
CREATE TRIGGER posts_heat_changed AFTER UPDATE OF is_open, audience ON posts
  FOR EACH ROW WHEN ((OLD.is_open, OLD.audience) IS DISTINCT FROM (NEW.is_open, NEW.audience)) EXECUTE FUNCTION note_heat_post();
CREATE TRIGGER walks_heat AFTER UPDATE OF line, together_with ON walks
  FOR EACH ROW WHEN (OLD.together_with <> NEW.together_with OR OLD.line IS NOT NULL AND OLD.line IS DISTINCT FROM NEW.line)
  EXECUTE FUNCTION note_heat_walk();
CREATE TRIGGER walks_heat_made AFTER INSERT ON walks
  FOR EACH ROW WHEN (cardinality(NEW.together_with) > 0) EXECUTE FUNCTION note_heat_walk();
CREATE TRIGGER hidden_areas_heat AFTER INSERT OR DELETE ON hidden_areas
  FOR EACH ROW EXECUTE FUNCTION note_heat_area();
CREATE TRIGGER users_heat AFTER UPDATE OF region_code, privacy_zone_center, privacy_zone_radius_m, settings, suspended_until, banned_at, deleted_at ON users
  FOR EACH ROW WHEN (
    OLD.region_code IS DISTINCT FROM NEW.region_code
    OR OLD.privacy_zone_center IS DISTINCT FROM NEW.privacy_zone_center
    OR OLD.privacy_zone_radius_m IS DISTINCT FROM NEW.privacy_zone_radius_m
    OR (OLD.settings ->> 'contribute_to_heatmap') IS DISTINCT FROM (NEW.settings ->> 'contribute_to_heatmap')
    OR OLD.suspended_until IS DISTINCT FROM NEW.suspended_until
    OR OLD.banned_at IS DISTINCT FROM NEW.banned_at
    OR OLD.deleted_at IS DISTINCT FROM NEW.deleted_at
  ) EXECUTE FUNCTION note_heat_user();
CREATE TRIGGER heat_ways_made AFTER INSERT ON heat_ways
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION dirty_heat_tiles();
CREATE TRIGGER heat_ways_gone AFTER DELETE ON heat_ways
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION dirty_heat_tiles();
CREATE TRIGGER heat_company_made AFTER INSERT ON heat_company
  FOR EACH ROW EXECUTE FUNCTION dirty_heat_company();

INSERT INTO heat_changes (user_id, walk_id)
SELECT author_id, walk_id FROM posts WHERE is_open AND audience = 'everyone';
