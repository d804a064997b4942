-- The export of everything of one's own, and what an own archive that is restored brings back as a record only.
SET LOCAL lock_timeout = '5s';

ALTER TYPE notification_type ADD VALUE 'export_ready';

CREATE TYPE export_state AS ENUM ('running', 'ready', 'failed', 'gone');

CREATE TABLE exports (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  request_hash text NOT NULL,
  has_photos boolean NOT NULL,
  state export_state NOT NULL DEFAULT 'running',
  created_at timestamptz NOT NULL,
  moved_at timestamptz NOT NULL, -- when the last slice was written
  cursor jsonb NOT NULL, -- where the next slice begins
  slice int NOT NULL DEFAULT 0,
  attempt uuid, -- the one that may write the next slice, until `lease_until`
  lease_until timestamptz,
  pieces jsonb NOT NULL DEFAULT '[]', -- [{"key", "bytes"}]: objects that are the archive, one after the other
  bytes bigint NOT NULL DEFAULT 0,
  file_count int NOT NULL DEFAULT 0,
  missing_count int NOT NULL DEFAULT 0, -- recordings and photos whose object is lost
  percent int NOT NULL DEFAULT 0,
  failure text,
  ready_at timestamptz,
  expires_at timestamptz,
  emptied_at timestamptz -- when its objects were deleted
);
CREATE INDEX exports_user ON exports (user_id, created_at DESC);
CREATE INDEX exports_unemptied ON exports (created_at) WHERE emptied_at IS NULL;

-- The files that an archive has so far. They are deleted with its objects.
CREATE TABLE export_files (
  export_id uuid NOT NULL REFERENCES exports (id) ON DELETE CASCADE,
  position int NOT NULL,
  name text NOT NULL,
  offset_bytes bigint NOT NULL,
  stored_bytes bigint NOT NULL,
  bytes bigint NOT NULL,
  is_deflated boolean NOT NULL,
  crc32 bigint NOT NULL,
  sha256 text NOT NULL,
  row_count int,
  PRIMARY KEY (export_id, position)
);

-- Rows of an own archive that give no right and act on nobody, such as payments: they stand in the person's next archive, and nowhere else.
CREATE TABLE archived_records (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  part text NOT NULL,
  row_key text NOT NULL,
  content text NOT NULL,
  PRIMARY KEY (user_id, part, row_key)
);

-- Who has restored archives of an account that is gone. While they are here, nobody else restores one of it.
CREATE TABLE archive_claims (
  owner_id uuid PRIMARY KEY, -- the account that the archives were made of
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  claimed_at timestamptz NOT NULL
);
CREATE INDEX archive_claims_user ON archive_claims (user_id);
