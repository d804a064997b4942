-- Weather, air and warnings: what was measured, the cells that somebody wants, and the weather of a walk.
SET LOCAL lock_timeout = '5s';

CREATE TYPE precipitation AS ENUM ('none', 'rain', 'rain_snow', 'snow', 'shower', 'drizzle', 'drizzle_snow', 'flurry'); -- in the order of KMA's codes
CREATE TYPE sky AS ENUM ('clear', 'mostly_cloudy', 'overcast');
CREATE TYPE warning_kind AS ENUM (
  'strong_wind', 'heavy_rain', 'cold_wave', 'dry', 'storm_surge', 'high_seas', 'typhoon', 'heavy_snow', 'yellow_dust', 'fog', 'tsunami', 'heat_wave'
);
CREATE TYPE warning_level AS ENUM ('advisory', 'warning');

-- Observations, kept for 35 days. Walks read their weather here.
CREATE TABLE weather_hours (
  nx smallint NOT NULL,
  ny smallint NOT NULL,
  hour timestamptz NOT NULL,
  temp double precision NOT NULL, -- an hour without it was not observed
  humidity double precision,
  rn1 double precision,
  pty precipitation,
  wind_ms double precision,
  sky sky, -- of the forecast, because nobody observes it
  is_final boolean NOT NULL, -- it was read after the hour, or something fell
  fetched_at timestamptz NOT NULL,
  PRIMARY KEY (nx, ny, hour)
);
CREATE INDEX weather_hours_hour ON weather_hours (hour);

-- A cell that somebody has asked for, or has walked in.
CREATE TABLE weather_cells (
  nx smallint NOT NULL,
  ny smallint NOT NULL,
  wanted_at timestamptz NOT NULL, -- touched once an hour at most
  wants int NOT NULL DEFAULT 1, -- hours in which it was wanted, since it was last wanted by nobody
  next_read_at timestamptz NOT NULL, -- by the job
  latest jsonb, -- `CellWeather`: a copy of what Redis has
  pm10_station text, -- whose values were shown last
  pm25_station text,
  PRIMARY KEY (nx, ny)
);
CREATE INDEX weather_cells_wanted ON weather_cells (wanted_at);

-- What was last read of a source, when the job reads it next, and until when nobody asks it. There is one row for each operation.
CREATE TABLE weather_sources (
  source text PRIMARY KEY,
  read_at timestamptz,
  next_read_at timestamptz,
  mark text, -- what the source calls its last state, so that an unchanged one is not read again
  failures int NOT NULL DEFAULT 0, -- in a row
  closed_until timestamptz,
  asked int NOT NULL DEFAULT 0, -- how often on the day `asked_on`, of what is counted
  asked_on date
);

-- The last values of each station of AirKorea.
CREATE TABLE air_stations (
  code text PRIMARY KEY, -- the source's, else the sido and the name
  name text NOT NULL,
  sido text NOT NULL,
  network text,
  location geography(Point, 4326), -- unknown until the list of stations names it
  pm10 int,
  pm10_at timestamptz,
  pm25 int,
  pm25_at timestamptz,
  seen_at timestamptz NOT NULL
);

-- The zones of KMA's warnings and the sigungus in each: seeds/warning_zones.tsv.
CREATE TABLE warning_zones (
  code text PRIMARY KEY,
  name text NOT NULL,
  sido text NOT NULL,
  sigungu_codes text[] NOT NULL -- empty: the whole sido
);

-- What is in force or announced. Rows stay until it is over, because the source tells of the last six days only.
CREATE TABLE warnings_in_force (
  area_code text NOT NULL,
  kind warning_kind NOT NULL,
  area_name text NOT NULL,
  level warning_level NOT NULL,
  started_at timestamptz NOT NULL,
  ends_at timestamptz, -- when it is lifted, where that is announced
  issued_at timestamptz NOT NULL, -- of the news that was folded last
  seq int NOT NULL,
  is_lifted boolean NOT NULL DEFAULT false, -- so that late news of before does not bring it back
  PRIMARY KEY (area_code, kind)
);

-- Ultraviolet light by sigungu, in steps of three hours from `issued_at` on.
CREATE TABLE uv_indices (
  region_code text PRIMARY KEY REFERENCES regions (code) ON DELETE CASCADE,
  issued_at timestamptz NOT NULL,
  steps smallint[] NOT NULL
);

ALTER TABLE walks
  ADD kma_nx smallint, -- the cell of the start
  ADD kma_ny smallint,
  ADD weather_due_at timestamptz; -- when `weather` is looked for, and NULL once it stands
CREATE INDEX walks_weather_due ON walks (weather_due_at) WHERE weather_due_at IS NOT NULL AND deleted_at IS NULL;
