-- Boards that cost the same whoever asks and however many walk: no copy is made for the snapshot, and every board has bins.
SET LOCAL lock_timeout = '5s';

-- Free users see weeks as they stood at the full hour. No copy is made for that: a snapshot is only a new number for the week, and the first walk that moves
-- a place afterwards leaves behind in shown_* how it stood until then, and in moved_in the number. Whatever moved in an earlier snapshot, or never, is
-- shown as it is.
ALTER TABLE ranking_periods ADD snapshot int NOT NULL DEFAULT 0; -- the number of the one that free users see

DELETE FROM rankings WHERE NOT is_live;
DROP INDEX rankings_board, rankings_snapshot_due;
ALTER TABLE rankings
  DROP CONSTRAINT rankings_pkey,
  DROP is_live,
  DROP is_snapshot_due,
  ADD moved_in int, -- NULL where there are no snapshots: but for weeks in dong and sigungu
  ADD shown_standing bigint NOT NULL DEFAULT 0,
  ADD shown_last_walk_at timestamptz NOT NULL DEFAULT '-infinity',
  ADD PRIMARY KEY (user_id, period_key, area_code),
  SET (fillfactor = 85); -- room for bins and closing ranks, which no index knows
UPDATE rankings
SET moved_in = 0, shown_standing = standing, shown_last_walk_at = last_walk_at
WHERE period_key LIKE '%-W%' AND area_code <> nation();
CREATE INDEX rankings_board ON rankings (period_key, area_code, standing DESC, last_walk_at, user_id) INCLUDE (moved_in);
-- What has moved since the snapshot is read in its order too, and no further than a page goes.
CREATE INDEX rankings_moved ON rankings (period_key, area_code, moved_in, shown_standing DESC, shown_last_walk_at, user_id) WHERE moved_in IS NOT NULL;

-- Who stands on a board, to be counted; of_snapshot is NULL for the live one.
CREATE FUNCTION board(of_snapshot int, of_period text, in_area text) RETURNS TABLE (standing bigint, last_walk_at timestamptz, user_id uuid)
LANGUAGE sql STABLE AS $$
  SELECT rankings.standing, rankings.last_walk_at, rankings.user_id
  FROM rankings
  WHERE period_key = of_period AND area_code = in_area AND rankings.standing > 0 AND (of_snapshot IS NULL OR moved_in IS DISTINCT FROM of_snapshot)
  UNION ALL
  SELECT rankings.shown_standing, rankings.shown_last_walk_at, rankings.user_id
  FROM rankings
  WHERE period_key = of_period AND area_code = in_area AND moved_in = of_snapshot AND rankings.shown_standing > 0
$$;

-- One's own place there; no row without one.
CREATE FUNCTION place_of(of_user uuid, of_snapshot int, of_period text, in_area text) RETURNS TABLE (standing bigint, last_walk_at timestamptz)
LANGUAGE sql STABLE ROWS 1 AS $$
  SELECT place.*
  FROM rankings
  CROSS JOIN LATERAL (
    SELECT rankings.standing, rankings.last_walk_at WHERE of_snapshot IS NULL OR moved_in IS DISTINCT FROM of_snapshot
    UNION ALL
    SELECT rankings.shown_standing, rankings.shown_last_walk_at WHERE moved_in = of_snapshot
  ) AS place
  WHERE rankings.user_id = of_user AND period_key = of_period AND area_code = in_area AND place.standing > 0
$$;

-- Every board has bins now: those of the nation by the first, the first two and the first three digits of their distances (12,345 m lies in 10,000 to
-- 20,000, 12,000 to 13,000 and 12,300 to 12,400), the others', where fewer walk, by the first two.
DROP TABLE ranking_histogram;
CREATE TABLE ranking_histogram (
  period_key text COLLATE "C" NOT NULL,
  area_code text COLLATE "C" NOT NULL,
  digits int NOT NULL,
  floor_m int NOT NULL,
  users int NOT NULL,
  PRIMARY KEY (period_key, area_code, digits, floor_m)
) WITH (fillfactor = 50);

