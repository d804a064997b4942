-- Walks that come from elsewhere. Their figures stand beside those of recorded walks, because badges, streaks, grades and boards do not count them.
SET LOCAL lock_timeout = '5s';

CREATE TYPE walk_source AS ENUM ('recorded', 'imported');
ALTER TABLE walks ADD COLUMN source walk_source NOT NULL DEFAULT 'recorded';

ALTER TABLE user_days
  ADD COLUMN imported_walk_count int NOT NULL DEFAULT 0,
  ADD COLUMN imported_distance_m int NOT NULL DEFAULT 0,
  ADD COLUMN imported_duration_sec int NOT NULL DEFAULT 0,
  ADD COLUMN imported_calories int NOT NULL DEFAULT 0;

ALTER TABLE pet_days
  ADD COLUMN imported_walk_count int NOT NULL DEFAULT 0,
  ADD COLUMN imported_distance_m int NOT NULL DEFAULT 0,
  ADD COLUMN imported_duration_sec int NOT NULL DEFAULT 0,
  ADD COLUMN imported_calories int NOT NULL DEFAULT 0;

ALTER TABLE user_totals
  ADD COLUMN imported_walk_count int NOT NULL DEFAULT 0,
  ADD COLUMN imported_distance_m bigint NOT NULL DEFAULT 0,
  ADD COLUMN imported_duration_sec bigint NOT NULL DEFAULT 0,
  ADD COLUMN imported_calories bigint NOT NULL DEFAULT 0;

ALTER TABLE pet_totals
  ADD COLUMN imported_walk_count int NOT NULL DEFAULT 0,
  ADD COLUMN imported_distance_m bigint NOT NULL DEFAULT 0,
  ADD COLUMN imported_duration_sec bigint NOT NULL DEFAULT 0,
  ADD COLUMN imported_calories bigint NOT NULL DEFAULT 0;
