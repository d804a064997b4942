-- Badges, and the facts about a person that they are read from. All of them follow from the walks (and what later comes to them: weather, photos,
-- company, closed weeks), and are brought up to date with each walk that changes, at a cost that does not grow with the history.
SET LOCAL lock_timeout = '5s';

CREATE TYPE badge_category AS ENUM ('distance', 'streak', 'exploration', 'time', 'special', 'season');
CREATE TYPE badge_difficulty AS ENUM ('beginner', 'easy', 'normal', 'hard', 'very_hard', 'legendary', 'mythic');
CREATE TYPE badge_tier AS ENUM ('free', 'premium');
CREATE TYPE badge_metric AS ENUM (
  'walk_count', 'distance_m', 'duration_sec', 'longest_walk_m', 'streak_days', 'unique_places', 'weekly_dong_wins',
  'early_bird_walks', 'night_owl_walks', 'rain_walks', 'snow_walks', 'new_year_walks', 'birthday_walks', 'walk_photos', 'together_walks',
  'season_walk_count', 'season_distance_m', 'season_snow_walks', 'season_parks', 'season_beach_walks', 'season_nature_places'
);

CREATE TABLE badges (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), -- says nothing of what the badge is: a secret one shows its id
  code text NOT NULL,
  category badge_category NOT NULL,
  name text NOT NULL,
  description text NOT NULL,
  icon text NOT NULL,
  metric badge_metric NOT NULL,
  threshold bigint NOT NULL CHECK (threshold > 0),
  difficulty badge_difficulty NOT NULL,
  hint text NOT NULL,
  tier badge_tier NOT NULL,
  season_start text CHECK (season_start ~ '^\d\d-\d\d$' AND season_start <> '02-29'), -- MM-DD; NULL: counted over all time
  season_end text CHECK (season_end ~ '^\d\d-\d\d$'), -- included; 02-29 is the last day of any February
  is_secret boolean NOT NULL,
  sort_order int NOT NULL,
  CHECK ((season_start IS NULL) = (season_end IS NULL)),
  CHECK (season_start IS NOT NULL OR NOT starts_with(metric::text, 'season_')),
  -- These four are facts of a whole life; nobody keeps them by the day.
  CHECK (season_start IS NULL OR metric NOT IN ('longest_walk_m', 'streak_days', 'unique_places', 'weekly_dong_wins'))
);
CREATE UNIQUE INDEX badges_code ON badges (code);

CREATE TABLE user_badges (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  badge_id uuid NOT NULL REFERENCES badges (id) ON DELETE CASCADE,
  season_year int NOT NULL, -- the year in which the season began; 0 where there are no seasons
  earned_at timestamptz NOT NULL,
  walk_id uuid REFERENCES walks (id) ON DELETE SET NULL, -- NULL: earned by something else, or the walk is no more
  first_walk_at timestamptz, -- of the season, else ever; as it was when the badge was earned, like the two that follow
  walk_count int NOT NULL,
  day_count int NOT NULL,
  is_representative boolean NOT NULL DEFAULT false, -- shown beside the nickname
  PRIMARY KEY (user_id, badge_id, season_year)
);
CREATE UNIQUE INDEX user_badges_representative ON user_badges (user_id) WHERE is_representative;
CREATE INDEX user_badges_badge ON user_badges (badge_id, user_id);
CREATE INDEX user_badges_walk ON user_badges (walk_id) WHERE walk_id IS NOT NULL;

-- Counted now and then: it takes a walk through everybody's badges.
CREATE TABLE badge_rarity (
  badge_id uuid PRIMARY KEY REFERENCES badges (id) ON DELETE CASCADE,
  holders int NOT NULL,
  walkers int NOT NULL, -- users with a valid walk
  counted_at timestamptz NOT NULL
);

-- What comes to a walk from elsewhere.
ALTER TABLE walks
  ADD photo_count int NOT NULL DEFAULT 0,
  ADD together_with uuid[] NOT NULL DEFAULT '{}'; -- users, by their room's own record; no reference: company that left was company
