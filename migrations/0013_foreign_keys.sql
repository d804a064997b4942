-- An index for every foreign key. Without one the purge of an account reads the whole of walks, pets and health records for each row that it deletes.
SET LOCAL lock_timeout = '5s';

-- These left out what is archived or deleted, which goes with its owner all the same.
DROP INDEX pets_user;
CREATE INDEX pets_user ON pets (user_id, created_at);
DROP INDEX health_records_pet;
CREATE INDEX health_records_pet ON health_records (pet_id, record_date DESC, id);

CREATE INDEX walks_user ON walks (user_id);
CREATE INDEX walk_starts_user ON walk_starts (user_id);
CREATE INDEX place_visits_place ON place_visits (place_id);

CREATE INDEX users_region ON users (region_code) WHERE region_code IS NOT NULL;
CREATE INDEX walks_region ON walks (region_code) WHERE region_code IS NOT NULL;
CREATE INDEX weekly_dong_wins_region ON weekly_dong_wins (region_code);
CREATE INDEX pets_breed ON pets (breed_code) WHERE breed_code IS NOT NULL;
