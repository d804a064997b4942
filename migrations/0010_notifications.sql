-- What people are told: in the centre of the app, and by push.
SET LOCAL lock_timeout = '5s';

CREATE TYPE notification_type AS ENUM (
  'badge_earned', 'badge_progress', 'ranking_up', 'ranking_down', 'ranking_top3', 'follow', 'like', 'comment', 'invitation', 'invitation_reminder',
  'weekly_reset', 'monthly_report', 'season_deadline', 'season_open', 'streak_broken', 'walk_auto_ended', 'trial_ending', 'payment_failed', 'come_back',
  'system'
);
-- waiting: for its time, or for a consumer. claimed: a consumer is at it. withheld: it stays in the centre only. failed: no device could be told.
CREATE TYPE push_state AS ENUM ('waiting', 'claimed', 'pushed', 'withheld', 'failed');

-- Written in the transaction that is its cause; the row is its own outbox, the queue carries its id.
CREATE TABLE notifications (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  type notification_type NOT NULL,
  topic text NOT NULL, -- what it is about: a person is told once of a type and topic
  facts jsonb NOT NULL, -- what its words are made of when it is shown, see modules/notifications/catalogue.ts
  sender_id uuid REFERENCES users (id) ON DELETE CASCADE, -- whose name stands in it
  created_at timestamptz NOT NULL,
  read_at timestamptz,
  removed_at timestamptz,
  push_state push_state NOT NULL DEFAULT 'waiting',
  push_at timestamptz NOT NULL, -- not before
  sweep_at timestamptz NOT NULL, -- by then its message, or the consumer that claimed it, is taken for lost
  attempts int NOT NULL DEFAULT 0, -- that FCM did not take
  claim uuid,
  pushed_on date, -- Seoul's day, whose budget it takes
  push_reason text -- why it was not pushed (yet)
);
CREATE UNIQUE INDEX notifications_topic ON notifications (user_id, type, topic);
CREATE INDEX notifications_centre ON notifications (user_id, created_at DESC, id DESC) WHERE removed_at IS NULL;
CREATE INDEX notifications_sender ON notifications (sender_id, created_at) WHERE sender_id IS NOT NULL;
CREATE INDEX notifications_created ON notifications (created_at);
CREATE INDEX notifications_unswept ON notifications (sweep_at) WHERE push_state IN ('waiting', 'claimed');
CREATE INDEX notifications_claimed ON notifications (user_id) WHERE push_state = 'claimed';
CREATE INDEX notifications_pushed ON notifications (user_id, pushed_on) WHERE pushed_on IS NOT NULL;

-- One push to one device, written before FCM is called. Whoever finds one sending whose claim is over does not know whether it was sent.
CREATE TYPE delivery_state AS ENUM ('sending', 'sent', 'retrying', 'unregistered', 'refused');
CREATE TABLE push_deliveries (
  notification_id uuid NOT NULL REFERENCES notifications (id) ON DELETE CASCADE,
  token text NOT NULL,
  state delivery_state NOT NULL,
  claim uuid NOT NULL, -- the last one that sent it
  error text,
  PRIMARY KEY (notification_id, token)
);

-- A device is told while its session stands.
ALTER TABLE push_tokens ADD session_id uuid REFERENCES sessions (id) ON DELETE CASCADE;
UPDATE push_tokens
SET session_id = (
  SELECT sessions.id FROM sessions WHERE sessions.user_id = push_tokens.user_id AND sessions.revoked_at IS NULL ORDER BY sessions.rotated_at DESC LIMIT 1
);
DELETE FROM push_tokens WHERE session_id IS NULL;
ALTER TABLE push_tokens ALTER session_id SET NOT NULL;
CREATE INDEX push_tokens_session ON push_tokens (session_id);

-- What everybody is told.
CREATE TABLE announcements (
  id uuid PRIMARY KEY,
  request_hash text NOT NULL,
  title text NOT NULL,
  body text NOT NULL,
  link text,
  written_by uuid REFERENCES users (id) ON DELETE SET NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX announcements_written_by ON announcements (written_by);

-- That somebody was told how near a badge is. It outlives the notification, which is kept for a month.
CREATE TABLE badge_nears (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  badge_id uuid NOT NULL REFERENCES badges (id) ON DELETE CASCADE,
  season_year int NOT NULL,
  percent int NOT NULL, -- 80 or 95
  PRIMARY KEY (user_id, badge_id, season_year)
);
CREATE INDEX badge_nears_badge ON badge_nears (badge_id);

-- An id as somebody else wrote it down; NULL where it is none. Compared as text, ids would be looked for without an index.
CREATE FUNCTION uuid_of(word text) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN word ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN word::uuid END
$$;

-- Dead work is swept no more until somebody sends it again.
ALTER TABLE outbox ADD died_at timestamptz;
DROP INDEX outbox_waiting;
CREATE INDEX outbox_waiting ON outbox (not_before) WHERE done_at IS NULL AND died_at IS NULL;
ALTER TABLE dead_letters ADD retried_at timestamptz;
CREATE INDEX dead_letters_died ON dead_letters (died_at DESC, id DESC);

CREATE FUNCTION has_agreed(of_user uuid, to_document consent_document) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT agreed FROM consents WHERE user_id = of_user AND document = to_document ORDER BY decided_at DESC LIMIT 1), false)
$$;

