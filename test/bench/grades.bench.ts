import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { Actor } from '../../src/core/actor.ts'
import { periodAt } from '../../src/modules/rankings/periods.ts'
import { findBoard, findFollowingDays } from '../../src/modules/rankings/queries.ts'
import { cpuMeterOf, directDb } from './backend-cpu.ts'
import { type BenchContext, type Row, rowOf, times } from './bench.ts'

/** People who walked this week. They make the tables as large as they will be. */
const WALKERS = 200_000
const FEW = 200
const MANY = 5_000
const ASKED = 60
const WARM_UP = 10
const BAR_MS = 10
const RAISE_BAR_MS = 0.3

/** `GET /rankings?scope=following` and its days, for somebody who follows 200 and 5,000 who all walked. And what a completion pays for grades and titles. */
export async function benchGrades({ databaseUrl, scale }: BenchContext): Promise<Row[]> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    const now = new Date()
    const week = periodAt('weekly', now)
    const people = Math.max(times(WALKERS, scale), 2 * MANY)
    await givePeople(client, people, week)
    const rows: Row[] = []
    for (const followees of [FEW, MANY]) {
      const viewer = await makeViewer(client, followees)
      await client.query('VACUUM ANALYZE')
      const of = `${people.toLocaleString('en')} walkers, of whom ${followees.toLocaleString('en')} are followed`
      const question = { period_key: week.key, period_key_before: null, is_weekly: true, scope: 'following', region_code: null } as const
      const page = { after: null, above_me: null, limit: 20 }
      const db = directDb(client)
      rows.push(
        ...(await measure(client, 'board of those one follows', of, async () => {
          const answer = await findBoard(db, viewer, question, page, now)
          if (answer?.board?.participants !== followees) throw new Error(`${answer?.board?.participants} of ${followees} are on the board`)
        })),
        ...(await measure(client, 'days of those one follows', of, async () => {
          const answer = await findFollowingDays(db, viewer, week, now)
          if (answer?.days[0]?.walker_count !== FEW) throw new Error(`${answer?.days[0]?.walker_count} of ${FEW} walked on Monday`)
        })),
      )
    }
    rows.push(await raise(client))
    return rows
  } finally {
    await client.end()
  }
}

/** People with a pet, a standing in the nation and three days of this week. Without triggers, which would write names for all of them. */
async function givePeople(client: pg.Client, count: number, week: { key: string; from_day: string }): Promise<void> {
  await client.query('BEGIN')
  await client.query('SET LOCAL session_replication_role = replica')
  await client.query(`CREATE TABLE grade_walkers AS SELECT gen_random_uuid() AS user_id, i FROM generate_series(1, ${count}) AS i`)
  await client.query(`
    INSERT INTO users (id, nickname, created_at) SELECT user_id, 'g' || left(replace(user_id::text, '-', ''), 11), now() FROM grade_walkers`)
  await client.query(`
    INSERT INTO pets (id, user_id, name, species, is_primary, request_hash, created_at)
    SELECT gen_random_uuid(), user_id, '초코', 'dog', true, '', now() FROM grade_walkers`)
  await client.query(
    `INSERT INTO rankings (user_id, period_key, area_code, walk_count, distance_m, last_walk_at)
     SELECT user_id, $1, nation(), 1 + i % 9, 500 + (i * 7919) % 60000, now() FROM grade_walkers`,
    [week.key],
  )
  await client.query(
    `INSERT INTO user_days (user_id, day, walk_count, distance_m, duration_sec, calories)
     SELECT user_id, $1::date + 2 * n, 1, 1000, 900, 0 FROM grade_walkers, generate_series(0, 2) AS n`,
    [week.from_day],
  )
  await client.query(`
    INSERT INTO user_totals (user_id, walk_count, distance_m, duration_sec, calories)
    SELECT user_id, 20, (i * 7919) % 900000, 900, 0 FROM grade_walkers`)
  await client.query(`
    INSERT INTO user_grades (user_id, level, reached_at)
    SELECT user_id, level, now() FROM user_totals JOIN grade_walkers USING (user_id) JOIN grades ON level > 1 AND required_m <= distance_m`)
  await client.query('COMMIT')
}

/** Somebody who follows so many of them, and does not walk. */
async function makeViewer(client: pg.Client, followees: number): Promise<Actor> {
  const viewer = { user_id: randomUUID(), session_id: randomUUID() }
  await client.query(`INSERT INTO users (id, nickname, created_at) VALUES ($1, $2, now())`, [viewer.user_id, viewer.user_id.slice(0, 12)])
  await client.query(
    `INSERT INTO sessions (id, user_id, counter, token_hash, created_at, rotated_at, expires_at) VALUES ($1, $2, 1, '', now(), now(), now() + interval '1 day')`,
    [viewer.session_id, viewer.user_id],
  )
  await client.query(`INSERT INTO follows SELECT $1, user_id, now() FROM grade_walkers ORDER BY i LIMIT $2`, [viewer.user_id, followees])
  return viewer
}

async function measure(client: pg.Client, what: string, of: string, ask: () => Promise<void>): Promise<Row[]> {
  const cpuMs = await cpuMeterOf(client)
  const [ms, cpu_ms]: [number[], number[]] = [[], []]
  for (let k = 0; k < ASKED; k++) {
    const before_ms = cpuMs()
    const startedAt = performance.now()
    await ask()
    const took_ms = performance.now() - startedAt
    const spent_ms = cpuMs() - before_ms
    if (k < WARM_UP) continue
    ms.push(took_ms)
    cpu_ms.push(spent_ms)
  }
  return [rowOf(`${what}: Postgres`, of, ms, { bar: BAR_MS }), rowOf(`${what}: Postgres CPU`, of, cpu_ms, { bar: BAR_MS })]
}

/** What a completion pays that raises nobody, as most do: the comparison before and after, and the look at the grades. */
async function raise(client: pg.Client): Promise<Row> {
  const { rows } = await client.query<{ user_id: string }>(`SELECT user_id FROM grade_walkers ORDER BY i LIMIT ${ASKED}`)
  // As in `complete_walk`.
  await client.query('SET plan_cache_mode = force_generic_plan')
  const cpuMs = await cpuMeterOf(client)
  const spent: number[] = []
  for (const [k, { user_id }] of rows.entries()) {
    const before = cpuMs()
    await client.query('SELECT grades_moved($1, reached), raise_grade($1, NULL, now()) FROM grades_reached($1) AS reached', [user_id])
    if (k >= WARM_UP) spent.push(cpuMs() - before)
  }
  return rowOf('grades and titles of a completion: Postgres CPU', 'a walk that raises nobody', spent, { bar: RAISE_BAR_MS })
}
