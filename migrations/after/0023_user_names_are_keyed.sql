-- The keys of names, the triggers that keep names as users and pets are, and the names that stand already.
SET LOCAL lock_timeout = '5s';

-- Compared byte by byte, so that a beginning is a range of any index.
ALTER TABLE user_names ADD key text COLLATE "C" NOT NULL GENERATED ALWAYS AS (name_key(name, is_initials)) STORED;
CREATE INDEX user_names_user ON user_names (user_id, is_initials, key);
-- "POSIX" compares as "C" does. A search in one dong or sigungu cannot take this index by mistake, whatever the planner thinks of its size.
CREATE INDEX user_names_key ON user_names (is_initials, key COLLATE "POSIX", user_id);
-- Of a pet's popular name the few nicknames are not among the many pets.
CREATE INDEX user_names_nickname ON user_names (key, user_id) WHERE kind = 'nickname' AND NOT is_initials;
CREATE INDEX user_names_sigungu ON user_names (sigungu_code, is_initials, key, user_id) WHERE sigungu_code IS NOT NULL;
CREATE INDEX user_names_dong ON user_names (dong_code, is_initials, key, user_id) WHERE dong_code IS NOT NULL;

-- Nobody is renamed between the backfill and the triggers.
LOCK TABLE users, pets IN SHARE ROW EXCLUSIVE MODE;
CREATE TRIGGER users_names_begin AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION follow_user_to_names();
CREATE TRIGGER users_names_change AFTER UPDATE OF nickname, region_code, deleted_at, settings ON users FOR EACH ROW
WHEN (
  OLD.nickname <> NEW.nickname
  OR OLD.region_code IS DISTINCT FROM NEW.region_code
  OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)
  OR OLD.settings -> 'searchable' IS DISTINCT FROM NEW.settings -> 'searchable'
)
EXECUTE FUNCTION follow_user_to_names();
CREATE TRIGGER pets_names_begin AFTER INSERT ON pets FOR EACH ROW WHEN (NOT NEW.is_placeholder) EXECUTE FUNCTION follow_pet_to_names();
CREATE TRIGGER pets_names_change AFTER UPDATE OF user_id, name, archived_at, is_placeholder ON pets FOR EACH ROW
WHEN (
  OLD.user_id <> NEW.user_id
  OR OLD.name <> NEW.name
  OR (OLD.archived_at IS NULL) <> (NEW.archived_at IS NULL)
  OR OLD.is_placeholder <> NEW.is_placeholder
)
EXECUTE FUNCTION follow_pet_to_names();
CREATE TRIGGER pets_names_end AFTER DELETE ON pets FOR EACH ROW WHEN (OLD.archived_at IS NULL) EXECUTE FUNCTION follow_pet_to_names();
-- A dong that turns out to lie in another sigungu takes its people along.
CREATE TRIGGER regions_names AFTER UPDATE OF level, parent_code, dong ON regions FOR EACH ROW
WHEN (OLD.level <> NEW.level OR OLD.parent_code IS DISTINCT FROM NEW.parent_code OR OLD.dong <> NEW.dong)
EXECUTE FUNCTION follow_region_to_names();

SELECT fold_user_names(id) FROM users WHERE deleted_at IS NULL;