CREATE INDEX walks_longest ON walks (user_id, distance_m DESC) WHERE is_valid AND deleted_at IS NULL;

CREATE TABLE weekly_dong_wins (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  monday date NOT NULL,
  region_code text NOT NULL REFERENCES regions (code),
  PRIMARY KEY (user_id, monday)
);

-- Where people go with their dogs. A place is a circle around its middle, or an outline where one is known.
CREATE TYPE place_kind AS ENUM ('park', 'beach', 'mountain');
CREATE TABLE places (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  code text NOT NULL,
  kind place_kind NOT NULL,
  name text NOT NULL,
  area geography(Geometry, 4326) NOT NULL
);
CREATE UNIQUE INDEX places_code ON places (code);
CREATE INDEX places_area ON places USING gist (area);

CREATE TABLE place_visits (
  walk_id uuid NOT NULL REFERENCES walks (id) ON DELETE CASCADE,
  place_id uuid NOT NULL REFERENCES places (id) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  day date NOT NULL, -- Seoul's, 00:00
  PRIMARY KEY (walk_id, place_id)
);
CREATE INDEX place_visits_user ON place_visits (user_id, day);

-- Where each valid walk began. In the order of time it is a new place if none of that person's places lies within 500 m.
CREATE TABLE walk_starts (
  walk_id uuid PRIMARY KEY REFERENCES walks (id) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  started_at timestamptz NOT NULL,
  location geography(Point, 4326) NOT NULL,
  is_place boolean NOT NULL
);
CREATE INDEX walk_starts_places ON walk_starts USING gist (user_id, location) WHERE is_place;
CREATE INDEX walk_starts_others ON walk_starts USING gist (user_id, location) WHERE NOT is_place;

-- Unbroken runs of days (04:00 to 04:00) with a valid walk. A rest day joins two runs and adds nothing to `days`.
CREATE TABLE streak_runs (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  first_day date NOT NULL,
  last_day date NOT NULL,
  days int NOT NULL,
  PRIMARY KEY (user_id, first_day)
);
CREATE INDEX streak_runs_longest ON streak_runs (user_id, days DESC);

-- The ledger: one rest day a calendar month, spent on the first single day missed while premium.
CREATE TABLE rest_days (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  month date NOT NULL, -- its first day
  day date NOT NULL,
  PRIMARY KEY (user_id, month)
);

-- What walks gain by the day and in all, beside what user_days and user_totals hold; a metric without a row is zero.
CREATE TABLE metric_days (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  day date NOT NULL,
  metric badge_metric NOT NULL,
  value int NOT NULL,
  PRIMARY KEY (user_id, day, metric)
);
CREATE TABLE metric_totals (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  metric badge_metric NOT NULL,
  value bigint NOT NULL,
  PRIMARY KEY (user_id, metric)
);

CREATE FUNCTION streak_day(at timestamptz) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (at AT TIME ZONE 'Asia/Seoul' - interval '4 hours')::date $$;

CREATE FUNCTION is_premium(of_user uuid, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM premium_periods WHERE user_id = of_user AND revoked_at IS NULL AND starts_at <= at AND ends_at > at)
$$;

-- Whether a period, for as long as it stood, covered some of that streak day.
CREATE FUNCTION was_premium_on(of_user uuid, streak_day date) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT 1
    FROM premium_periods
    WHERE user_id = of_user
      AND starts_at < (streak_day + 1 + time '04:00') AT TIME ZONE 'Asia/Seoul'
      AND least(ends_at, revoked_at) > (streak_day + time '04:00') AT TIME ZONE 'Asia/Seoul'
  )
$$;

-- Whoever was born on 29 February celebrates on the 28th in other years. The day of birth itself is one.
CREATE FUNCTION is_birthday(birth_date date, day date) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT day >= birth_date AND (
    to_char(day, 'MM-DD') = to_char(birth_date, 'MM-DD')
    OR (to_char(birth_date, 'MM-DD') = '02-29' AND to_char(day, 'MM-DD') = '02-28' AND to_char(day + 1, 'MM-DD') = '03-01')
  )
