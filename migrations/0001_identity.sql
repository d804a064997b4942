-- Regions, accounts, logins, consents, and what premium and push hang on.
SET LOCAL lock_timeout = '5s';

CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Legal-dong codes of ten digits. sido and sigungu are seeded; a dong is learnt from Kakao the first time somebody stands in it.
-- The names of the levels above are kept in each row, so that showing a region never walks the tree.
CREATE TYPE region_level AS ENUM ('sido', 'sigungu', 'dong');
CREATE TABLE regions (
  code text PRIMARY KEY CHECK (code ~ '^[0-9]{10}$'),
  level region_level NOT NULL,
  parent_code text REFERENCES regions (code),
  sido text NOT NULL,
  sigungu text NOT NULL DEFAULT '',
  dong text NOT NULL DEFAULT '',
  center geography(Point, 4326) NOT NULL,
  kma_nx int,
  kma_ny int
);
CREATE INDEX regions_parent ON regions (parent_code);
CREATE INDEX regions_sigungu_center ON regions USING gist (center) WHERE level = 'sigungu';

-- Codes and names that sources still send after an administrative change.
CREATE TABLE region_aliases (old_prefix text PRIMARY KEY, new_prefix text NOT NULL, note text NOT NULL DEFAULT '');
CREATE TABLE sido_aliases (alias text PRIMARY KEY, sido text NOT NULL);

CREATE TYPE user_role AS ENUM ('user', 'admin');
CREATE TYPE walk_unit AS ENUM ('km', 'mile');
CREATE TABLE users (
  id uuid PRIMARY KEY,
  role user_role NOT NULL DEFAULT 'user',
  nickname text NOT NULL CHECK (char_length(nickname) BETWEEN 2 AND 12),
  nickname_chosen_at timestamptz, -- NULL while the generated one stands
  region_code text REFERENCES regions (code),
  weekly_goal_km int NOT NULL DEFAULT 20 CHECK (weekly_goal_km BETWEEN 1 AND 200),
  walk_unit walk_unit NOT NULL DEFAULT 'km',
  settings jsonb NOT NULL DEFAULT '{}', -- what differs from the defaults in modules/users/settings.schema.ts
  privacy_zone_center geography(Point, 4326),
  privacy_zone_radius_m int CHECK (privacy_zone_radius_m BETWEEN 100 AND 500),
  created_at timestamptz NOT NULL,
  deleted_at timestamptz,
  CHECK ((privacy_zone_center IS NULL) = (privacy_zone_radius_m IS NULL))
);
CREATE UNIQUE INDEX users_nickname ON users (lower(nickname));
CREATE INDEX users_deleted ON users (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TYPE identity_provider AS ENUM ('kakao', 'naver', 'apple');
CREATE TABLE identities (
  provider identity_provider NOT NULL,
  provider_id text NOT NULL,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  email text,
  vendor_token text,     -- encrypted; what the vendor wants back when the account is purged
  vendor_client_id text, -- the client that token was issued to
  linked_at timestamptz NOT NULL,
  PRIMARY KEY (provider, provider_id)
);
CREATE INDEX identities_user ON identities (user_id);

-- One row a device. `counter` is the generation of the family's newest refresh token, `token_hash` its SHA-256.
CREATE TABLE sessions (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  device_name text,
  device_platform text,
  counter int NOT NULL,
  token_hash bytea NOT NULL,
  created_at timestamptz NOT NULL,
  rotated_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  revoked_reason text
);
CREATE INDEX sessions_user ON sessions (user_id, rotated_at DESC);
CREATE INDEX sessions_expired ON sessions (expires_at);

-- Notices that vendors sent, so that a repeated one does nothing.
CREATE TABLE identity_notices (
  provider identity_provider NOT NULL,
  notice_id text NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (provider, notice_id)
);

-- Append-only: a withdrawal is a row of its own.
CREATE TYPE consent_document AS ENUM ('service', 'privacy', 'location', 'marketing', 'night_marketing');
CREATE TABLE consents (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  document consent_document NOT NULL,
  decided_at timestamptz NOT NULL,
  version text NOT NULL,
  agreed boolean NOT NULL,
  PRIMARY KEY (user_id, document, decided_at)
);

CREATE TYPE push_platform AS ENUM ('ios', 'android');
CREATE TABLE push_tokens (
  token text PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  platform push_platform NOT NULL,
  device_id text,
  registered_at timestamptz NOT NULL
);
CREATE INDEX push_tokens_user ON push_tokens (user_id);

-- Premium is any period that covers now; who sold it is that provider's affair.
CREATE TABLE premium_periods (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  provider text NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  revoked_at timestamptz,
  CHECK (starts_at < ends_at)
);
CREATE INDEX premium_periods_user ON premium_periods (user_id, ends_at);
