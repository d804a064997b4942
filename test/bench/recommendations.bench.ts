import pg from 'pg'
import type { Actor } from '../../src/core/actor.ts'
import { listRecommendations } from '../../src/modules/recommendations/queries.ts'
import { cpuMeterOf, directDb } from './backend-cpu.ts'
import { type BenchContext, type Row, rowOf, times } from './bench.ts'

/** The largest sigungu has about so many who walk. */
const CANDIDATES = 3_000
/** People of other places. They make the tables as large as they will be. */
const ELSEWHERE = 60_000
const ASKERS = 60
const WARM_UP = 10
const FOLLOWEES = 2_000
const RECENT_WALKS = 56
const BAR_MS = 5
const FOLD_BAR_MS = 0.3

/** `GET /recommendations` in a sigungu of 3,000 candidates: computed, and read again. And what a completion pays for the habit. */
export async function benchRecommendations({ databaseUrl, scale }: BenchContext): Promise<Row[]> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    const candidates = times(CANDIDATES, scale)
    const sigungu = await givePeople(client, candidates, times(ELSEWHERE, scale))
    const askers = await makeAskers(client, sigungu)
    await client.query('VACUUM ANALYZE')
    const of = `${candidates.toLocaleString('en')} candidates`
    const rows = [...(await ask(client, askers, 'computed', of)), ...(await ask(client, askers, 'read', of))]
    await client.query(
      `INSERT INTO follows (follower_id, followee_id, created_at)
       SELECT asker.id, followee.user_id, now()
       FROM unnest($1::uuid[]) AS asker (id)
       CROSS JOIN LATERAL (
         SELECT user_id FROM recommendation_candidates WHERE user_id <> asker.id ORDER BY user_id LIMIT $2
       ) AS followee`,
      [askers.map(({ user_id }) => user_id), Math.min(FOLLOWEES, Math.floor(candidates / 2))],
    )
    await client.query('DELETE FROM recommendation_runs')
    // Autovacuum does it after so many rows. Without it the session keeps its plan for a table without rows.
    await client.query('ANALYZE follows')
    rows.push(...(await ask(client, askers, 'computed', `${of}, of whom ${FOLLOWEES.toLocaleString('en')} are followed`)))
    rows.push(await fold(client, askers))
    return rows
  } finally {
    await client.end()
  }
}

/** People with a pet and a habit, `near` of them in the dongs of one sigungu. Without triggers, which would write names for all of them. */
async function givePeople(client: pg.Client, near: number, far: number): Promise<string> {
  const { rows } = await client.query<{ code: string }>(`SELECT code FROM regions WHERE level = 'sigungu' ORDER BY code LIMIT 1`)
  const sigungu = rows[0]!.code
  await client.query(
    `INSERT INTO regions (code, level, parent_code, sido, sigungu, dong, center)
     SELECT left(code, 5) || lpad((100 + n)::text, 3, '0') || '00', 'dong', code, sido, sigungu, '동' || n || '동', center
     FROM regions, generate_series(1, 15) AS n
     WHERE level = 'sigungu'
     ON CONFLICT DO NOTHING`,
  )
  await client.query('BEGIN')
  await client.query('SET LOCAL session_replication_role = replica')
  await client.query(
    `CREATE TABLE recommendation_candidates AS
     SELECT gen_random_uuid() AS user_id, i, i <= $1 AS is_near,
            CASE WHEN i <= $1 THEN near.codes[1 + i % cardinality(near.codes)] ELSE far.codes[1 + i % cardinality(far.codes)] END AS region_code
     FROM (SELECT array_agg(code ORDER BY code) AS codes FROM regions WHERE parent_code = $3) AS near,
          (SELECT array_agg(code ORDER BY code) AS codes FROM regions WHERE level = 'dong' AND parent_code <> $3) AS far,
          generate_series(1, $1::int + $2::int) AS i`,
    [near, far, sigungu],
  )
  await client.query(`
    INSERT INTO users (id, nickname, region_code, created_at)
    SELECT user_id, 'r' || left(replace(user_id::text, '-', ''), 11), region_code, now() FROM recommendation_candidates`)
  await client.query(`
    INSERT INTO pets (id, user_id, name, species, breed_code, is_primary, request_hash, created_at)
    SELECT gen_random_uuid(), user_id, '초코', 'dog', breeds.codes[1 + i * 7 % cardinality(breeds.codes)], true, '', now()
    FROM recommendation_candidates, (SELECT array_agg(code ORDER BY code) AS codes FROM breeds WHERE species = 'dog') AS breeds`)
  await client.query(`
    INSERT INTO walk_habits (user_id, dong_code, sigungu_code, hour_x, hour_y, mean_hour, weekly_distance_m, breed_code, size, last_walk_at)
    SELECT user_id, traits.dong_code, traits.sigungu_code, cosd(i * 37 % 360), sind(i * 37 % 360), (i * 37 % 360) / 15.0, i * 13 % 30000, traits.breed_code,
           traits.size, now() - i % 27 * interval '1 day'
    FROM recommendation_candidates
    CROSS JOIN LATERAL habit_traits(user_id) AS traits`)
  await client.query('COMMIT')
  await client.query('DELETE FROM recommendation_candidates WHERE NOT is_near')
  return sigungu
}

