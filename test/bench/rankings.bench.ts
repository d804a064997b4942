import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { seoulMonday } from '../../src/core/time.ts'
import { createDb } from '../../src/db/client.ts'
import { insertSnapshot } from '../../src/modules/rankings/closing/queries.ts'
import { settlePeriods } from '../../src/modules/rankings/closing/service.ts'
import { periodAt, periodBefore } from '../../src/modules/rankings/periods.ts'
import { findBoard, type PagePosition } from '../../src/modules/rankings/queries.ts'
import { verifyRankings } from '../../src/modules/rankings/verification/service.ts'
import { cpuMeterOf, directDb } from './backend-cpu.ts'
import { type BenchContext, type Row, rowOf, times } from './bench.ts'
import { type Person, post, signUp } from './client.ts'
import { populate, WALKS_EACH } from './population.ts'
import { createCalendar, prepare, walkOf } from './walks.ts'

const PEOPLE = 100_000
const REPETITIONS = 60
const WARM_UP = 10
const BAR_MS = 5
const WALKERS = 100
const COMPLETIONS_A_SECOND = 50
const SECONDS = 20
const AT_ONCE = 8
const HOUR_OF_WALKS = 3_600 * COMPLETIONS_A_SECOND
const POINTS = 600
const SAMPLE = 150

const PAGES: readonly (readonly [string, PagePosition])[] = [
  ['first page', { after: null, above_me: null, limit: 20 }],
  ['page around me', { after: null, above_me: 10, limit: 20 }],
  ['my rank', { after: null, above_me: null, limit: 0 }],
]
const SCOPES = ['dong', 'sigungu', 'nation'] as const

/**
 * Boards of a country of 100,000 × scale people with ten times as many walks. It measures what people ask, alone and while walks come in, and what crons do. For
 * comparison it rebuilds everything from the walks, as the first design did every hour.
 */
export async function benchRankings(context: BenchContext): Promise<Row[]> {
  const people = times(PEOPLE, context.scale)
  const scale = `${people.toLocaleString('en')} people, ${(people * WALKS_EACH).toLocaleString('en')} walks`
  const client = new pg.Client(context.databaseUrl)
  await client.connect()
  try {
    await timed(`${scale} loaded`, () => populate(client, people))
    const db = createDb('postgres://app:app@db.localtest.me/app', { endpoint: context.cloud.neonEndpoint })
    const now = new Date()
    const week = periodAt('weekly', now)
    const askers = await makeAskers(client, week.key, { premium: true })

    const rows: Row[] = []
    /** Prints a figure at once, so that a long run that fails late has not been for nothing. */
    const note = (...measured: Row[]) => {
      for (const { what, median: value, unit } of measured) console.log(`    ${what}: ${value.toFixed(2)} ${unit}`)
      rows.push(...measured)
    }
    const rowsOf = (what: string, boards: Awaited<ReturnType<typeof askBoards>>, of = scale) =>
      boards.flatMap(({ name, ms, cpu_ms }) => [
        rowOf(`${what}, ${name}: Postgres`, of, ms, { bar: BAR_MS }),
        rowOf(`${what}, ${name}: Postgres CPU`, of, cpu_ms, { bar: BAR_MS }),
      ])
    note(...rowsOf('ranking', await askBoards(client, askers, now)))

    const hourly = await timed('hourly snapshot', () => insertSnapshot(db, [week.key], now))
    note(single('hourly snapshot', scale, hourly.ms))
    // An hour of walks has come since the snapshot. The rows that they moved must still show how they stood.
    const moved = Math.round((HOUR_OF_WALKS * context.scale) / 10)
    await client.query(
      `UPDATE rankings
       SET moved_in = period.snapshot, shown_standing = standing_of(distance_m * 9 / 10, walk_count), shown_last_walk_at = last_walk_at
       FROM ranking_periods AS period
       WHERE rankings.period_key = $1 AND period.period_key = $1 AND area_code <> nation() AND user_id IN (
         SELECT user_id FROM rankings WHERE period_key = $1 AND area_code = nation() ORDER BY random() LIMIT ${moved}
       )`,
      [week.key],
    )
    await client.query('VACUUM ANALYZE rankings')
    const free = await askBoards(client, await makeAskers(client, week.key, { premium: false }), now, ['dong', 'sigungu'])
    note(...rowsOf('ranking without premium', free, `${scale}, ${moved} moved`))

    const last = periodBefore(week)
    const closing = { db, bucket: undefined as unknown as R2Bucket, now: () => now }
    const close = new Date(Math.max(last.closes_at.getTime(), now.getTime()))
    await client.query(
      `INSERT INTO ranking_periods (period_key, ranked_at, closed_at, finished_at)
       SELECT DISTINCT period_key, now(), now(), now() FROM rankings WHERE period_key NOT IN ($1, $2, $3, 'all')`,
      [week.key, last.key, periodAt('monthly', now).key],
    )
    const freeze = await timed('week closed', () => settlePeriods(closing, close, { trips: Infinity, examined: 0 }, null))
    note(single('closing a week: ranks, champions', `${freeze.result.ranked} places`, freeze.ms))

    const original = await timed('the first design', () => rebuildAsFirstDesigned(client))
    note(single('rebuilding a week from its walks, as first designed (each hour)', scale, original.ms))
    note({ what: 'hourly snapshot against that', scale, unit: '×', median: hourly.ms / original.ms, p95: null, n: 1, bar: null })

    const mixed = await whileWalksComeIn(context, askers, now)
    note(...rowsOf('ranking while walks come in', mixed.boards))
    note(rowOf(`completion while boards are read, time`, `${scale}, ${mixed.reached.toFixed(0)} a second`, mixed.completions))

    const checked = await timed('brute force', () => compareWithBruteForce(client, week.key))
    const check = await timed('nightly check', () => verifyRankings({ db }, now, 100_000, null))
    if (check.result.amiss > 0 || check.result.bins_off > 0)
      throw new Error(`the nightly check finds amiss: ${JSON.stringify(check.result)}`)
    note(single('nightly check, a sixteenth of the people', `${check.result.checked} people`, check.ms))
    console.log(`${checked.result} ranks compared with RANK() over the walks: all equal`)
    return rows
  } finally {
    await client.end()
  }
}