DROP FUNCTION bin_floor(int), bin_width(int);
CREATE FUNCTION bin_width(digits int, distance_m int) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (10 ^ greatest(0, length(distance_m::text) - digits))::int $$;
CREATE FUNCTION bin_floor(digits int, distance_m int) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT distance_m - distance_m % bin_width(digits, distance_m) $$;
CREATE FUNCTION finest_digits(in_area text) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN in_area = nation() THEN 3 ELSE 2 END $$;
CREATE FUNCTION coarsest_digits(in_area text) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN in_area = nation() THEN 1 ELSE 2 END $$;

DROP FUNCTION ranked_above(boolean, text, text, bigint), participants(boolean, text, text),
  ranking_page(boolean, text, text, bigint, timestamptz, uuid, int), ranking_place_above(boolean, text, text, bigint, timestamptz, uuid, int);

-- How many stand above. RANK() is one more. From the coarsest bins to the finest, those that lie above in the bin before are summed up, and one bin is left
-- to count. A snapshot differs by what has moved since.
CREATE FUNCTION ranked_above(of_snapshot int, of_period text, in_area text, than bigint) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
  than_m CONSTANT int := (than >> 20)::int;
  above bigint := 0;
  own_floor_m int;
  next_floor_m int := 2147483647;
BEGIN
  FOR of_digits IN coarsest_digits(in_area) .. finest_digits(in_area) LOOP
    own_floor_m := bin_floor(of_digits, than_m);
    above := above + (
      SELECT coalesce(sum(users), 0)
      FROM ranking_histogram
      WHERE period_key = of_period AND area_code = in_area AND digits = of_digits AND floor_m > own_floor_m AND floor_m < next_floor_m
    );
    next_floor_m := own_floor_m + bin_width(of_digits, own_floor_m);
  END LOOP;
  above := above + (
    SELECT count(*)
    FROM rankings
    WHERE period_key = of_period AND area_code = in_area AND standing > than AND standing < next_floor_m::bigint << 20
  );
  IF of_snapshot IS NULL THEN
    RETURN above;
  END IF;
  RETURN above + (
    SELECT count(*) FILTER (WHERE shown_standing > than) - count(*) FILTER (WHERE standing > than)
    FROM rankings
    WHERE period_key = of_period AND area_code = in_area AND moved_in = of_snapshot
  );
END
$$;

CREATE FUNCTION participants(of_snapshot int, of_period text, in_area text) RETURNS bigint
LANGUAGE sql STABLE AS $$ SELECT ranked_above(of_snapshot, of_period, in_area, 0) $$;

