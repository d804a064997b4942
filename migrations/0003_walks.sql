-- Walks, what they add up to, and how a copied one is recognised.
SET LOCAL lock_timeout = '5s';

-- active: being walked. ended: no longer, but its track has not come (or never will). completed: measured.
CREATE TYPE walk_status AS ENUM ('active', 'ended', 'completed');

CREATE TABLE walks (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  status walk_status NOT NULL,
  started_at timestamptz NOT NULL, -- as declared; once measured, the first fix
  goal_distance_m int,
  goal_duration_sec int,
  request_hash text NOT NULL,
  created_at timestamptz NOT NULL,
  memo text CHECK (char_length(memo) <= 500),
  shared_to_feed boolean NOT NULL DEFAULT false,
  auto_ended boolean NOT NULL DEFAULT false,
  region_code text REFERENCES regions (code), -- the owner's at completion
  weather jsonb, -- the server's own reading at the start
  -- from here on: NULL until completed
  completed_at timestamptz,
  ended_at timestamptz,
  is_valid boolean,
  reasons jsonb,
  distance_m int,
  duration_sec int,
  moving_sec int,
  stopped_sec int,
  avg_speed_kmh double precision,
  max_speed_kmh double precision,
  ascent_m int,
  descent_m int,
  calories int,
  segments jsonb,
  route_polyline text, -- simplified to at most 500 points, precision 5
  line geometry(MultiLineStringM, 4326), -- what was measured; M is epoch seconds
  fingerprint double precision[], -- 16 mean positions over normalised time: lng, lat, lng, lat, …
  fingerprint_key geometry(PointZM, 4326), -- two of them as one 4-D point, to find candidates by index
  claimed jsonb, -- what the phone said; kept for audit, never counted
  track_key text, -- the raw track in R2
  answer jsonb, -- what completion answered beyond the walk; a repeat gets the same
  deleted_at timestamptz,
  CHECK ((status = 'completed') = (completed_at IS NOT NULL)),
  CHECK (completed_at IS NULL OR (is_valid IS NOT NULL AND ended_at >= started_at)),
  CONSTRAINT walks_no_overlap EXCLUDE USING gist (user_id WITH =, tstzrange(started_at, ended_at) WITH &&) WHERE (is_valid AND deleted_at IS NULL)
);
-- Compared for every candidate of a copy: it must lie in the row, not beside it, however long the walk's other columns are.
ALTER TABLE walks ALTER fingerprint SET STORAGE MAIN;
CREATE UNIQUE INDEX walks_one_active ON walks (user_id) WHERE status = 'active' AND deleted_at IS NULL;
CREATE INDEX walks_history ON walks (user_id, started_at DESC, id DESC) WHERE is_valid AND deleted_at IS NULL;
CREATE INDEX walks_active ON walks (started_at) WHERE status = 'active' AND deleted_at IS NULL;
CREATE INDEX walks_deleted ON walks (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX walks_refused ON walks (completed_at) WHERE NOT is_valid;
CREATE INDEX walks_ended ON walks (created_at) WHERE status = 'ended';
CREATE INDEX walks_fingerprint_key ON walks USING gist (fingerprint_key gist_geometry_ops_nd) WHERE is_valid AND deleted_at IS NULL;

CREATE TABLE walk_pets (
  walk_id uuid NOT NULL REFERENCES walks (id) ON DELETE CASCADE,
  pet_id uuid NOT NULL REFERENCES pets (id) ON DELETE CASCADE,
  position smallint NOT NULL,
  PRIMARY KEY (walk_id, pet_id)
);
CREATE INDEX walk_pets_pet ON walk_pets (pet_id);

-- A raw track that R2 did not take, kept here until it does.
CREATE TABLE track_spool (
  walk_id uuid PRIMARY KEY REFERENCES walks (id) ON DELETE CASCADE,
  track_key text NOT NULL,
  content bytea NOT NULL,
  spooled_at timestamptz NOT NULL
);

-- The product's estimate for people to read: distance_km × (20 + 3 × √pet_weight_kg), 10 kg where unknown, rounded.
CREATE FUNCTION walk_calories(distance_m int, pet_weight_kg numeric) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT round(distance_m / 1000.0 * (20 + 3 * sqrt(coalesce(pet_weight_kg, 10))))::int
$$;

-- How far two fingerprints lie apart, slot by slot, in metres (equirectangular: exact to centimetres at these distances).
CREATE FUNCTION fingerprint_deviation(a double precision[], b double precision[], OUT median_m double precision, OUT p90_m double precision)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY apart_m), percentile_cont(0.9) WITHIN GROUP (ORDER BY apart_m)
  FROM (
    SELECT 111194.93 * sqrt(((a[2 * slot - 1] - b[2 * slot - 1]) * cos(radians(a[2 * slot]))) ^ 2 + (a[2 * slot] - b[2 * slot]) ^ 2) AS apart_m
    FROM generate_series(1, array_length(a, 1) / 2) AS slot
  ) AS slots
$$;

-- Facts: what valid walks add up to per Seoul day (00:00) and in all, per user and per pet. Always rewritten from the walks of the day, never
-- incremented blindly: a late, edited, deleted or refused walk heals them, and a replay from scratch gives the same.
CREATE TABLE user_days (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  day date NOT NULL,
  walk_count int NOT NULL,
  distance_m int NOT NULL,
  duration_sec int NOT NULL,
  calories int NOT NULL,
  PRIMARY KEY (user_id, day)
);
CREATE TABLE user_totals (
  user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  walk_count int NOT NULL,
  distance_m bigint NOT NULL,
  duration_sec bigint NOT NULL,
  calories bigint NOT NULL
);
CREATE TABLE pet_days (
  pet_id uuid NOT NULL REFERENCES pets (id) ON DELETE CASCADE,
  day date NOT NULL,
  walk_count int NOT NULL,
  distance_m int NOT NULL,
  duration_sec int NOT NULL,
  calories int NOT NULL,
  PRIMARY KEY (pet_id, day)
);
CREATE TABLE pet_totals (
  pet_id uuid PRIMARY KEY REFERENCES pets (id) ON DELETE CASCADE,
  walk_count int NOT NULL,
  distance_m bigint NOT NULL,
  duration_sec bigint NOT NULL,
  calories bigint NOT NULL
);

