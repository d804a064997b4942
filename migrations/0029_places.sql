-- Animal hospitals, pharmacies and parks of public registers, beside the outlines that badges are about.
SET LOCAL lock_timeout = '5s';

-- `after/0029_places_near.sql` makes the indexes of the kinds. A new value cannot be used in the transaction that adds it.
ALTER TYPE place_kind ADD VALUE 'hospital';
ALTER TYPE place_kind ADD VALUE 'pharmacy';
ALTER TYPE place_kind ADD VALUE 'dog_run';
CREATE TYPE place_source AS ENUM ('seed', 'hospitals', 'pharmacies', 'parks');
CREATE TYPE place_import_kind AS ENUM ('complete', 'incremental');
CREATE TYPE place_import_state AS ENUM ('running', 'done', 'partial', 'failed');

ALTER TABLE places
  ALTER code DROP NOT NULL, -- of seeded places alone
  ALTER area DROP NOT NULL, -- of seeded places alone
  ADD name_key text NOT NULL GENERATED ALWAYS AS (lower(regexp_replace(name, '\s', '', 'g'))) STORED, -- what two spellings of a name have in common
  ADD location geography(Point,4326), -- NULL where the register names none and nobody has found one
  ADD counts_for_badges boolean NOT NULL DEFAULT false,
  ADD is_open boolean NOT NULL DEFAULT true,
  ADD is_riverside boolean NOT NULL DEFAULT false,
  ADD source place_source NOT NULL DEFAULT 'seed',
  ADD source_key text,
  ADD road_address text,
  ADD lot_address text,
  ADD phone text,
  ADD region_code text REFERENCES regions (code), -- the sigungu of the location
  ADD licensed_on date,
  ADD closed_on date,
  ADD source_x text, -- as the register has them, in its own coordinates
  ADD source_y text,
  ADD is_geocoded boolean NOT NULL DEFAULT false, -- the location is that of the address
  ADD geocode_asked_at timestamptz,
  ADD source_updated_at timestamptz,
  ADD seen_at timestamptz, -- when the last run began that has seen it
  ADD updated_at timestamptz NOT NULL DEFAULT now(),
  ADD duplicate_of uuid REFERENCES places (id) ON DELETE SET NULL; -- the place that is shown in its stead

UPDATE places
SET counts_for_badges = true, location = ST_Centroid(area::geometry)::geography, is_riverside = name LIKE '%한강%', source_key = code;

CREATE UNIQUE INDEX places_source ON places (source, source_key);
CREATE INDEX places_location ON places USING gist (location);
CREATE INDEX places_region ON places (region_code) WHERE region_code IS NOT NULL;
CREATE INDEX places_duplicates ON places (duplicate_of) WHERE duplicate_of IS NOT NULL;
CREATE INDEX places_unplaced ON places (id) WHERE location IS NULL AND is_open AND geocode_asked_at IS NULL;
-- Completed walks look for the few that count for badges, and never at the others.
CREATE INDEX places_badges ON places USING gist (area) WHERE counts_for_badges;
DROP INDEX places_area;

CREATE TABLE place_favorites (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  place_id uuid NOT NULL REFERENCES places (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, place_id)
);
CREATE INDEX place_favorites_place ON place_favorites (place_id);

-- Runs of imports. A run resumes after `page`.
CREATE TABLE place_imports (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  source place_source NOT NULL,
  kind place_import_kind NOT NULL,
  changed_since timestamptz, -- of an incremental run
  page int NOT NULL DEFAULT 0,
  rows int NOT NULL DEFAULT 0,
  total int,
  failed_pages int NOT NULL DEFAULT 0,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  state place_import_state NOT NULL DEFAULT 'running',
  reason text -- why it is not done
);
CREATE UNIQUE INDEX place_imports_run ON place_imports (source, started_at);