-- The next places of a board after a key (from the top where it is NULL), with their ranks.
CREATE FUNCTION ranking_page(of_snapshot int, of_period text, in_area text, after_standing bigint, after_walk_at timestamptz, after_user uuid, page_size int)
RETURNS TABLE (user_id uuid, rank bigint, standing bigint, last_walk_at timestamptz)
LANGUAGE plpgsql STABLE ROWS 20 AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH page AS MATERIALIZED ( -- each half by its index, as far as the page goes
    SELECT place.user_id, place.standing, place.last_walk_at
    FROM (
      (
        SELECT rankings.user_id, rankings.standing, rankings.last_walk_at
        FROM rankings
        WHERE period_key = of_period AND area_code = in_area AND rankings.standing > 0 AND (of_snapshot IS NULL OR moved_in IS DISTINCT FROM of_snapshot)
          AND rankings.standing <= coalesce(after_standing, 9223372036854775807)
          AND (after_standing IS NULL OR rankings.standing < after_standing OR (rankings.last_walk_at, rankings.user_id) > (after_walk_at, after_user))
        ORDER BY rankings.standing DESC, rankings.last_walk_at, rankings.user_id
        LIMIT page_size
      )
      UNION ALL
      (
        SELECT rankings.user_id, shown_standing, shown_last_walk_at
        FROM rankings
        WHERE period_key = of_period AND area_code = in_area AND moved_in = of_snapshot AND shown_standing > 0
          AND shown_standing <= coalesce(after_standing, 9223372036854775807)
          AND (after_standing IS NULL OR shown_standing < after_standing OR (shown_last_walk_at, rankings.user_id) > (after_walk_at, after_user))
        ORDER BY shown_standing DESC, shown_last_walk_at, rankings.user_id
        LIMIT page_size
      )
    ) AS place
    ORDER BY place.standing DESC, place.last_walk_at, place.user_id
    LIMIT page_size
  ), first AS (
    SELECT standing, ranked_above(of_snapshot, of_period, in_area, standing) AS above
    FROM (SELECT max(page.standing) AS standing FROM page) AS top
    WHERE standing IS NOT NULL
  ), before AS ( -- of those who share the first place of this page, how many stood on pages before
    SELECT count(*) AS tied
    FROM first
    CROSS JOIN LATERAL board(of_snapshot, of_period, in_area) AS place
    WHERE first.standing = after_standing
      AND place.standing = first.standing
      AND (place.last_walk_at, place.user_id) <= (after_walk_at, after_user)
  )
  SELECT page.user_id,
         first.above + rank() OVER (ORDER BY page.standing DESC) + CASE WHEN page.standing < first.standing THEN before.tied ELSE 0 END,
         page.standing, page.last_walk_at
  FROM page, first, before
  ORDER BY page.standing DESC, page.last_walk_at, page.user_id;
END
$$;

-- The place so many steps above a key; no row where there are fewer.
CREATE FUNCTION ranking_place_above(of_snapshot int, of_period text, in_area text, than bigint, than_walk_at timestamptz, than_user uuid, steps int)
RETURNS TABLE (standing bigint, last_walk_at timestamptz, user_id uuid)
LANGUAGE plpgsql STABLE ROWS 1 AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT place.standing, place.last_walk_at, place.user_id
  FROM (
    (
      SELECT rankings.standing, rankings.last_walk_at, rankings.user_id
      FROM rankings
      WHERE period_key = of_period AND area_code = in_area AND (of_snapshot IS NULL OR moved_in IS DISTINCT FROM of_snapshot)
        AND rankings.standing >= than
        AND (rankings.standing > than OR (rankings.last_walk_at, rankings.user_id) < (than_walk_at, than_user))
      ORDER BY rankings.standing, rankings.last_walk_at DESC, rankings.user_id DESC
      LIMIT steps
    )
    UNION ALL
    (
      SELECT shown_standing, shown_last_walk_at, rankings.user_id
      FROM rankings
      WHERE period_key = of_period AND area_code = in_area AND moved_in = of_snapshot
        AND shown_standing >= than
        AND (shown_standing > than OR (shown_last_walk_at, rankings.user_id) < (than_walk_at, than_user))
      ORDER BY shown_standing, shown_last_walk_at DESC, rankings.user_id DESC
      LIMIT steps
    )
  ) AS place
  ORDER BY place.standing, place.last_walk_at DESC, place.user_id DESC
  OFFSET steps - 1
  LIMIT 1;
END
$$;

