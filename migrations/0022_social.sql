-- Walks as others see them, and what people do with them and with each other.
SET LOCAL lock_timeout = '5s';

CREATE TYPE post_audience AS ENUM ('everyone', 'followers');
ALTER TABLE walks
  ADD shared_at timestamptz, -- when it was first shared, which a share taken back and made again does not change
  ADD audience post_audience; -- NULL until its owner chooses; then `settings.share_audience` is asked

ALTER TABLE users
  ADD suspended_until timestamptz, -- until then they read and walk, and nobody reads what they would write
  ADD banned_at timestamptz;
CREATE INDEX users_banned ON users (id) WHERE banned_at IS NOT NULL;

-- A walk that was shared. It is narrow, so that counting a like copies little, and no counter is in an index, so that the copy stays on its page.
CREATE TABLE posts (
  walk_id uuid PRIMARY KEY REFERENCES walks (id) ON DELETE CASCADE,
  author_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  posted_at timestamptz NOT NULL,
  region_code text, -- the walk's
  is_open boolean NOT NULL, -- a fold over the walk, its owner and what moderation decided: see fold_post
  audience post_audience NOT NULL,
  like_count int NOT NULL DEFAULT 0 CHECK (like_count >= 0),
  comment_count int NOT NULL DEFAULT 0 CHECK (comment_count >= 0)
) WITH (fillfactor = 90);
CREATE INDEX posts_author ON posts (author_id, posted_at DESC, walk_id DESC) WHERE is_open;
CREATE INDEX posts_time ON posts (posted_at DESC, walk_id DESC) INCLUDE (author_id, audience) WHERE is_open;
CREATE INDEX posts_sigungu ON posts (left(region_code, 5), posted_at DESC, walk_id DESC) INCLUDE (author_id, audience) WHERE is_open;
-- Closed posts as well: a purge goes through all of an author's.
CREATE INDEX posts_theirs ON posts (author_id);

CREATE TABLE follows (
  follower_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  followee_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (follower_id, followee_id),
  CHECK (follower_id <> followee_id)
);
CREATE INDEX follows_followee ON follows (followee_id, created_at DESC, follower_id);
CREATE INDEX follows_made ON follows (follower_id, created_at DESC, followee_id);

-- How many follow a person, and how many a person follows. No row means none.
CREATE TABLE user_counts (
  user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  follower_count int NOT NULL DEFAULT 0 CHECK (follower_count >= 0),
  following_count int NOT NULL DEFAULT 0 CHECK (following_count >= 0)
) WITH (fillfactor = 90);

-- `author_id` is the owner of the walk, who never changes. With it, to whom somebody is close is one stretch of an index.
CREATE TABLE likes (
  walk_id uuid NOT NULL REFERENCES posts (walk_id) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  author_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (walk_id, user_id)
);
CREATE INDEX likes_given ON likes (user_id, created_at, author_id);

CREATE TABLE comments (
  id uuid PRIMARY KEY,
  request_hash text NOT NULL,
  walk_id uuid NOT NULL REFERENCES posts (walk_id) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  author_id uuid NOT NULL,
  content text NOT NULL,
  created_at timestamptz NOT NULL,
  deleted_at timestamptz, -- kept a while, because somebody may have reported it
  held_at timestamptz -- its author alone sees it: it waits for a moderator, or reports have hidden it
);
CREATE INDEX comments_walk ON comments (walk_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX comments_of_walk ON comments (walk_id);
CREATE INDEX comments_written ON comments (user_id, created_at);
CREATE INDEX comments_deleted ON comments (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TYPE reaction_emoji AS ENUM ('thumbs_up', 'heart', 'joy', 'dog', 'paw', 'party');
CREATE TABLE reactions (
  walk_id uuid NOT NULL REFERENCES posts (walk_id) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  emoji reaction_emoji NOT NULL,
  author_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (walk_id, user_id, emoji)
);
CREATE INDEX reactions_given ON reactions (user_id, created_at, author_id);

-- Walks that somebody does not want to see in their feed.
CREATE TABLE feed_hides (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  walk_id uuid NOT NULL REFERENCES walks (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, walk_id)
);
CREATE INDEX feed_hides_walk ON feed_hides (walk_id);
CREATE INDEX feed_hides_created ON feed_hides (created_at);

-- What changed the counters lately, and in which transaction, so that a page can be ranked by the counters as an earlier page saw them. Append only, kept for a day.
CREATE TABLE post_marks (
  walk_id uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  made_by xid8 NOT NULL DEFAULT pg_current_xact_id(),
  delta int NOT NULL,
  PRIMARY KEY (made_by, walk_id) INCLUDE (delta)
);

-- What was reported or demanded about one thing, all together. The thing is hidden, or gone, while this row says so.
CREATE TYPE moderation_target AS ENUM ('user', 'walk', 'comment', 'photo', 'meetup');
CREATE TABLE moderation_cases (
  target_type moderation_target NOT NULL,
  target_id uuid NOT NULL,
  author_id uuid REFERENCES users (id) ON DELETE SET NULL,
  snapshot jsonb NOT NULL, -- the thing as it was when it was first reported
  opened_at timestamptz NOT NULL,
  due_at timestamptz, -- NULL when nothing is left to decide
  hidden_at timestamptz, -- until somebody has decided
  removed_at timestamptz, -- as somebody has decided
  closed_until timestamptz, -- somebody who is injured by it has demanded so (정보통신망법 §44-2)
  decided_at timestamptz,
  keep_until timestamptz, -- the snapshot is evidence until then
  PRIMARY KEY (target_type, target_id)
);
CREATE INDEX moderation_cases_author ON moderation_cases (author_id);
CREATE INDEX moderation_cases_due ON moderation_cases (due_at) WHERE due_at IS NOT NULL;
