-- Imports: an archive of one's own (`withbowwow`), or recordings of other apps (`files`).
SET LOCAL lock_timeout = '5s';

-- No other person is compared with an imported walk, or sees it.
ALTER TABLE walks ADD CONSTRAINT walks_imported_alone CHECK (source = 'recorded' OR NOT (is_ranked OR shared_to_feed));

CREATE TYPE import_kind AS ENUM ('withbowwow', 'files');
CREATE TYPE import_state AS ENUM ('waiting', 'running', 'done', 'failed');
CREATE TYPE import_file_state AS ENUM ('waiting', 'imported', 'duplicate', 'skipped', 'failed');

CREATE TABLE imports (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  request_hash text NOT NULL,
  kind import_kind NOT NULL,
  state import_state NOT NULL, -- `waiting` for the file
  reason text, -- why it failed
  name text, -- the file's, as its owner knows it
  options jsonb NOT NULL, -- {from, to, pet_ids, include_runs}
  created_at timestamptz NOT NULL,
  object_key text, -- of the file in R2, until it is over
  bytes bigint,
  part int NOT NULL DEFAULT 0, -- how many parts of the job are over
  cursor jsonb, -- where the next part goes on; NULL before the first
  report jsonb, -- what a restored archive tells
  touched_at timestamptz NOT NULL, -- when it last went on
  finished_at timestamptz
);
CREATE INDEX imports_user ON imports (user_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX imports_one_running ON imports (user_id) WHERE state = 'running';
CREATE INDEX imports_open ON imports (touched_at) WHERE state IN ('waiting', 'running');

-- A file of an import, or one track of it.
CREATE TABLE import_files (
  import_id uuid NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
  position int NOT NULL, -- in the archive
  track smallint NOT NULL DEFAULT 0, -- in the file
  name text NOT NULL,
  state import_file_state NOT NULL,
  reason text,
  walk_id uuid REFERENCES walks (id) ON DELETE SET NULL,
  entry jsonb, -- where it lies in the archive, and what the archive says of it
  attempts smallint NOT NULL DEFAULT 0,
  PRIMARY KEY (import_id, position, track)
);
CREATE INDEX import_files_walk ON import_files (walk_id) WHERE walk_id IS NOT NULL;