const single = (what: string, scale: string, ms: number): Row => ({ what, scale, unit: 'ms', median: ms, p95: null, n: 1, bar: null })

async function timed<T>(what: string, work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const startedAt = performance.now()
  const result = await work()
  const ms = performance.now() - startedAt
  console.log(`  ${what}: ${(ms / 1_000).toFixed(1)} s`)
  return { ms, result }
}

interface Asker {
  readonly user_id: string
  readonly session_id: string
}

/** Gives a session to people from everywhere on the board. */
async function makeAskers(client: pg.Client, week: string, { premium }: { premium: boolean }): Promise<Asker[]> {
  const { rows } = await client.query<Asker>(
    `WITH chosen AS (
       SELECT user_id FROM rankings WHERE period_key = $1 AND area_code = nation() ORDER BY random() LIMIT ${WARM_UP + REPETITIONS}
     ), premium AS (
       INSERT INTO premium_periods (user_id, provider, starts_at, ends_at) SELECT user_id, 'toss', now() - interval '1 day', now() + interval '1 day' FROM chosen WHERE $2
     )
     INSERT INTO sessions (id, user_id, counter, token_hash, created_at, rotated_at, expires_at)
     SELECT gen_random_uuid(), user_id, 1, '', now(), now(), now() + interval '1 day' FROM chosen
     RETURNING user_id, id AS session_id`,
    [week, premium],
  )
  return rows
}

/** The time until the answer is there, and the CPU that the backend takes of it. The rest is waiting for a core. */
async function askBoards(
  client: pg.Client,
  askers: readonly Asker[],
  now: Date,
  scopes: readonly (typeof SCOPES)[number][] = SCOPES,
): Promise<{ name: string; ms: number[]; cpu_ms: number[] }[]> {
  const kinds = scopes.flatMap((scope) =>
    PAGES.map(([page, position]) => ({ scope, position, name: `${page}, ${scope}`, ms: [] as number[], cpu_ms: [] as number[] })),
  )
  const db = directDb(client)
  const cpuMs = await cpuMeterOf(client)
  const week = periodAt('weekly', now)
  for (const [k, asker] of askers.entries()) {
    for (const { scope, position, ms, cpu_ms } of kinds) {
      const question = { period_key: week.key, period_key_before: periodBefore(week).key, is_weekly: true, scope, region_code: null }
      const before_ms = cpuMs()
      const startedAt = performance.now()
      await findBoard(db, asker, question, position, now)
      const took_ms = performance.now() - startedAt
      const spent_ms = cpuMs() - before_ms
      if (k < WARM_UP) continue
      ms.push(took_ms)
      cpu_ms.push(spent_ms)
    }
  }
  return kinds
}