$$;

-- What one valid walk adds to the metrics of metric_days. Each of them is defined here and nowhere else.
CREATE FUNCTION walk_gains(walk walks) RETURNS TABLE (metric badge_metric, value int)
LANGUAGE sql STABLE AS $$
  SELECT gained.metric::badge_metric, gained.value
  FROM (
    SELECT extract(hour FROM walk.started_at AT TIME ZONE 'Asia/Seoul') AS hour, seoul_day(walk.started_at) AS day, walk.weather ->> 'pty' AS pty
  ) AS start
  CROSS JOIN LATERAL (VALUES
    ('early_bird_walks', (hour IN (4, 5))::int),
    ('night_owl_walks', (hour IN (22, 23, 0, 1, 2, 3))::int),
    -- KMA's precipitation type, as its code or by its name.
    ('rain_walks', coalesce(pty IN ('1', '2', '4', '5', '6', 'rain', 'rain_snow', 'shower', 'drizzle', 'drizzle_snow'), false)::int),
    ('snow_walks', coalesce(pty IN ('2', '3', '6', '7', 'rain_snow', 'snow', 'drizzle_snow', 'flurry'), false)::int),
    ('new_year_walks', (to_char(day, 'MM-DD') = '01-01')::int),
    ('birthday_walks', EXISTS (
      SELECT 1
      FROM walk_pets
      JOIN pets ON pets.id = walk_pets.pet_id
      WHERE walk_pets.walk_id = walk.id AND NOT pets.is_birth_date_approximate AND is_birthday(pets.birth_date, day)
    )::int),
    ('walk_photos', walk.photo_count),
    ('together_walks', (cardinality(walk.together_with) > 0)::int)
  ) AS gained (metric, value)
$$;

-- Rewrites metric_days of one day from its walks and moves metric_totals by the difference.
CREATE FUNCTION fold_metrics(of_user uuid, on_day date) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  WITH now AS (
    SELECT gained.metric, sum(gained.value)::int AS value
    FROM walks
    CROSS JOIN LATERAL walk_gains(walks) AS gained
    WHERE walks.user_id = of_user
      AND walks.is_valid AND walks.deleted_at IS NULL
      AND walks.started_at >= on_day::timestamp AT TIME ZONE 'Asia/Seoul'
      AND walks.started_at < (on_day + 1)::timestamp AT TIME ZONE 'Asia/Seoul'
    GROUP BY gained.metric
  ), moved AS (
    SELECT metric, coalesce(now.value, 0) AS value, coalesce(now.value, 0) - coalesce(was.value, 0) AS difference
    FROM now
    FULL JOIN (SELECT metric_days.metric, metric_days.value FROM metric_days WHERE user_id = of_user AND day = on_day) AS was USING (metric)
    WHERE coalesce(now.value, 0) <> coalesce(was.value, 0)
  ), day AS (
    INSERT INTO metric_days (user_id, day, metric, value)
    SELECT of_user, on_day, metric, value FROM moved
    ON CONFLICT (user_id, day, metric) DO UPDATE SET value = excluded.value
  )
  INSERT INTO metric_totals AS total (user_id, metric, value)
  SELECT of_user, metric, difference FROM moved
  ON CONFLICT (user_id, metric) DO UPDATE SET value = total.value + excluded.value;
END
$$;

