-- Meetups: who walks together where and when, in how many seats, and again every week. And who may become friends.
SET LOCAL lock_timeout = '5s';

ALTER TYPE notification_type ADD VALUE 'meetup_joined';
ALTER TYPE notification_type ADD VALUE 'meetup_request';
ALTER TYPE notification_type ADD VALUE 'meetup_answered';
ALTER TYPE notification_type ADD VALUE 'meetup_promoted';
ALTER TYPE notification_type ADD VALUE 'meetup_changed';
ALTER TYPE notification_type ADD VALUE 'meetup_cancelled';
ALTER TYPE notification_type ADD VALUE 'meetup_reminder';
ALTER TYPE notification_type ADD VALUE 'meetup_renewal';

CREATE TYPE meetup_category AS ENUM ('all', 'small', 'medium', 'large', 'breed');
CREATE TYPE meetup_approval AS ENUM ('auto', 'manual');
CREATE TYPE participation AS ENUM ('going', 'waiting', 'requested', 'declined', 'left', 'removed');
CREATE TYPE attendance_proof AS ENUM ('walk', 'host', 'nobody');

-- A meetup once, or the series of a weekly one. Times are Seoul's.
CREATE TABLE meetups (
  id uuid PRIMARY KEY,
  request_hash text NOT NULL,
  host_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  title text NOT NULL CHECK (char_length(title) <= 40),
  description text CHECK (char_length(description) <= 1000),
  category meetup_category NOT NULL,
  size_filter pet_size, -- whoever joins has a pet of that size
  breed_code text REFERENCES breeds (code), -- and of that breed
  location_name text NOT NULL CHECK (char_length(location_name) <= 100),
  location geography(Point, 4326) NOT NULL,
  starts_on date NOT NULL,
  starts_time time NOT NULL,
  recurrence_rule text CHECK (char_length(recurrence_rule) <= 100),
  capacity int NOT NULL CHECK (capacity BETWEEN 2 AND 50),
  approval meetup_approval NOT NULL,
  made_until date, -- how far occurrences of a series stand; NULL for a single one
  renewed_at timestamptz NOT NULL, -- when the host last said that it goes on
  asked_at timestamptz, -- since when the host has been asked whether it goes on. No occurrence is made meanwhile
  cancelled_at timestamptz
);
CREATE INDEX meetups_host ON meetups (host_id, created_at DESC);
CREATE INDEX meetups_breed ON meetups (breed_code) WHERE breed_code IS NOT NULL;
CREATE INDEX meetups_growing ON meetups (made_until, id) WHERE recurrence_rule IS NOT NULL AND cancelled_at IS NULL AND asked_at IS NULL;

-- One date of a meetup, with seats of its own. The row is locked before anything of it changes.
CREATE TABLE meetup_occurrences (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  meetup_id uuid NOT NULL REFERENCES meetups (id) ON DELETE CASCADE,
  slot_at timestamptz, -- when the series has it. It stays when this one date is moved, so that it is not made again. NULL when the series has it no more
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL, -- of the live room
  location_name text NOT NULL,
  location geography(Point, 4326) NOT NULL,
  -- A cell of a twentieth of a degree. Near a place and soonest first is a walk along (cell, starts_at).
  cell int NOT NULL GENERATED ALWAYS AS (floor(ST_Y(location::geometry) * 20)::int * 10000 + floor(ST_X(location::geometry) * 20)::int) STORED,
  -- The meetup's, so that a list of one category reads no other. What is over keeps what it was.
  category meetup_category NOT NULL,
  size_filter pet_size,
  capacity int NOT NULL,
  going int NOT NULL DEFAULT 0, -- the host has a seat
  is_own boolean NOT NULL DEFAULT false, -- it was changed by itself, and changes of the series leave it
  cancelled_at timestamptz,
  reminded_at timestamptz,
  judged_at timestamptz, -- who came was decided
  CONSTRAINT meetup_occurrences_seats CHECK (going BETWEEN 0 AND capacity)
);
CREATE UNIQUE INDEX meetup_occurrences_slot ON meetup_occurrences (meetup_id, slot_at);
CREATE INDEX meetup_occurrences_cell ON meetup_occurrences (cell, starts_at) WHERE cancelled_at IS NULL;
CREATE INDEX meetup_occurrences_category ON meetup_occurrences (category, cell, starts_at) WHERE cancelled_at IS NULL;
CREATE INDEX meetup_occurrences_starts ON meetup_occurrences (starts_at) WHERE cancelled_at IS NULL;
CREATE INDEX meetup_occurrences_meetup ON meetup_occurrences (meetup_id, starts_at);
CREATE INDEX meetup_occurrences_unreminded ON meetup_occurrences (starts_at) WHERE reminded_at IS NULL AND cancelled_at IS NULL;
CREATE INDEX meetup_occurrences_unjudged ON meetup_occurrences (starts_at) WHERE judged_at IS NULL AND cancelled_at IS NULL;

