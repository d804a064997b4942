import type pg from 'pg'

/** The number of walks of one person in the present week, and in the three weeks before. */
const THIS_WEEK = 3
const BEFORE = 7
export const WALKS_EACH = THIS_WEEK + BEFORE
const DONGS_A_SIGUNGU = 15

/**
 * Makes a country of people with ten walks each, three of them in the present week, in dongs of all sigungus (a few of them far more populous). It also writes the
 * facts of rankings that follow from those walks, set by set, because folding walk by walk would take hours. The nightly check must find no difference.
 */
export async function populate(client: pg.Client, people: number): Promise<void> {
  await client.query(`SET synchronous_commit = off`)
  await client.query(`
    INSERT INTO regions (code, level, parent_code, sido, sigungu, dong, center)
    SELECT left(code, 5) || lpad((100 + n)::text, 3, '0') || '00', 'dong', code, sido, sigungu, '동' || n, center
    FROM regions, generate_series(1, ${DONGS_A_SIGUNGU}) AS n
    WHERE level = 'sigungu'
    ON CONFLICT DO NOTHING`)
  await client.query(`
    CREATE TABLE bench_dongs AS SELECT code, parent_code, (row_number() OVER (ORDER BY code) - 1)::int AS n FROM regions WHERE level = 'dong'`)
  await client.query('ANALYZE bench_dongs')
  await client.query(`
    INSERT INTO users (id, nickname, region_code, created_at)
    SELECT gen_random_uuid(), 'b' || i, bench_dongs.code, now()
    FROM (
      -- The random number is squared, so that the first dongs are full and the last ones nearly empty.
      SELECT i, floor((i * 0.6180339887 - floor(i * 0.6180339887)) ^ 2 * (SELECT count(*) FROM bench_dongs))::int AS n
      FROM generate_series(1, ${people}) AS i
    ) AS person
    JOIN bench_dongs USING (n)`)
  await withoutIndexes(client, 'walks', () =>
    client.query(`
    WITH week AS (
      SELECT date_trunc('week', now() AT TIME ZONE 'Asia/Seoul') AT TIME ZONE 'Asia/Seoul' AS monday
    ), slots AS (
      SELECT k, monday + (k - 1) * (now() - monday) / ${THIS_WEEK} AS from_at, (now() - monday) / ${THIS_WEEK} AS length FROM week, generate_series(1, ${THIS_WEEK}) AS k
      UNION ALL
      SELECT ${THIS_WEEK} + k, monday - k * interval '3 days', interval '3 days' FROM week, generate_series(1, ${BEFORE}) AS k
    )
    INSERT INTO walks (
      id, user_id, status, started_at, ended_at, request_hash, created_at, completed_at, is_valid, distance_m, duration_sec, moving_sec, stopped_sec, avg_speed_kmh,
      max_speed_kmh, ascent_m, descent_m, calories, region_code, answer
    )
    SELECT gen_random_uuid(), users.id, 'completed', began.at, began.at + least(interval '20 minutes', slots.length / 4), '', began.at,
           least(began.at + interval '30 minutes', now()), true, (500 + 2500 * power(random(), 3) * (1 + 4 * random()))::int, 1200, 1100, 100, 4, 6, 0, 0, 50,
           users.region_code, '{}'
    FROM users
    CROSS JOIN slots
    CROSS JOIN LATERAL (SELECT slots.from_at + random() * 0.7 * slots.length AS at) AS began
    WHERE users.nickname LIKE 'b%' AND users.region_code IS NOT NULL`),
  )
  await client.query('ANALYZE walks')
  await rankWalks(client)
  await client.query('VACUUM ANALYZE')
}

/** Writes the boards of all walks set by set. `bench_dongs` must be there. */
export async function rankWalks(client: pg.Client): Promise<void> {
  await client.query(`
    INSERT INTO area_months (user_id, month, area_code, walk_count, distance_m, last_walk_at)
    SELECT user_id, date_trunc('month', seoul_day(started_at)::timestamp)::date, region_code, count(*), sum(distance_m), max(started_at)
    FROM walks
    WHERE region_code IS NOT NULL
    GROUP BY 1, 2, 3`)
  await withoutIndexes(client, 'rankings', () =>
    client.query(`
    WITH counted AS (
      SELECT walks.user_id, period.period_key, walks.region_code, count(*) AS walk_count, sum(walks.distance_m) AS distance_m, max(walks.started_at) AS last_walk_at
      FROM walks
      CROSS JOIN LATERAL (
        SELECT to_char(seoul_day(walks.started_at), 'IYYY-"W"IW') AS period_key
        UNION ALL SELECT to_char(seoul_day(walks.started_at), 'YYYY-MM')
        UNION ALL SELECT 'all'
      ) AS period
      WHERE walks.region_code IS NOT NULL
      GROUP BY 1, 2, 3
    )
    INSERT INTO rankings (user_id, period_key, area_code, walk_count, distance_m, last_walk_at, moved_in, histogram_m)
    SELECT counted.user_id, counted.period_key, area.code, counted.walk_count, counted.distance_m, counted.last_walk_at,
           CASE WHEN area.code <> nation() AND counted.period_key LIKE '%-W%' THEN 0 END, bin_floor(finest_digits(area.code), counted.distance_m::int)
    FROM counted
    JOIN bench_dongs ON bench_dongs.code = counted.region_code
    CROSS JOIN LATERAL (VALUES (counted.region_code), (bench_dongs.parent_code), (nation())) AS area (code)`),
  )
  await client.query('DELETE FROM ranking_histogram')
  await client.query(`
    INSERT INTO ranking_histogram (period_key, area_code, digits, floor_m, users)
    SELECT period_key, area_code, level.digits, bin_floor(level.digits, histogram_m), count(*)
    FROM rankings
    CROSS JOIN LATERAL generate_series(coarsest_digits(area_code), finest_digits(area_code)) AS level (digits)
    WHERE histogram_m IS NOT NULL
    GROUP BY 1, 2, 3, 4`)
}

/** Loads a table as a restore does, and makes its indexes and exclusion constraints afterwards. */
export async function withoutIndexes(client: pg.Client, table: string, load: () => Promise<unknown>): Promise<void> {
  const { rows: constraints } = await client.query<{ name: string; definition: string }>(
    `SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'x'`,
    [table],
  )
  for (const { name } of constraints) await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`)
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(
    `SELECT indexrelid::regclass AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index WHERE indrelid = $1::regclass AND NOT indisprimary`,
    [table],
  )
  for (const { name } of indexes) await client.query(`DROP INDEX ${name}`)
  await load()
  for (const { definition } of indexes) await client.query(definition)
  for (const { name, definition } of constraints) await client.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`)
}