-- The known places within 100 m of a valid walk's way.
CREATE FUNCTION fold_visits(changed_walk_id uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM place_visits WHERE walk_id = changed_walk_id;
  INSERT INTO place_visits (walk_id, place_id, user_id, day)
  SELECT walks.id, places.id, walks.user_id, seoul_day(walks.started_at)
  FROM walks
  JOIN places ON ST_DWithin(places.area, walks.line::geography, 100)
  WHERE walks.id = changed_walk_id AND walks.is_valid AND walks.deleted_at IS NULL;
END
$$;

-- Brings walk_starts up to date after one walk came or went. Whether a start is a place depends on the places before it alone, so starts are judged
-- again in the order of time, and only those near one that changed.
CREATE FUNCTION fold_places(changed_walk_id uuid) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  judged walk_starts;
  is_new boolean;
  pending uuid[];
BEGIN
  DELETE FROM walk_starts
  USING walks
  WHERE walk_starts.walk_id = changed_walk_id AND walks.id = changed_walk_id AND NOT (walks.is_valid AND walks.deleted_at IS NULL)
  RETURNING walk_starts.* INTO judged;
  IF judged.is_place THEN
    pending := starts_near(judged, false);
  ELSE
    INSERT INTO walk_starts (walk_id, user_id, started_at, location, is_place)
    SELECT id, user_id, started_at, ST_Force2D(ST_StartPoint(ST_GeometryN(line, 1)))::geography, false
    FROM walks
    WHERE id = changed_walk_id AND is_valid AND deleted_at IS NULL AND line IS NOT NULL
    ON CONFLICT (walk_id) DO NOTHING
    RETURNING ARRAY[walk_id] INTO pending;
  END IF;
  LOOP
    SELECT * INTO judged FROM walk_starts WHERE walk_id = ANY (pending) ORDER BY started_at, walk_id LIMIT 1;
    EXIT WHEN NOT FOUND;
    pending := array_remove(pending, judged.walk_id);
    is_new := NOT EXISTS (
      SELECT 1
      FROM walk_starts place
      WHERE place.user_id = judged.user_id
        AND place.is_place
        AND (place.started_at, place.walk_id) < (judged.started_at, judged.walk_id)
        AND ST_DWithin(place.location, judged.location, 500)
    );
    CONTINUE WHEN is_new = judged.is_place;
    UPDATE walk_starts SET is_place = is_new WHERE walk_id = judged.walk_id;
    IF is_new THEN
      -- It can only unseat later places near it; what it covers need not be judged any more.
      pending := starts_near(judged, true) || ARRAY(
        SELECT walk_id FROM walk_starts WHERE walk_id = ANY (pending) AND (is_place OR NOT ST_DWithin(location, judged.location, 500))
      );
    ELSE
      pending := pending || starts_near(judged, false);
    END IF;
  END LOOP;
END
$$;

-- Later starts of the same person within 500 m: the places among them, or else those that no place covers.
CREATE FUNCTION starts_near(one walk_starts, that_are_places boolean) RETURNS uuid[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF that_are_places THEN
    RETURN ARRAY(
      SELECT walk_id
      FROM walk_starts
      WHERE user_id = one.user_id AND is_place
        AND (started_at, walk_id) > (one.started_at, one.walk_id)
        AND ST_DWithin(location, one.location, 500)
    );
  END IF;
  RETURN ARRAY(
    SELECT near.walk_id
    FROM walk_starts near
    WHERE near.user_id = one.user_id AND NOT near.is_place
      AND (near.started_at, near.walk_id) > (one.started_at, one.walk_id)
      AND ST_DWithin(near.location, one.location, 500)
      AND NOT EXISTS (
        SELECT 1
        FROM walk_starts place
        WHERE place.user_id = near.user_id
          AND place.is_place
          AND (place.started_at, place.walk_id) < (near.started_at, near.walk_id)
          AND ST_DWithin(place.location, near.location, 500)
      )
  );
END
$$;

-- Brings rest_days and streak_runs up to date after something changed on a streak day. A single missed day can only be that one or a neighbour of it,
-- and the month's one rest day goes to the first of them: the whole months around the day are looked at, and the runs that reach into them.
CREATE FUNCTION fold_streak(of_user uuid, on_day date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  from_day CONSTANT date := date_trunc('month', (on_day - 1)::timestamp)::date - 1;
  until_day CONSTANT date := (date_trunc('month', (on_day + 1)::timestamp) + interval '1 month')::date;
  walked datemultirange;
  rested date[];
  runs datemultirange;
BEGIN
  SELECT coalesce(range_agg(daterange(streak_day(started_at), streak_day(started_at) + 1)), '{}') INTO walked
  FROM walks
  WHERE user_id = of_user
    AND is_valid AND deleted_at IS NULL
    AND started_at >= (from_day + time '04:00') AT TIME ZONE 'Asia/Seoul'
    AND started_at < (until_day + 1 + time '04:00') AT TIME ZONE 'Asia/Seoul';

  rested := ARRAY(
    SELECT DISTINCT ON (date_trunc('month', missed)) missed::date
    FROM generate_series(from_day + 1, until_day - 1, interval '1 day') AS missed
    WHERE NOT walked @> missed::date
      AND walked @> missed::date - 1
      AND walked @> missed::date + 1
      AND was_premium_on(of_user, missed::date)
    ORDER BY date_trunc('month', missed), missed
  );
  DELETE FROM rest_days WHERE user_id = of_user AND day > from_day AND day < until_day AND day <> ALL (rested);
  INSERT INTO rest_days (user_id, month, day)
  SELECT of_user, date_trunc('month', day::timestamp)::date, day FROM unnest(rested) AS day
  ON CONFLICT (user_id, month) DO NOTHING;

  WITH touched AS (
    DELETE FROM streak_runs
    WHERE user_id = of_user AND last_day >= from_day - 1 AND first_day <= until_day + 1
    RETURNING daterange(first_day, last_day, '[]') AS run
  ), days AS (
    SELECT unnest(walked) AS run
    UNION ALL SELECT daterange(day, day, '[]') FROM unnest(rested) AS day
    UNION ALL SELECT run * daterange(NULL, from_day) FROM touched
    UNION ALL SELECT run * daterange(until_day + 1, NULL) FROM touched
  )
  SELECT coalesce(range_agg(run), '{}') INTO runs FROM days;
  INSERT INTO streak_runs (user_id, first_day, last_day, days)
  SELECT of_user, lower(run), upper(run) - 1,
         upper(run) - lower(run) - (SELECT count(*) FROM rest_days WHERE user_id = of_user AND day <@ run)
  FROM unnest(runs) AS run;
END
$$;

-- Whether a rest day could bridge that day, were it the only one missed.
CREATE FUNCTION can_rest_on(of_user uuid, day date) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT was_premium_on(of_user, day)
     AND NOT EXISTS (SELECT 1 FROM rest_days WHERE user_id = of_user AND month = date_trunc('month', day::timestamp)::date)
$$;

-- The run that ends today or yesterday, in streak days, or one that a rest day can still carry over yesterday; no row where there is none.
CREATE FUNCTION current_streak(of_user uuid, at timestamptz) RETURNS SETOF streak_runs
LANGUAGE sql STABLE ROWS 1 AS $$
  SELECT latest.*
  FROM (SELECT * FROM streak_runs WHERE user_id = of_user AND first_day <= streak_day(at) ORDER BY first_day DESC LIMIT 1) AS latest
  WHERE latest.last_day >= streak_day(at) - 1 OR (latest.last_day = streak_day(at) - 2 AND can_rest_on(of_user, streak_day(at) - 1))
$$;

-- Days and totals keep their function under a name that says what it does; fold_walk is now all of it.
ALTER FUNCTION fold_walk(uuid) RENAME TO fold_days;
CREATE FUNCTION fold_walk(changed_walk_id uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fold_days(changed_walk_id);
  PERFORM fold_metrics(user_id, seoul_day(started_at)) FROM walks WHERE id = changed_walk_id;
  PERFORM fold_visits(changed_walk_id);
  PERFORM fold_places(changed_walk_id);
  PERFORM fold_streak(user_id, streak_day(started_at)) FROM walks WHERE id = changed_walk_id;
END
$$;

-- The edition of a season that began last on or before a day. It may be over: then the day is past until_day.
CREATE FUNCTION season_of(season_start text, season_end text, on_day date, OUT season_year int, OUT from_day date, OUT until_day date)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  WITH edition AS (
    SELECT extract(year FROM on_day)::int - (to_char(on_day, 'MM-DD') < season_start)::int AS year
  ), bounds AS (
    SELECT year, (year || '-' || season_start)::date AS from_day,
           make_date(year + (season_end < season_start)::int, left(season_end, 2)::int, 1) AS end_month
    FROM edition
  )
  SELECT year, from_day, least(end_month + right(season_end, 2)::int - 1, (end_month + interval '1 month')::date - 1)
  FROM bounds
$$;

-- What a person has of each metric over all time. `value` is what progress shows, `reached` what earns: they differ where progress can fall back.
CREATE FUNCTION lifetime_metrics(of_user uuid, at timestamptz) RETURNS TABLE (metric badge_metric, value bigint, reached bigint)
LANGUAGE sql STABLE AS $$
  WITH summed AS (
    SELECT of_totals.metric::badge_metric AS metric, of_totals.value
    FROM user_totals
    CROSS JOIN LATERAL (VALUES ('walk_count', walk_count), ('distance_m', distance_m), ('duration_sec', duration_sec)) AS of_totals (metric, value)
    WHERE user_id = of_user
    UNION ALL
    SELECT metric_totals.metric, metric_totals.value FROM metric_totals WHERE user_id = of_user
    UNION ALL
    SELECT 'longest_walk_m', (
      SELECT distance_m FROM walks WHERE user_id = of_user AND is_valid AND deleted_at IS NULL ORDER BY distance_m DESC LIMIT 1
    )
    UNION ALL
    SELECT 'unique_places', count(*) FROM walk_starts WHERE user_id = of_user AND is_place
    UNION ALL
    SELECT 'weekly_dong_wins', count(*) FROM weekly_dong_wins WHERE user_id = of_user
  )
  SELECT summed.metric, summed.value, summed.value FROM summed
  UNION ALL
  SELECT 'streak_days',
         (SELECT days FROM current_streak(of_user, at)),
         (SELECT days FROM streak_runs WHERE user_id = of_user ORDER BY days DESC LIMIT 1)
$$;

-- The same over the days of a season or any other stretch, both included, for the metrics that are kept by the day.
CREATE FUNCTION window_metrics(of_user uuid, from_day date, until_day date) RETURNS TABLE (metric badge_metric, value bigint)
LANGUAGE sql STABLE AS $$
  WITH days AS (
    SELECT sum(walk_count) AS walk_count, sum(distance_m) AS distance_m, sum(duration_sec) AS duration_sec
    FROM user_days
    WHERE user_id = of_user AND day BETWEEN from_day AND until_day
  ), gained AS (
    SELECT metric_days.metric, sum(metric_days.value) AS value
    FROM metric_days
    WHERE user_id = of_user AND day BETWEEN from_day AND until_day
    GROUP BY metric_days.metric
  ), visited AS (
    SELECT count(DISTINCT place_id) FILTER (WHERE kind = 'park') AS parks,
           count(DISTINCT walk_id) FILTER (WHERE kind = 'beach') AS beach_walks,
           count(DISTINCT place_id) FILTER (WHERE kind IN ('park', 'mountain')) AS nature_places
    FROM place_visits
    JOIN places ON places.id = place_visits.place_id
    WHERE user_id = of_user AND day BETWEEN from_day AND until_day
  )
  SELECT one.metric::badge_metric, one.value
  FROM days, visited, LATERAL (VALUES
    ('walk_count', walk_count), ('season_walk_count', walk_count), ('distance_m', distance_m), ('season_distance_m', distance_m),
    ('duration_sec', duration_sec), ('season_parks', parks), ('season_beach_walks', beach_walks), ('season_nature_places', nature_places)
  ) AS one (metric, value)
  UNION ALL
  SELECT gained.metric, gained.value FROM gained
  UNION ALL
  SELECT 'season_snow_walks', gained.value FROM gained WHERE gained.metric = 'snow_walks'
$$;

-- Where a person stands with every badge, on a day for seasons and at an instant for the streak. A season's badge shows the edition that began last, and
-- counts nothing where that is over. from_day and until_day are NULL without a season. Like the folds it is in PL/pgSQL for the sake of its kept plans.
CREATE FUNCTION badge_values(of_user uuid, on_day date, at timestamptz)
RETURNS TABLE (badge_id uuid, season_year int, from_day date, until_day date, value bigint, reached bigint)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH seasons AS (
    SELECT season.season_start, season.season_end, edition.season_year, edition.from_day, edition.until_day
    FROM (SELECT DISTINCT badges.season_start, badges.season_end FROM badges WHERE badges.season_start IS NOT NULL) AS season
    CROSS JOIN LATERAL season_of(season.season_start, season.season_end, on_day) AS edition
  ), editions AS (
    SELECT badges.id, badges.metric, seasons.season_year, seasons.from_day, seasons.until_day
    FROM badges
    LEFT JOIN seasons ON seasons.season_start = badges.season_start AND seasons.season_end = badges.season_end
  ), windows AS MATERIALIZED (
    SELECT season.from_day, season.until_day, gained.metric, gained.value
    FROM (SELECT DISTINCT editions.from_day, editions.until_day FROM editions WHERE editions.until_day >= on_day) AS season
    CROSS JOIN LATERAL window_metrics(of_user, season.from_day, season.until_day) AS gained
  ), lifetime AS MATERIALIZED (
    SELECT * FROM lifetime_metrics(of_user, at)
  )
  SELECT editions.id, coalesce(editions.season_year, 0), editions.from_day, editions.until_day,
         coalesce(lifetime.value, windows.value, 0), coalesce(lifetime.reached, windows.value, 0)
  FROM editions
  LEFT JOIN lifetime ON editions.season_year IS NULL AND lifetime.metric = editions.metric
  LEFT JOIN windows ON windows.metric = editions.metric AND windows.from_day = editions.from_day AND windows.until_day = editions.until_day;
END
$$;

-- Gives a person what they have reached and do not hold yet; call it in the transaction that changed a fact, after the fold, holding the user's row.
-- `on_day` says which seasons are meant: the day of the walk, however late it comes. What is premium only goes to those who are, at that moment.
CREATE FUNCTION award_badges(of_user uuid, on_day date, by_walk uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  INSERT INTO user_badges (user_id, badge_id, season_year, earned_at, walk_id, first_walk_at, walk_count, day_count)
  SELECT of_user, badges.id, stand.season_year, at, by_walk, first_walk.started_at, coalesce(taken.walk_count, 0),
         coalesce(on_day - seoul_day(first_walk.started_at) + 1, 0)
  FROM badge_values(of_user, on_day, at) AS stand
  JOIN badges ON badges.id = stand.badge_id AND stand.reached >= badges.threshold
  LEFT JOIN LATERAL (
    SELECT walks.started_at
    FROM walks
    WHERE walks.user_id = of_user AND walks.is_valid AND walks.deleted_at IS NULL
      AND walks.started_at >= coalesce(stand.from_day::timestamp AT TIME ZONE 'Asia/Seoul', '-infinity')
    ORDER BY walks.started_at
    LIMIT 1
  ) AS first_walk ON true
  CROSS JOIN LATERAL (
    SELECT CASE
      WHEN stand.from_day IS NULL THEN (SELECT user_totals.walk_count FROM user_totals WHERE user_id = of_user)
      ELSE (SELECT sum(user_days.walk_count) FROM user_days WHERE user_id = of_user AND day BETWEEN stand.from_day AND stand.until_day)
    END AS walk_count
  ) AS taken
  WHERE (badges.tier = 'free' OR is_premium(of_user, at))
    AND NOT EXISTS (
      SELECT 1
      FROM user_badges held
      WHERE held.user_id = of_user AND held.badge_id = badges.id AND held.season_year = stand.season_year
    )
  ON CONFLICT (user_id, badge_id, season_year) DO NOTHING;
END
$$;

-- Walks from before there were badges.
UPDATE walks
SET answer = answer || '{"moved": {}, "streak": {"current": 0, "best": 0, "rest_day_used": false}}'
WHERE answer IS NOT NULL;
SELECT fold_walk(id) FROM walks WHERE is_valid AND deleted_at IS NULL ORDER BY started_at;
