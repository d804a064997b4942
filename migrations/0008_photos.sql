-- Pictures that people upload, and the links under which walks are shown to anybody.
SET LOCAL lock_timeout = '5s';

CREATE TYPE photo_kind AS ENUM ('pet_profile', 'walk_photo', 'image');
CREATE TABLE photos (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  kind photo_kind NOT NULL,
  pet_id uuid REFERENCES pets (id) ON DELETE CASCADE,
  walk_id uuid REFERENCES walks (id) ON DELETE CASCADE,
  object_key text COLLATE "C" NOT NULL, -- in R2, in whose order the sweeper compares the two; thumbnails are named after it
  has_thumbnails boolean NOT NULL,
  content_hash bytea NOT NULL, -- SHA-256 of the file that was sent: the same one again is the same photo
  width int NOT NULL,
  height int NOT NULL,
  location geography(Point, 4326),
  taken_at timestamptz,
  created_at timestamptz NOT NULL,
  CHECK ((kind = 'pet_profile') = (pet_id IS NOT NULL)),
  CHECK ((kind = 'walk_photo') = (walk_id IS NOT NULL))
);
CREATE UNIQUE INDEX photos_object_key ON photos (object_key);
CREATE UNIQUE INDEX photos_pet ON photos (pet_id) WHERE pet_id IS NOT NULL;
CREATE UNIQUE INDEX photos_walk ON photos (walk_id, content_hash) WHERE walk_id IS NOT NULL;
CREATE UNIQUE INDEX photos_image ON photos (user_id, content_hash) WHERE kind = 'image';
CREATE INDEX photos_user ON photos (user_id);

-- How far the comparison of R2 with `photos` has come, folder by folder.
CREATE TABLE object_sweeps (
  prefix text PRIMARY KEY,
  after_key text NOT NULL
);

CREATE TYPE card_theme AS ENUM ('basic', 'dark', 'season');
CREATE TABLE share_links (
  walk_id uuid NOT NULL REFERENCES walks (id) ON DELETE CASCADE,
  theme card_theme NOT NULL,
  token text NOT NULL, -- random; deleting the row is what revokes it
  created_at timestamptz NOT NULL,
  PRIMARY KEY (walk_id, theme)
);
CREATE UNIQUE INDEX share_links_token ON share_links (token);