/** Completes walks of a hundred people through the Worker at a steady rate, while the boards are asked. */
async function whileWalksComeIn(context: BenchContext, askers: readonly Asker[], now: Date) {
  const count = COMPLETIONS_A_SECOND * SECONDS
  const walkers = await Promise.all(Array.from({ length: WALKERS }, () => signUp(context)))
  const place = createCalendar()
  const bodies: { person: Person; body: object }[] = []
  for (let i = 0; i < count; i++) {
    const person = walkers[i % WALKERS]!
    const { id, started_at, body } = await prepare(
      person,
      place(person, walkOf(POINTS, 7_000_000 + (i % 40), { length_m: 1.6 * POINTS + 7 * i })),
    )
    bodies.push({ person, body: { walks: [{ id, pet_id: person.pet_id, started_at, ...JSON.parse(body) }] } })
  }
  const asking = new pg.Client(context.databaseUrl)
  await asking.connect()
  await asking.query(`UPDATE users SET region_code = (SELECT code FROM bench_dongs ORDER BY n LIMIT 1) WHERE id = ANY ($1)`, [
    walkers.map(({ user_id }) => user_id),
  ])
  const completions: number[] = []
  const startedAt = performance.now()
  let next = 0
  const phone = async () => {
    for (let i = next++; i < count; i = next++) {
      await sleep(Math.max(0, startedAt + (i * 1_000) / COMPLETIONS_A_SECOND - performance.now()))
      const sentAt = performance.now()
      await post(context.worker, '/walks/sync', bodies[i]!.body, bodies[i]!.person.token)
      completions.push(performance.now() - sentAt)
    }
  }
  // A machine that is too slow for the rate falls behind, and the run goes on.
  const coming = Promise.all(Array.from({ length: AT_ONCE }, phone))
  const boards = await askBoards(asking, askers, now)
  await coming
  const reached = count / ((performance.now() - startedAt) / 1_000)
  await asking.end()
  return { boards, completions, reached }
}

/** Does what the first design did every hour: deletes the week and ranks the sums of all its walks, district by district. */
async function rebuildAsFirstDesigned(client: pg.Client): Promise<void> {
  await client.query(
    'CREATE TABLE bench_first_rankings (user_id uuid, district text, period_start date, distance_m bigint, walk_count int, rank int)',
  )
  await client.query('CREATE INDEX ON bench_first_rankings (district, rank)')
  await client.query('BEGIN')
  await client.query('DELETE FROM bench_first_rankings WHERE period_start = $1', [seoulMonday(new Date())])
  await client.query(
    `INSERT INTO bench_first_rankings
     SELECT walks.user_id, regions.sigungu, $1::date, sum(walks.distance_m), count(*), RANK() OVER (PARTITION BY regions.sigungu ORDER BY sum(walks.distance_m) DESC)
     FROM walks
     JOIN users ON users.id = walks.user_id
     JOIN regions ON regions.code = users.region_code
     WHERE walks.is_valid AND walks.started_at >= $1::date::timestamp AT TIME ZONE 'Asia/Seoul'
     GROUP BY walks.user_id, regions.sigungu`,
    [seoulMonday(new Date())],
  )
  await client.query('COMMIT')
}

/** Compares ranks of some people in every scope with RANK() over the sums of the week's walks. Throws when one differs. */
async function compareWithBruteForce(client: pg.Client, week: string): Promise<number> {
  const { rows } = await client.query<{ differ: string; compared: string }>(
    `WITH sums AS MATERIALIZED (
       SELECT walks.user_id, walks.region_code AS dong, regions.parent_code AS sigungu, sum(walks.distance_m) AS distance_m, count(*) AS walk_count
       FROM walks
       JOIN regions ON regions.code = walks.region_code
       WHERE walks.is_valid AND walks.is_ranked AND walks.deleted_at IS NULL AND to_char(seoul_day(walks.started_at), 'IYYY-"W"IW') = $1
       GROUP BY 1, 2, 3
     ), ranked AS (
       SELECT user_id, dong AS area, RANK() OVER (PARTITION BY dong ORDER BY distance_m DESC, walk_count DESC) AS rank FROM sums
       UNION ALL
       SELECT user_id, sigungu, RANK() OVER (PARTITION BY sigungu ORDER BY distance_m DESC, walk_count DESC) FROM sums
       UNION ALL
       SELECT user_id, nation(), RANK() OVER (ORDER BY distance_m DESC, walk_count DESC) FROM sums
     ), sample AS (
       SELECT user_id FROM sums ORDER BY random() LIMIT ${SAMPLE}
     )
     SELECT count(*) FILTER (WHERE ranked.rank IS DISTINCT FROM live_rank(ranked.user_id, $1, ranked.area)) AS differ, count(*) AS compared
     FROM ranked
     WHERE ranked.user_id IN (SELECT user_id FROM sample)`,
    [week],
  )
  const { differ, compared } = rows[0]!
  if (Number(differ) > 0) throw new Error(`${differ} of ${compared} ranks are not what RANK() over the walks says`)
  return Number(compared)
}
