-- Who has walked how far: per week, month and in all, in a dong, a sigungu and the country. And what only some may see of others.
SET LOCAL lock_timeout = '5s';

-- Mutual, whoever began it.
CREATE TABLE blocks (
  blocker_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  blocked_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (blocker_id, blocked_id),
  CHECK (blocker_id <> blocked_id)
);
CREATE INDEX blocks_blocked ON blocks (blocked_id, blocker_id);

CREATE FUNCTION is_blocked(one uuid, other uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = one AND blocked_id = other)
      OR EXISTS (SELECT 1 FROM blocks WHERE blocker_id = other AND blocked_id = one)
$$;

-- An area is a dong, a sigungu or the whole country. A walk counts where its owner lived when it was completed, and in the areas around that.
CREATE TYPE ranking_scope AS ENUM ('dong', 'sigungu', 'nation');
CREATE FUNCTION nation() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT '0000000000' $$;
CREATE FUNCTION areas_around(region_code text) RETURNS TABLE (area_code text, scope ranking_scope)
LANGUAGE sql STABLE AS $$
  SELECT code, level::text::ranking_scope FROM regions WHERE code = region_code AND level <> 'sido'
  UNION ALL
  SELECT parent_code, 'sigungu' FROM regions WHERE code = region_code AND level = 'dong'
  UNION ALL
  SELECT nation(), 'nation'
$$;

-- A period is a week ('2026-W48'), a month ('2026-11') or all time ('all'). What cron knows of it; one without a row is open.
CREATE TABLE ranking_periods (
  period_key text COLLATE "C" PRIMARY KEY,
  snapshot_at timestamptz, -- of the board that free users see
  ranked_at timestamptz, -- closing_rank was written for the first time, right after the period's end
  closed_at timestamptz, -- from here on nothing moves any more
  finished_at timestamptz -- and all that follows from it is written
);

-- The periods that a day belongs to. A week and a month end at 00:00 and close at noon of the Monday on or after: until then what was recorded in them
-- offline still counts.
CREATE FUNCTION ranking_periods_of(day date) RETURNS TABLE (period_key text, from_day date, end_day date, closes_at timestamptz)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT key, first::date, next::date, (date_trunc('week', next + interval '6 days') + interval '12 hours') AT TIME ZONE 'Asia/Seoul'
  FROM (VALUES
    (to_char(day, 'IYYY-"W"IW'), date_trunc('week', day::timestamp), date_trunc('week', day::timestamp) + interval '1 week'),
    (to_char(day, 'YYYY-MM'), date_trunc('month', day::timestamp), date_trunc('month', day::timestamp) + interval '1 month')
  ) AS period (key, first, next)
$$;

CREATE FUNCTION is_closed(of_period text) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM ranking_periods WHERE period_key = of_period AND closed_at IS NOT NULL)
$$;

-- What somebody's walks of a Seoul month add up to, by the area they count for: all time is the sum of these, so that nobody's whole history is read again.
CREATE TABLE area_months (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  month date NOT NULL, -- its first day
  area_code text NOT NULL,
  walk_count int NOT NULL,
  distance_m int NOT NULL,
  last_walk_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, month, area_code)
);

-- Distance first, then walks, as one number: whoever has the same shares a rank.
CREATE FUNCTION standing_of(distance_m int, walk_count int) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT distance_m::bigint << 20 | walk_count $$;

