-- How many people somebody began to follow, and when. It outlives unfollowing, so that the limit of a day holds. Kept for a day.
SET LOCAL lock_timeout = '5s';

CREATE TABLE follow_marks (
  follower_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  made_at timestamptz NOT NULL,
  follows int NOT NULL,
  PRIMARY KEY (follower_id, made_at)
);
CREATE INDEX follow_marks_made ON follow_marks (made_at);

-- Whose positions a person was shown. A list of people asks it for all of them at once.
CREATE INDEX location_provisions_viewer ON location_provisions (viewer_id, subject_id);