CREATE SEQUENCE meetup_queue AS bigint;
CREATE TABLE meetup_participants (
  occurrence_id uuid NOT NULL REFERENCES meetup_occurrences (id) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  status participation NOT NULL,
  queue_no bigint NOT NULL DEFAULT nextval('meetup_queue'), -- the order of joining, under the lock of the occurrence
  joined_at timestamptz NOT NULL,
  answered_at timestamptz,
  left_at timestamptz,
  is_late boolean NOT NULL DEFAULT false, -- left within two hours before the start
  is_excused boolean NOT NULL DEFAULT false, -- time or place has changed since they joined, so they may leave
  attended boolean,
  attended_by attendance_proof,
  PRIMARY KEY (occurrence_id, user_id)
);
CREATE INDEX meetup_participants_user ON meetup_participants (user_id, joined_at DESC);
CREATE INDEX meetup_participants_waiting ON meetup_participants (occurrence_id, queue_no) WHERE status = 'waiting';

-- Whom a host has removed. They cannot join that meetup again.
CREATE TABLE meetup_removals (
  meetup_id uuid NOT NULL REFERENCES meetups (id) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  removed_at timestamptz NOT NULL,
  PRIMARY KEY (meetup_id, user_id)
);
CREATE INDEX meetup_removals_user ON meetup_removals (user_id);

-- A live room is that of an invitation or of a meetup's date.
ALTER TABLE room_encounters DROP CONSTRAINT room_encounters_pkey;
ALTER TABLE room_encounters
  ADD id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  ALTER invitation_id DROP NOT NULL,
  ADD occurrence_id uuid REFERENCES meetup_occurrences (id) ON DELETE CASCADE,
  ADD CONSTRAINT room_encounters_one_room CHECK (num_nonnulls(invitation_id, occurrence_id) = 1);
CREATE UNIQUE INDEX room_encounters_invited ON room_encounters (one_id, other_id, invitation_id);
CREATE UNIQUE INDEX room_encounters_met ON room_encounters (one_id, other_id, occurrence_id);
CREATE INDEX room_encounters_occurrence ON room_encounters (occurrence_id) WHERE occurrence_id IS NOT NULL;
ALTER TABLE location_provisions ADD is_meetup boolean NOT NULL DEFAULT false; -- `invitation_id` then holds the occurrence's id

-- How somebody usually walks, by their valid walks of the last 28 days.
CREATE TABLE walk_habits (
  user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  dong_code text REFERENCES regions (code), -- NULL where only the sigungu is known
  sigungu_code text REFERENCES regions (code),
  hour_x double precision NOT NULL, -- the mean of the starts on the circle of 24 hours
  hour_y double precision NOT NULL,
  mean_hour double precision, -- NULL where the starts are too spread to have one
  weekly_distance_m int NOT NULL,
  breed_code text, -- of the pet that others see first, and its size
  size pet_size,
  last_walk_at timestamptz NOT NULL
);
CREATE INDEX walk_habits_sigungu ON walk_habits (sigungu_code, last_walk_at);
CREATE INDEX walk_habits_dong ON walk_habits (dong_code) WHERE dong_code IS NOT NULL;

CREATE TABLE recommendations (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  other_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  score double precision NOT NULL,
  reasons text[] NOT NULL,
  PRIMARY KEY (user_id, other_id)
);
CREATE INDEX recommendations_other ON recommendations (other_id);
-- When they were computed. They may be none.
CREATE TABLE recommendation_runs (
  user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  made_at timestamptz NOT NULL
);
CREATE TABLE recommendation_dismissals (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  other_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  dismissed_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, other_id)
);
CREATE INDEX recommendation_dismissals_other ON recommendation_dismissals (other_id);
CREATE INDEX recommendation_dismissals_at ON recommendation_dismissals (dismissed_at);