-- A place on a board: as it is, and for weeks in dong and sigungu also as the hourly snapshot shows it. Nothing here is a rank: a rank is how many stand
-- above, counted when asked.
CREATE TABLE rankings (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  period_key text COLLATE "C" NOT NULL,
  area_code text COLLATE "C" NOT NULL,
  is_live boolean NOT NULL, -- else of the snapshot
  walk_count int NOT NULL CHECK (walk_count < 1 << 20),
  distance_m int NOT NULL,
  last_walk_at timestamptz NOT NULL, -- the start of the last one
  standing bigint NOT NULL GENERATED ALWAYS AS (distance_m::bigint << 20 | walk_count) STORED, -- 0: no walks (any more)
  is_snapshot_due boolean NOT NULL DEFAULT false,
  histogram_m int, -- where ranking_histogram counts this row: only the nation's are
  closing_rank int, -- once the period has ended
  PRIMARY KEY (user_id, period_key, area_code, is_live)
);
CREATE INDEX rankings_board ON rankings (period_key, area_code, is_live, standing DESC, last_walk_at, user_id);
CREATE INDEX rankings_snapshot_due ON rankings (period_key, area_code) WHERE is_snapshot_due;

-- How many walkers of the nation lie between two distances, so that a rank among millions is a sum of some hundred rows and a look into one bin.
CREATE TABLE ranking_histogram (
  period_key text COLLATE "C" NOT NULL,
  floor_m int NOT NULL,
  users int NOT NULL,
  PRIMARY KEY (period_key, floor_m)
) WITH (fillfactor = 50);

-- Bins are as wide as the third digit of their distances: 12,345 m lies in 12,300 to 12,400.
CREATE FUNCTION bin_width(distance_m int) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (10 ^ greatest(0, length(distance_m::text) - 3))::int $$;
CREATE FUNCTION bin_floor(distance_m int) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT distance_m - distance_m % bin_width(distance_m) $$;

