-- Where many people walk: cells of a map that five people or more have made, and what they are computed from.
SET LOCAL lock_timeout = '5s';

-- What of a walk may count, in tiles of 1,024 m and cells of 32 m (EPSG:5179). No order and no times: less than the walk itself holds, and gone with it.
CREATE TABLE heat_ways (
  tile_x int NOT NULL,
  tile_y int NOT NULL,
  walk_id uuid NOT NULL REFERENCES walks (id) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  day date NOT NULL, -- on which it began
  length_m int NOT NULL, -- of all that may count of the walk
  cells smallint[] NOT NULL, -- 32 times the row, plus the column, within the tile
  PRIMARY KEY (tile_x, tile_y, walk_id)
);
CREATE INDEX heat_ways_walk ON heat_ways (walk_id);
CREATE INDEX heat_ways_user ON heat_ways (user_id);
CREATE INDEX heat_ways_day ON heat_ways (day);

-- Who has walked in which live room. All of a room count as one person.
CREATE TABLE heat_company (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  room uuid NOT NULL, -- of an invitation, of a meetup's date, or made from two people whose room is forgotten
  day date NOT NULL, -- the last of it
  PRIMARY KEY (user_id, room)
);
CREATE INDEX heat_company_day ON heat_company (day);

-- What has changed since the last night: a walk, what is hidden of somebody, or all of somebody.
CREATE SEQUENCE heat_change_queue AS bigint;
CREATE TABLE heat_changes (
  id bigint PRIMARY KEY DEFAULT nextval('heat_change_queue'),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  walk_id uuid,
  cell_x int,
  cell_y int
);
CREATE INDEX heat_changes_user ON heat_changes (user_id);

CREATE TABLE heat_dirty (
  tile_x int NOT NULL,
  tile_y int NOT NULL,
  PRIMARY KEY (tile_x, tile_y)
);

-- What is published: bands of cells, and nothing of people. 8 times the cell plus its band, for cells of 32, 64, 128 and 256 m.
CREATE TABLE heat_tiles (
  tile_x int NOT NULL,
  tile_y int NOT NULL,
  renewed_on date NOT NULL,
  cells_32 smallint[] NOT NULL,
  cells_64 smallint[] NOT NULL,
  cells_128 smallint[] NOT NULL,
  cells_256 smallint[] NOT NULL,
  PRIMARY KEY (tile_x, tile_y)
);
CREATE INDEX heat_tiles_renewed ON heat_tiles (renewed_on);

-- The night that the map was last brought up to date.
CREATE TABLE heat_nights (
  night date PRIMARY KEY
);