-- Who has not walked since a day.
CREATE INDEX streak_runs_ended ON streak_runs (last_day, user_id);

-- As before, but the days it took end with the last walk that counts, which is not the one that came last where that one was late. And whoever earns a badge,
-- or comes as near as 80 or 95 percent, is told so.
CREATE OR REPLACE FUNCTION award_badges(of_user uuid, on_day date, by_walk uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  WITH open AS MATERIALIZED ( -- reached or near, and not held; settled before anything else is looked up: most walks earn nothing
    SELECT badges.id, badges.name, badges.metric, badges.threshold, badges.is_secret, stand.season_year, stand.from_day, stand.until_day, stand.value,
           stand.reached >= badges.threshold AS is_reached
    FROM badge_values(of_user, on_day, at) AS stand
    JOIN badges ON badges.id = stand.badge_id AND (stand.reached >= badges.threshold OR stand.value * 5 >= badges.threshold * 4)
    WHERE (badges.tier = 'free' OR is_premium(of_user, at))
      AND NOT EXISTS (
        SELECT 1
        FROM user_badges held
        WHERE held.user_id = of_user AND held.badge_id = badges.id AND held.season_year = stand.season_year
      )
  ), earned AS (
    INSERT INTO user_badges (user_id, badge_id, season_year, earned_at, walk_id, first_walk_at, walk_count, day_count)
    SELECT of_user, open.id, open.season_year, at, by_walk, first_walk.started_at, taken.walk_count,
           coalesce(greatest(taken.last_day, on_day) - seoul_day(first_walk.started_at) + 1, 0)
    FROM open
    LEFT JOIN LATERAL (
      SELECT walks.started_at
      FROM walks
      WHERE walks.user_id = of_user AND walks.is_valid AND walks.deleted_at IS NULL
        AND walks.started_at >= coalesce(open.from_day::timestamp AT TIME ZONE 'Asia/Seoul', '-infinity')
      ORDER BY walks.started_at
      LIMIT 1
    ) AS first_walk ON true
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(user_days.walk_count), 0) AS walk_count, max(user_days.day) AS last_day
      FROM user_days
      WHERE user_id = of_user AND user_days.walk_count > 0
        AND day BETWEEN coalesce(open.from_day, '-infinity') AND coalesce(open.until_day, 'infinity')
    ) AS taken
    WHERE open.is_reached
    ON CONFLICT (user_id, badge_id, season_year) DO NOTHING
    RETURNING badge_id, season_year
  ), near AS (
    INSERT INTO badge_nears AS known (user_id, badge_id, season_year, percent)
    SELECT of_user, open.id, open.season_year, open_percent.percent
    FROM open
    CROSS JOIN LATERAL (SELECT CASE WHEN open.value * 20 >= open.threshold * 19 THEN 95 ELSE 80 END AS percent) AS open_percent
    WHERE NOT open.is_reached
      AND NOT open.is_secret
      AND (open.until_day IS NULL OR open.until_day >= seoul_day(at))
      AND NOT EXISTS (
        SELECT 1
        FROM badge_nears told
        WHERE told.user_id = of_user AND told.badge_id = open.id AND told.season_year = open.season_year AND told.percent >= open_percent.percent
      )
    ON CONFLICT (user_id, badge_id, season_year) DO UPDATE SET percent = excluded.percent
    WHERE known.percent < excluded.percent
    RETURNING badge_id, season_year, percent
  )
  INSERT INTO notifications (user_id, type, topic, facts, created_at, push_at, sweep_at)
  SELECT of_user, told.type, concat_ws(':', told.badge_id, told.season_year, told.percent),
         jsonb_build_object('badge_id', open.id, 'badge', open.name, 'metric', open.metric, 'remaining', greatest(open.threshold - open.value, 0)),
         at, at, at + interval '1 minute'
  FROM (
    SELECT 'badge_earned'::notification_type AS type, badge_id, season_year, NULL::int AS percent FROM earned
    UNION ALL
    SELECT 'badge_progress', badge_id, season_year, percent FROM near
  ) AS told
  JOIN open ON open.id = told.badge_id AND open.season_year = told.season_year
  ON CONFLICT (user_id, type, topic) DO NOTHING;
END
$$;

-- A like told together with the earlier ones of the same walk: once more to be read, but pushed only once. Taking likes back changes nothing here.
CREATE FUNCTION notify_like(of_user uuid, of_walk uuid, by_user uuid, at timestamptz) RETURNS uuid
LANGUAGE sql AS $$
  INSERT INTO notifications AS told (user_id, type, topic, facts, sender_id, created_at, push_at, sweep_at)
  SELECT of_user, 'like', of_walk::text, jsonb_build_object('walk_id', of_walk, 'likers', jsonb_build_array(by_user)), by_user, at, at, at + interval '1 minute'
  WHERE of_user <> by_user
  ON CONFLICT (user_id, type, topic) DO UPDATE
  SET facts = jsonb_set(told.facts, '{likers}', told.facts -> 'likers' || to_jsonb(by_user)),
      sender_id = excluded.sender_id, created_at = excluded.created_at, read_at = NULL, removed_at = NULL
  WHERE NOT told.facts -> 'likers' ? by_user::text
  RETURNING id
$$;