-- Brings what a day's walks count for up to date: the month's sums, and the places in every period of that day that is not closed, each read again from the
-- walks. Call it in the transaction that changed them, holding the user's row, and fold_histogram at the end of that transaction.
CREATE FUNCTION fold_rankings(of_user uuid, on_day date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  of_month CONSTANT date := date_trunc('month', on_day::timestamp);
BEGIN
  WITH now AS (
    SELECT coalesce(region_code, nation()) AS area_code, count(*) AS walk_count, sum(distance_m) AS distance_m, max(started_at) AS last_walk_at
    FROM walks
    WHERE user_id = of_user
      AND is_valid AND deleted_at IS NULL
      AND started_at >= of_month::timestamp AT TIME ZONE 'Asia/Seoul'
      AND started_at < (of_month + interval '1 month') AT TIME ZONE 'Asia/Seoul'
    GROUP BY 1
  ), gone AS (
    DELETE FROM area_months
    WHERE user_id = of_user AND month = of_month AND area_code NOT IN (SELECT area_code FROM now)
  )
  INSERT INTO area_months AS sums (user_id, month, area_code, walk_count, distance_m, last_walk_at)
  SELECT of_user, of_month, area_code, walk_count, distance_m, last_walk_at FROM now
  ON CONFLICT (user_id, month, area_code) DO UPDATE
  SET walk_count = excluded.walk_count, distance_m = excluded.distance_m, last_walk_at = excluded.last_walk_at
  WHERE (sums.walk_count, sums.distance_m, sums.last_walk_at) <> (excluded.walk_count, excluded.distance_m, excluded.last_walk_at);

  -- A period that is about to close waits until this transaction is over, or this one sees that it has closed.
  PERFORM 1
  FROM ranking_periods
  WHERE period_key IN (SELECT period.period_key FROM ranking_periods_of(on_day) AS period)
  FOR SHARE;

  WITH open AS (
    SELECT * FROM ranking_periods_of(on_day) AS period WHERE NOT is_closed(period.period_key)
    UNION ALL
    SELECT 'all', NULL, NULL, NULL
  ), counted AS (
    SELECT open.period_key, coalesce(walks.region_code, nation()) AS region_code, 1 AS walk_count, walks.distance_m, walks.started_at AS last_walk_at
    FROM open
    JOIN walks ON walks.started_at >= open.from_day::timestamp AT TIME ZONE 'Asia/Seoul'
      AND walks.started_at < open.end_day::timestamp AT TIME ZONE 'Asia/Seoul'
      AND walks.completed_at < open.closes_at
    WHERE walks.user_id = of_user AND walks.is_valid AND walks.deleted_at IS NULL
    UNION ALL
    SELECT 'all', area_code, walk_count, distance_m, last_walk_at FROM area_months WHERE user_id = of_user
  ), now AS (
    SELECT counted.period_key, area.area_code, area.scope, sum(counted.walk_count)::int AS walk_count, sum(counted.distance_m)::int AS distance_m,
           max(counted.last_walk_at) AS last_walk_at
    FROM counted
    CROSS JOIN LATERAL areas_around(counted.region_code) AS area
    WHERE EXISTS (SELECT 1 FROM users WHERE id = of_user AND deleted_at IS NULL)
    GROUP BY counted.period_key, area.area_code, area.scope
  ), gone AS (
    UPDATE rankings
    SET walk_count = 0, distance_m = 0, is_snapshot_due = false
    FROM open
    WHERE rankings.user_id = of_user
      AND rankings.period_key = open.period_key
      AND rankings.is_live AND rankings.standing > 0
      AND NOT EXISTS (SELECT 1 FROM now WHERE now.period_key = rankings.period_key AND now.area_code = rankings.area_code)
  ), hidden AS ( -- the snapshot waits for its hour, but shows nothing that is no more
    DELETE FROM rankings AS shown
    USING open
    WHERE shown.user_id = of_user
      AND shown.period_key = open.period_key
      AND NOT shown.is_live
      AND NOT EXISTS (
        SELECT 1
        FROM now
        WHERE now.period_key = shown.period_key AND now.area_code = shown.area_code AND standing_of(now.distance_m, now.walk_count) >= shown.standing
      )
  )
  INSERT INTO rankings AS place (user_id, period_key, area_code, is_live, walk_count, distance_m, last_walk_at, is_snapshot_due)
  SELECT of_user, now.period_key, now.area_code, true, now.walk_count, now.distance_m, now.last_walk_at,
         now.scope <> 'nation' AND now.period_key LIKE '%-W%'
  FROM now
  ON CONFLICT (user_id, period_key, area_code, is_live) DO UPDATE
  SET walk_count = excluded.walk_count, distance_m = excluded.distance_m, last_walk_at = excluded.last_walk_at, is_snapshot_due = excluded.is_snapshot_due
  WHERE (place.walk_count, place.distance_m, place.last_walk_at) <> (excluded.walk_count, excluded.distance_m, excluded.last_walk_at);
END
$$;

-- Moves the user's rows of the nation to their bins. Bins are everybody's, so this is a transaction's last step, and takes them in one order.
CREATE FUNCTION fold_histogram(of_user uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  WITH due AS (
    SELECT period_key, area_code, histogram_m AS was_m, CASE WHEN standing > 0 THEN bin_floor(distance_m) END AS now_m
    FROM rankings
    WHERE user_id = of_user
      AND area_code = nation() AND is_live
      AND histogram_m IS DISTINCT FROM CASE WHEN standing > 0 THEN bin_floor(distance_m) END
  ), noted AS (
    UPDATE rankings
    SET histogram_m = due.now_m
    FROM due
    WHERE rankings.user_id = of_user AND rankings.period_key = due.period_key AND rankings.area_code = due.area_code AND rankings.is_live
  )
  INSERT INTO ranking_histogram AS bin (period_key, floor_m, users)
  SELECT due.period_key, moved.floor_m, moved.users
  FROM due
  CROSS JOIN LATERAL (VALUES (was_m, -1), (now_m, 1)) AS moved (floor_m, users)
  WHERE moved.floor_m IS NOT NULL
  ORDER BY due.period_key, moved.floor_m
  ON CONFLICT (period_key, floor_m) DO UPDATE SET users = bin.users + excluded.users;
END
$$;

-- Everything of one person again: after they left or came back, or where the nightly check found them wrong.
CREATE FUNCTION refold_rankings(of_user uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE rankings
  SET walk_count = 0, distance_m = 0, is_snapshot_due = false
  WHERE user_id = of_user AND is_live AND standing > 0 AND NOT is_closed(period_key);
  DELETE FROM rankings WHERE user_id = of_user AND NOT is_live AND NOT is_closed(period_key);
  -- A day of each month, and of each week that may be open.
  PERFORM fold_rankings(of_user, day)
  FROM (
    SELECT month AS day FROM area_months WHERE user_id = of_user
    UNION
    SELECT date_trunc('month', seoul_day(started_at)::timestamp)::date FROM walks WHERE user_id = of_user AND is_valid AND deleted_at IS NULL
    UNION
    SELECT date_trunc('week', seoul_day(started_at)::timestamp)::date
    FROM walks
    WHERE user_id = of_user AND is_valid AND deleted_at IS NULL AND NOT is_closed(to_char(seoul_day(started_at), 'IYYY-"W"IW'))
  ) AS days;
  PERFORM fold_histogram(of_user);
END
$$;

-- Whoever leaves is on no board from that moment, whichever way they left, and whoever comes back is where they were.
CREATE FUNCTION follow_user_to_rankings() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refold_rankings(NEW.id);
  RETURN NULL;
END
$$;
CREATE TRIGGER users_rankings AFTER UPDATE OF deleted_at ON users
FOR EACH ROW WHEN ((OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)) EXECUTE FUNCTION follow_user_to_rankings();

-- How many stand above. RANK() is one more.
CREATE FUNCTION ranked_above(live boolean, of_period text, in_area text, than bigint) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
  own_floor_m CONSTANT int := bin_floor((than >> 20)::int);
BEGIN
  IF live AND in_area = nation() THEN
    RETURN (
      SELECT coalesce(sum(users), 0) FROM ranking_histogram WHERE period_key = of_period AND floor_m > own_floor_m
    ) + (
      SELECT count(*)
      FROM rankings
      WHERE is_live AND period_key = of_period AND area_code = in_area
        AND standing > than AND standing < (own_floor_m + bin_width(own_floor_m))::bigint << 20
    );
  END IF;
  RETURN (SELECT count(*) FROM rankings WHERE is_live = live AND period_key = of_period AND area_code = in_area AND standing > than);
END
$$;

CREATE FUNCTION participants(live boolean, of_period text, in_area text) RETURNS bigint
LANGUAGE sql STABLE AS $$ SELECT ranked_above(live, of_period, in_area, 0) $$;

-- The next places of a board after a key (from the top where it is NULL), with their ranks.
CREATE FUNCTION ranking_page(live boolean, of_period text, in_area text, after_standing bigint, after_walk_at timestamptz, after_user uuid, page_size int)
RETURNS TABLE (user_id uuid, rank bigint, standing bigint, last_walk_at timestamptz)
LANGUAGE plpgsql STABLE ROWS 20 AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH page AS MATERIALIZED (
    SELECT rankings.user_id, rankings.standing, rankings.last_walk_at
    FROM rankings
    WHERE is_live = live AND period_key = of_period AND area_code = in_area
      AND rankings.standing > 0
      AND rankings.standing <= coalesce(after_standing, 9223372036854775807)
      AND (
        after_standing IS NULL
        OR rankings.standing < after_standing
        OR (rankings.last_walk_at, rankings.user_id) > (after_walk_at, after_user)
      )
    ORDER BY rankings.standing DESC, rankings.last_walk_at, rankings.user_id
    LIMIT page_size
  ), first AS (
    SELECT standing, ranked_above(live, of_period, in_area, standing) AS above
    FROM (SELECT max(page.standing) AS standing FROM page) AS top
    WHERE standing IS NOT NULL
  ), before AS ( -- of those who share the first place of this page, how many stood on pages before
    SELECT count(*) AS tied
    FROM first
    JOIN rankings ON is_live = live AND period_key = of_period AND area_code = in_area AND rankings.standing = first.standing
    WHERE (rankings.last_walk_at, rankings.user_id) <= (after_walk_at, after_user) AND first.standing = after_standing
  )
  SELECT page.user_id,
         first.above + rank() OVER (ORDER BY page.standing DESC) + CASE WHEN page.standing < first.standing THEN before.tied ELSE 0 END,
         page.standing, page.last_walk_at
  FROM page, first, before
  ORDER BY page.standing DESC, page.last_walk_at, page.user_id;
END
$$;

-- The place so many steps above a key; no row where there are fewer.
CREATE FUNCTION ranking_place_above(live boolean, of_period text, in_area text, than bigint, than_walk_at timestamptz, than_user uuid, steps int)
RETURNS TABLE (standing bigint, last_walk_at timestamptz, user_id uuid)
LANGUAGE plpgsql STABLE ROWS 1 AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT rankings.standing, rankings.last_walk_at, rankings.user_id
  FROM rankings
  WHERE is_live = live AND period_key = of_period AND area_code = in_area
    AND rankings.standing >= than
    AND (rankings.standing > than OR (rankings.last_walk_at, rankings.user_id) < (than_walk_at, than_user))
  ORDER BY rankings.standing, rankings.last_walk_at DESC, rankings.user_id DESC
  OFFSET steps - 1
  LIMIT 1;
END
$$;

-- The live rank in an area; no row for somebody without a walk there.
CREATE FUNCTION live_rank(of_user uuid, of_period text, in_area text) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT ranked_above(true, of_period, in_area, standing) + 1
  FROM rankings
  WHERE user_id = of_user AND period_key = of_period AND area_code = in_area AND is_live AND standing > 0
$$;

-- The week whose ranking a walk moves: its own while that is open, else the one it is now.
CREATE FUNCTION week_moved_by(started_at timestamptz, at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT to_char(CASE WHEN at < closes_at THEN seoul_day(started_at) ELSE seoul_day(at) END, 'IYYY-"W"IW')
  FROM ranking_periods_of(seoul_day(started_at))
  WHERE period_key LIKE '%-W%'
$$;

CREATE OR REPLACE FUNCTION fold_walk(changed_walk_id uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fold_days(changed_walk_id);
  PERFORM fold_metrics(user_id, seoul_day(started_at)) FROM walks WHERE id = changed_walk_id;
  PERFORM fold_visits(changed_walk_id);
  PERFORM fold_places(changed_walk_id);
  PERFORM fold_streak(user_id, streak_day(started_at)) FROM walks WHERE id = changed_walk_id;
  PERFORM fold_rankings(user_id, seoul_day(started_at)) FROM walks WHERE id = changed_walk_id;
END
$$;

-- The hall of fame is written from walks whose recordings were judged again, most strictly. NULL: not looked at; false: valid, but not for the hall.
ALTER TABLE walks ADD is_beyond_doubt boolean;
CREATE INDEX walks_farthest ON walks (distance_m DESC) WHERE is_valid AND deleted_at IS NULL;
CREATE INDEX streak_runs_farthest ON streak_runs (days DESC);

CREATE TYPE hall_category AS ENUM ('month_mvp', 'longest_streak', 'longest_walk', 'total_distance', 'season_champion');
CREATE TABLE hall_of_fame (
  category hall_category NOT NULL,
  period_key text NOT NULL, -- a month, a quarter ('2026-Q4') or 'all'
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  rank int NOT NULL,
  distance_m int NOT NULL,
  walk_count int NOT NULL,
  days int, -- of a streak
  from_day date, -- of a streak or a walk
  until_day date,
  written_at timestamptz NOT NULL,
  PRIMARY KEY (category, period_key, user_id)
);
CREATE INDEX hall_of_fame_user ON hall_of_fame (user_id);

-- Runs are looked up by job and by time.
CREATE INDEX job_runs_scheduled ON job_runs (scheduled_at DESC, job);

-- Walks from before there were rankings.
SELECT refold_rankings(user_id) FROM (SELECT DISTINCT user_id FROM walks WHERE is_valid AND deleted_at IS NULL) AS walkers;