-- The least standing that is better; NULL for the first.
CREATE FUNCTION next_standing(of_snapshot int, of_period text, in_area text, than bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT standing FROM ranking_place_above(of_snapshot, of_period, in_area, than, '-infinity', '00000000-0000-0000-0000-000000000000', 1)
$$;

-- The live rank in an area; no row for somebody without a walk there.
CREATE OR REPLACE FUNCTION live_rank(of_user uuid, of_period text, in_area text) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT ranked_above(NULL, of_period, in_area, standing) + 1
  FROM place_of(of_user, NULL, of_period, in_area)
$$;

-- As before, but walks are read from the first day to the last of the periods in question, and by none of their owner's others.
CREATE OR REPLACE FUNCTION fold_rankings(of_user uuid, on_day date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  of_month CONSTANT date := date_trunc('month', on_day::timestamp);
  month_ends CONSTANT timestamp := of_month + interval '1 month';
  of_week CONSTANT date := date_trunc('week', on_day::timestamp);
  from_at CONSTANT timestamptz := least(of_week, of_month)::timestamp AT TIME ZONE 'Asia/Seoul';
  end_at CONSTANT timestamptz := greatest(of_week + 7, month_ends) AT TIME ZONE 'Asia/Seoul';
BEGIN
  WITH now AS (
    SELECT coalesce(region_code, nation()) AS area_code, count(*) AS walk_count, sum(distance_m) AS distance_m, max(started_at) AS last_walk_at
    FROM walks
    WHERE user_id = of_user
      AND is_valid AND deleted_at IS NULL
      AND started_at >= of_month::timestamp AT TIME ZONE 'Asia/Seoul'
      AND started_at < month_ends AT TIME ZONE 'Asia/Seoul'
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
  FOR KEY SHARE;

  WITH open AS MATERIALIZED (
    SELECT period.*, CASE WHEN period.period_key LIKE '%-W%' THEN coalesce(known.snapshot, 0) END AS snapshot
    FROM ranking_periods_of(on_day) AS period
    LEFT JOIN ranking_periods known ON known.period_key = period.period_key
    WHERE known.closed_at IS NULL
    UNION ALL
    SELECT 'all', NULL, NULL, NULL, NULL
  ), walked AS MATERIALIZED (
    SELECT coalesce(region_code, nation()) AS region_code, seoul_day(started_at) AS day, started_at, completed_at, distance_m
    FROM walks
    WHERE user_id = of_user AND is_valid AND deleted_at IS NULL AND started_at >= from_at AND started_at < end_at
  ), counted AS (
    SELECT open.period_key, walked.region_code, 1 AS walk_count, walked.distance_m, walked.started_at AS last_walk_at
    FROM open
    JOIN walked ON walked.day >= open.from_day AND walked.day < open.end_day AND walked.completed_at < open.closes_at
    UNION ALL
    SELECT 'all', area_code, walk_count, distance_m, last_walk_at FROM area_months WHERE user_id = of_user
  ), summed AS MATERIALIZED (
    SELECT period_key, region_code, sum(walk_count) AS walk_count, sum(distance_m) AS distance_m, max(last_walk_at) AS last_walk_at
    FROM counted
    WHERE EXISTS (SELECT 1 FROM users WHERE id = of_user AND deleted_at IS NULL)
    GROUP BY period_key, region_code
  ), now AS MATERIALIZED (
    SELECT summed.period_key, area.area_code, area.scope, sum(summed.walk_count)::int AS walk_count, sum(summed.distance_m)::int AS distance_m,
           max(summed.last_walk_at) AS last_walk_at
    FROM summed
    CROSS JOIN LATERAL areas_around(summed.region_code) AS area
    GROUP BY summed.period_key, area.area_code, area.scope
  ), gone AS (
    UPDATE rankings
    SET walk_count = 0, distance_m = 0, shown_standing = 0
    FROM open
    WHERE rankings.user_id = of_user
      AND rankings.period_key = open.period_key
      AND rankings.standing > 0
      AND NOT EXISTS (SELECT 1 FROM now WHERE now.period_key = rankings.period_key AND now.area_code = rankings.area_code)
  )
  INSERT INTO rankings AS place (user_id, period_key, area_code, walk_count, distance_m, last_walk_at, moved_in)
  SELECT of_user, now.period_key, now.area_code, now.walk_count, now.distance_m, now.last_walk_at, CASE WHEN now.scope <> 'nation' THEN open.snapshot END
  FROM now
  JOIN open USING (period_key)
  ON CONFLICT (user_id, period_key, area_code) DO UPDATE
  SET walk_count = excluded.walk_count, distance_m = excluded.distance_m, last_walk_at = excluded.last_walk_at, moved_in = excluded.moved_in,
      -- The snapshot shows what was, but no more than there still is.
      shown_standing = least(CASE WHEN place.moved_in = excluded.moved_in THEN place.shown_standing ELSE place.standing END, standing_of(excluded.distance_m, excluded.walk_count)),
      shown_last_walk_at = CASE WHEN place.moved_in = excluded.moved_in THEN place.shown_last_walk_at ELSE place.last_walk_at END
  WHERE (place.walk_count, place.distance_m, place.last_walk_at) <> (excluded.walk_count, excluded.distance_m, excluded.last_walk_at);
END
$$;

-- As before, for every board. histogram_m is the floor of the finest bin, of which the coarser ones follow.
CREATE OR REPLACE FUNCTION fold_histogram(of_user uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  WITH due AS (
    SELECT period_key, area_code, histogram_m AS was_m, now_m
    FROM rankings
    CROSS JOIN LATERAL (SELECT CASE WHEN standing > 0 THEN bin_floor(finest_digits(area_code), distance_m) END AS now_m) AS bin
    WHERE user_id = of_user AND histogram_m IS DISTINCT FROM now_m
  ), noted AS (
    UPDATE rankings
    SET histogram_m = due.now_m
    FROM due
    WHERE rankings.user_id = of_user AND rankings.period_key = due.period_key AND rankings.area_code = due.area_code
  )
  INSERT INTO ranking_histogram AS bin (period_key, area_code, digits, floor_m, users)
  SELECT due.period_key, due.area_code, level.digits, moved.floor_m, moved.users
  FROM due
  CROSS JOIN LATERAL generate_series(coarsest_digits(due.area_code), finest_digits(due.area_code)) AS level (digits)
  CROSS JOIN LATERAL (SELECT bin_floor(level.digits, was_m) AS was, bin_floor(level.digits, now_m) AS now) AS floors
  CROSS JOIN LATERAL (VALUES (floors.was, -1), (floors.now, 1)) AS moved (floor_m, users)
  WHERE moved.floor_m IS NOT NULL AND floors.was IS DISTINCT FROM floors.now
  ORDER BY due.period_key, due.area_code, level.digits, moved.floor_m
  ON CONFLICT (period_key, area_code, digits, floor_m) DO UPDATE SET users = bin.users + excluded.users;
END
$$;

-- A place that goes with its person, out of a period that is closed, leaves its bins.
CREATE FUNCTION leave_histogram() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE ranking_histogram
  SET users = users - 1
  WHERE period_key = OLD.period_key AND area_code = OLD.area_code AND floor_m = bin_floor(digits, OLD.histogram_m)
    AND digits BETWEEN coarsest_digits(OLD.area_code) AND finest_digits(OLD.area_code);
  RETURN NULL;
END
$$;
CREATE TRIGGER rankings_histogram AFTER DELETE ON rankings
FOR EACH ROW WHEN (OLD.histogram_m IS NOT NULL) EXECUTE FUNCTION leave_histogram();

-- Everything of one person again: after they left or came back, or where the nightly check found them wrong.
CREATE OR REPLACE FUNCTION refold_rankings(of_user uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE rankings
  SET walk_count = 0, distance_m = 0, shown_standing = 0
  WHERE user_id = of_user AND standing > 0 AND NOT is_closed(period_key);
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

-- The bins of the boards there are.
UPDATE rankings SET histogram_m = CASE WHEN standing > 0 THEN bin_floor(finest_digits(area_code), distance_m) END;
INSERT INTO ranking_histogram (period_key, area_code, digits, floor_m, users)
SELECT period_key, area_code, level.digits, bin_floor(level.digits, histogram_m), count(*)
FROM rankings
CROSS JOIN LATERAL generate_series(coarsest_digits(area_code), finest_digits(area_code)) AS level (digits)
WHERE histogram_m IS NOT NULL
GROUP BY 1, 2, 3, 4;