CREATE FUNCTION seoul_day(at timestamptz) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (at AT TIME ZONE 'Asia/Seoul')::date $$;

-- Rewrites the day of one walk from all the walks of that day, and moves the totals by the difference. Call it in the transaction that changed
-- the walk, after the change, holding the user's row.
CREATE FUNCTION fold_walk(changed_walk_id uuid) RETURNS void
LANGUAGE sql AS $$
  WITH changed AS (
    SELECT user_id, seoul_day(started_at) AS day FROM walks WHERE id = changed_walk_id
  ), counted AS (
    SELECT walks.id, walks.distance_m, walks.duration_sec, walks.calories
    FROM walks, changed
    WHERE walks.user_id = changed.user_id
      AND walks.is_valid AND walks.deleted_at IS NULL
      AND walks.started_at >= changed.day::timestamp AT TIME ZONE 'Asia/Seoul'
      AND walks.started_at < (changed.day + 1)::timestamp AT TIME ZONE 'Asia/Seoul'
  ), user_now AS (
    SELECT count(*)::int AS walk_count, coalesce(sum(distance_m), 0)::int AS distance_m,
           coalesce(sum(duration_sec), 0)::int AS duration_sec, coalesce(sum(calories), 0)::int AS calories
    FROM counted
  ), user_moved AS (
    SELECT changed.user_id, user_now.walk_count - coalesce(was.walk_count, 0) AS walk_count, user_now.distance_m - coalesce(was.distance_m, 0) AS distance_m,
           user_now.duration_sec - coalesce(was.duration_sec, 0) AS duration_sec, user_now.calories - coalesce(was.calories, 0) AS calories
    FROM changed CROSS JOIN user_now LEFT JOIN user_days was ON was.user_id = changed.user_id AND was.day = changed.day
  ), user_day AS (
    INSERT INTO user_days (user_id, day, walk_count, distance_m, duration_sec, calories)
    SELECT changed.user_id, changed.day, user_now.walk_count, user_now.distance_m, user_now.duration_sec, user_now.calories
    FROM changed, user_now
    ON CONFLICT (user_id, day) DO UPDATE
    SET walk_count = excluded.walk_count, distance_m = excluded.distance_m, duration_sec = excluded.duration_sec, calories = excluded.calories
  ), user_total AS (
    INSERT INTO user_totals AS total (user_id, walk_count, distance_m, duration_sec, calories)
    SELECT user_id, walk_count, distance_m, duration_sec, calories FROM user_moved
    ON CONFLICT (user_id) DO UPDATE
    SET walk_count = total.walk_count + excluded.walk_count, distance_m = total.distance_m + excluded.distance_m,
        duration_sec = total.duration_sec + excluded.duration_sec, calories = total.calories + excluded.calories
  ), pet_now AS ( -- every pet that walked that day, and those that no longer did
    SELECT pet_id, count(counted.id)::int AS walk_count, coalesce(sum(distance_m), 0)::int AS distance_m,
           coalesce(sum(duration_sec), 0)::int AS duration_sec, coalesce(sum(calories), 0)::int AS calories
    FROM (
      SELECT walk_pets.pet_id, counted.id, counted.distance_m, counted.duration_sec, counted.calories
      FROM counted JOIN walk_pets ON walk_pets.walk_id = counted.id
      UNION ALL
      SELECT pet_days.pet_id, NULL, 0, 0, 0
      FROM changed JOIN pets ON pets.user_id = changed.user_id JOIN pet_days ON pet_days.pet_id = pets.id AND pet_days.day = changed.day
    ) AS counted
    GROUP BY pet_id
  ), pet_moved AS (
    SELECT pet_now.pet_id, pet_now.walk_count - coalesce(was.walk_count, 0) AS walk_count, pet_now.distance_m - coalesce(was.distance_m, 0) AS distance_m,
           pet_now.duration_sec - coalesce(was.duration_sec, 0) AS duration_sec, pet_now.calories - coalesce(was.calories, 0) AS calories
    FROM changed CROSS JOIN pet_now LEFT JOIN pet_days was ON was.pet_id = pet_now.pet_id AND was.day = changed.day
  ), pet_day AS (
    INSERT INTO pet_days (pet_id, day, walk_count, distance_m, duration_sec, calories)
    SELECT pet_now.pet_id, changed.day, pet_now.walk_count, pet_now.distance_m, pet_now.duration_sec, pet_now.calories
    FROM changed, pet_now
    ON CONFLICT (pet_id, day) DO UPDATE
    SET walk_count = excluded.walk_count, distance_m = excluded.distance_m, duration_sec = excluded.duration_sec, calories = excluded.calories
  )
  INSERT INTO pet_totals AS total (pet_id, walk_count, distance_m, duration_sec, calories)
  SELECT pet_id, walk_count, distance_m, duration_sec, calories FROM pet_moved
  ON CONFLICT (pet_id) DO UPDATE
  SET walk_count = total.walk_count + excluded.walk_count, distance_m = total.distance_m + excluded.distance_m,
      duration_sec = total.duration_sec + excluded.duration_sec, calories = total.calories + excluded.calories
$$;
