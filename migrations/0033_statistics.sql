-- The album, and calendars that somebody subscribes to.
SET LOCAL lock_timeout = '5s';

CREATE INDEX photos_album ON photos (user_id, coalesce(taken_at, created_at), id) WHERE kind = 'walk_photo';

CREATE TABLE calendar_feeds (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  token_hash text NOT NULL,
  request_hash text NOT NULL,
  created_at timestamptz NOT NULL,
  revoked_at timestamptz
);
CREATE UNIQUE INDEX calendar_feeds_token ON calendar_feeds (token_hash);
CREATE UNIQUE INDEX calendar_feeds_one ON calendar_feeds (user_id) WHERE revoked_at IS NULL;
CREATE INDEX calendar_feeds_user ON calendar_feeds (user_id);
