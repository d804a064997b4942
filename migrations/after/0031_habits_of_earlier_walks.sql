-- Triggers that keep habits where people live and with the pets that others see, and habits of those who have walked already.
SET LOCAL lock_timeout = '5s';

-- Nobody walks, moves or changes a pet between the backfill and the triggers.
LOCK TABLE users, pets, walks IN SHARE ROW EXCLUSIVE MODE;
CREATE TRIGGER users_habits AFTER UPDATE OF region_code, settings ON users FOR EACH ROW
WHEN (
  OLD.region_code IS DISTINCT FROM NEW.region_code
  OR OLD.settings -> 'hide_walk_times' IS DISTINCT FROM NEW.settings -> 'hide_walk_times'
)
EXECUTE FUNCTION follow_user_to_habits();
CREATE TRIGGER pets_habits_begin AFTER INSERT ON pets FOR EACH ROW WHEN (NOT NEW.is_placeholder) EXECUTE FUNCTION follow_pet_to_habits();
CREATE TRIGGER pets_habits_change AFTER UPDATE OF user_id, breed_code, chosen_size, weight_kg, archived_at, is_placeholder, is_primary ON pets FOR EACH ROW
WHEN (
  (OLD.user_id, OLD.breed_code, OLD.chosen_size, OLD.weight_kg, OLD.archived_at, OLD.is_placeholder, OLD.is_primary)
  IS DISTINCT FROM (NEW.user_id, NEW.breed_code, NEW.chosen_size, NEW.weight_kg, NEW.archived_at, NEW.is_placeholder, NEW.is_primary)
)
EXECUTE FUNCTION follow_pet_to_habits();
CREATE TRIGGER pets_habits_end AFTER DELETE ON pets FOR EACH ROW WHEN (OLD.archived_at IS NULL) EXECUTE FUNCTION follow_pet_to_habits();
CREATE TRIGGER regions_habits AFTER UPDATE OF level, parent_code, dong ON regions FOR EACH ROW
WHEN (OLD.level <> NEW.level OR OLD.parent_code IS DISTINCT FROM NEW.parent_code OR OLD.dong IS DISTINCT FROM NEW.dong)
EXECUTE FUNCTION follow_region_to_habits();

SELECT fold_habits(user_id, now())
FROM (SELECT DISTINCT user_id FROM walks WHERE is_valid AND deleted_at IS NULL AND started_at >= now() - interval '28 days') AS walkers;
