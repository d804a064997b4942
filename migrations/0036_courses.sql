-- Courses: those that the walks of many make (derived), and those that somebody has made for themselves and may publish.
SET LOCAL lock_timeout = '5s';

ALTER TYPE moderation_target ADD VALUE 'course';

CREATE TYPE course_kind AS ENUM ('derived', 'own');

CREATE TABLE courses (
  id uuid PRIMARY KEY,
  kind course_kind NOT NULL,
  owner_id uuid REFERENCES users (id) ON DELETE CASCADE, -- of own ones
  request_hash text, -- of own ones
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  name text NOT NULL CHECK (char_length(name) <= 40),
  description text CHECK (char_length(description) <= 500),
  -- Where a derived one is: a place, or the centre of a dong.
  place_id uuid REFERENCES places (id) ON DELETE SET NULL,
  region_code text REFERENCES regions (code),
  -- The whole way. That of an own one is its owner's alone. A derived one that has vanished has none.
  line geometry(LineString, 4326),
  distance_m int NOT NULL,
  is_loop boolean NOT NULL,
  duration_min int, -- of derived ones: the median in steps of five minutes
  users_band smallint CHECK (users_band BETWEEN 1 AND 4), -- of derived ones: 5, 10, 20, 50 people and more
  computed_on date, -- of derived ones
  gone_at timestamptz, -- of derived ones: when too few people were left. The row stays for its favourites
  -- What others see of an own one, and between which places. The grid is EPSG:5179, in which hidden cells are told.
  published_at timestamptz,
  from_place_id uuid REFERENCES places (id) ON DELETE SET NULL,
  to_place_id uuid REFERENCES places (id) ON DELETE SET NULL,
  published_line geometry(LineString, 4326),
  published_grid geometry(LineString, 5179),
  published_distance_m int,
  deleted_at timestamptz, -- of own ones. The row stays without its way and its words, so that no repeat makes it again and favourites say that it is gone
  CONSTRAINT courses_kind CHECK (
    CASE kind
      WHEN 'own' THEN num_nonnulls(owner_id, request_hash) = 2 AND num_nonnulls(line, deleted_at) = 1 AND num_nonnulls(place_id, region_code, duration_min, users_band, computed_on, gone_at) = 0
      ELSE num_nonnulls(owner_id, request_hash, published_at, deleted_at) = 0 AND num_nonnulls(users_band, computed_on) = 2 AND (line IS NOT NULL OR gone_at IS NOT NULL)
    END
  ),
  CONSTRAINT courses_publication CHECK (num_nonnulls(published_at, published_line, published_grid, published_distance_m) IN (0, 4))
);
CREATE INDEX courses_owner ON courses (owner_id, created_at DESC, id DESC) WHERE owner_id IS NOT NULL;
CREATE INDEX courses_derived ON courses USING gist (line) WHERE kind = 'derived' AND gone_at IS NULL;
CREATE INDEX courses_published ON courses USING gist (published_line) WHERE published_at IS NOT NULL;
CREATE INDEX courses_place ON courses (place_id) WHERE place_id IS NOT NULL;
CREATE INDEX courses_region ON courses (region_code) WHERE region_code IS NOT NULL;
CREATE INDEX courses_from ON courses (from_place_id) WHERE from_place_id IS NOT NULL;
CREATE INDEX courses_to ON courses (to_place_id) WHERE to_place_id IS NOT NULL;
-- One author publishes one course between two places, in either direction.
CREATE UNIQUE INDEX courses_pair ON courses (owner_id, least(from_place_id, to_place_id), greatest(from_place_id, to_place_id)) WHERE published_at IS NOT NULL;

CREATE TABLE course_favorites (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  course_id uuid NOT NULL REFERENCES courses (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, course_id)
);
CREATE INDEX course_favorites_course ON course_favorites (course_id);