/** Some of the candidates, with a session. */
async function makeAskers(client: pg.Client, sigungu: string): Promise<Actor[]> {
  const { rows } = await client.query<Actor>(
    `INSERT INTO sessions (id, user_id, counter, token_hash, created_at, rotated_at, expires_at)
     SELECT gen_random_uuid(), user_id, 1, '', now(), now(), now() + interval '1 day'
     FROM walk_habits
     WHERE sigungu_code = $1
     ORDER BY user_id
     LIMIT $2
     RETURNING user_id, id AS session_id`,
    [sigungu, ASKERS],
  )
  return rows
}

async function ask(client: pg.Client, askers: readonly Actor[], what: string, of: string): Promise<Row[]> {
  const cpuMs = await cpuMeterOf(client)
  const [ms, cpu_ms]: [number[], number[]] = [[], []]
  for (const [k, asker] of askers.entries()) {
    const before_ms = cpuMs()
    const startedAt = performance.now()
    const answer = await listRecommendations(directDb(client), asker, new Date())
    const took_ms = performance.now() - startedAt
    const spent_ms = cpuMs() - before_ms
    if (answer?.items.length !== 20) throw new Error(`${answer?.items.length} of 20 are recommended`)
    if (k < WARM_UP) continue
    ms.push(took_ms)
    cpu_ms.push(spent_ms)
  }
  return [
    rowOf(`recommendations, ${what}: Postgres`, of, ms, { bar: BAR_MS }),
    rowOf(`recommendations, ${what}: Postgres CPU`, of, cpu_ms, { bar: BAR_MS }),
  ]
}

/** What `settle_walk` pays for somebody who has walked twice a day. */
async function fold(client: pg.Client, askers: readonly Actor[]): Promise<Row> {
  await client.query(
    `INSERT INTO walks (id, user_id, status, started_at, ended_at, completed_at, request_hash, created_at, is_valid, distance_m, duration_sec)
     SELECT gen_random_uuid(), asker.id, 'completed', at, at + interval '20 minutes', at, '', at, true, 1000, 1200
     FROM unnest($1::uuid[]) AS asker (id), generate_series(1, $2::int) AS n, LATERAL (SELECT now() - n * interval '12 hours' AS at) AS began`,
    [askers.map(({ user_id }) => user_id), RECENT_WALKS],
  )
  await client.query('ANALYZE walks')
  // As in `complete_walk`.
  await client.query('SET plan_cache_mode = force_generic_plan')
  const cpuMs = await cpuMeterOf(client)
  const spent: number[] = []
  for (const [k, { user_id }] of askers.entries()) {
    const before = cpuMs()
    await client.query('SELECT fold_habits($1, now())', [user_id])
    if (k >= WARM_UP) spent.push(cpuMs() - before)
  }
  return rowOf('fold of a habit: Postgres CPU', `${RECENT_WALKS} walks in 28 days`, spent, { bar: FOLD_BAR_MS })
}
