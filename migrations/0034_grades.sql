-- Grades by the distance that somebody has walked, titles for badges, and the list of announcements. Their names are seeds.
SET LOCAL lock_timeout = '5s';

CREATE TABLE grades (
  level int PRIMARY KEY,
  name text NOT NULL,
  icon text NOT NULL,
  required_m bigint NOT NULL
);

-- Levels above the first, which everybody has.
CREATE TABLE user_grades (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  level int NOT NULL REFERENCES grades (level),
  reached_at timestamptz NOT NULL,
  walk_id uuid REFERENCES walks (id) ON DELETE SET NULL,
  PRIMARY KEY (user_id, level)
);
CREATE INDEX user_grades_level ON user_grades (level);
CREATE INDEX user_grades_walk ON user_grades (walk_id) WHERE walk_id IS NOT NULL;

CREATE TABLE titles (
  code text PRIMARY KEY,
  name text NOT NULL,
  hint text NOT NULL,
  -- {"badges": codes that are all needed} or {"badge_count": how many different badges}.
  needs jsonb NOT NULL,
  sort_order int NOT NULL
);

CREATE TABLE user_titles (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  title_code text NOT NULL REFERENCES titles (code),
  unlocked_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, title_code)
);
CREATE INDEX user_titles_title ON user_titles (title_code);

ALTER TABLE users ADD COLUMN title_code text REFERENCES titles (code);
CREATE INDEX users_title ON users (title_code) WHERE title_code IS NOT NULL;

CREATE INDEX announcements_newest ON announcements (created_at DESC, id DESC);
