-- Where somebody's walks start and end, in cells of 500 m. Others are not shown what lies in these cells or near them.
SET LOCAL lock_timeout = '5s';

-- The cells of each valid walk of somebody. A cell is `floor(metres / 500)` in EPSG:5179.
CREATE TABLE walk_ends (
  walk_id uuid NOT NULL REFERENCES walks (id) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  cell_x int NOT NULL,
  cell_y int NOT NULL,
  started_at timestamptz NOT NULL, -- that of its walk
  PRIMARY KEY (walk_id, cell_x, cell_y)
);
CREATE INDEX walk_ends_cell ON walk_ends (user_id, cell_x, cell_y, started_at);

-- What walk_ends add up to. They hold no home, only cells. A cell is forgotten a year after its last use.
CREATE TABLE hidden_areas (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  cell_x int NOT NULL,
  cell_y int NOT NULL,
  first_used_at timestamptz NOT NULL,
  last_used_on date NOT NULL,
  days_used int NOT NULL,
  PRIMARY KEY (user_id, cell_x, cell_y)
);
CREATE INDEX hidden_areas_last ON hidden_areas (last_used_on);
