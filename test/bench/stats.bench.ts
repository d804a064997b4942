import pg from 'pg'
import type { Actor } from '../../src/core/actor.ts'
import { addDays } from '../../src/core/periods.ts'
import { seoulDate } from '../../src/core/time.ts'
import { listFeedWalks } from '../../src/modules/stats/calendar-feed/queries.ts'
import { writeCalendar } from '../../src/modules/stats/calendar-feed/icalendar.ts'
import { findCalendar, findStats, findWeek } from '../../src/modules/stats/queries.ts'
import { makeStats, planStats, thresholdsOf } from '../../src/modules/stats/rules.ts'
import { statsRangeSchema } from '../../src/modules/stats/schema.ts'
import { findLastWay, listSimilarWalks } from '../../src/modules/stats/ways/queries.ts'
import type { WalkFigures } from '../../src/modules/walks/analytics/queries.ts'
import { analyse } from '../../src/modules/walks/analytics/service.ts'
import { packTrack, unpackTrack } from '../../src/modules/walks/recording/raw-track.ts'
import { measureRecording } from '../../src/modules/walks/recording/thinning.ts'
import { makeWalk } from '../../dev/tracks.ts'
import { cpuMeterOf, directDb } from './backend-cpu.ts'
import { type BenchContext, type Row, rowOf, times } from './bench.ts'

/** Two walks a day for four years. */
const WALKS = 3_000
/** Others, who make the tables as large as they will be. */
const OTHERS = 300
const RUNS = 60
const WARM_UP = 10
const BAR_MS = 8
const CPU_BAR_MS = 5
const POINTS = 50_000

/** Statistics, the calendar and the week of somebody with 3,000 walks, their calendar feed, and the analytics of a walk of 50,000 points. */
export async function benchStats({ databaseUrl, scale }: BenchContext): Promise<Row[]> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    const walks = times(WALKS, scale)
    const { actor, pet, walk_id } = await giveWalks(client, walks, times(OTHERS, scale))
    await client.query('VACUUM ANALYZE')
    const db = directDb(client)
    const of = `${walks.toLocaleString('en')} walks`
    const now = new Date()
    const today = seoulDate(now)
    const rows: Row[] = []
    for (const range of statsRangeSchema.options) {
      for (const pet_id of [null, pet]) {
        const ask = () => {
          const plan = planStats(range, today, today)
          return findStats(db, actor, { pet_id, ...plan.period, thresholds: thresholdsOf(plan) }, now)
        }
        rows.push(...(await time(client, `stats, ${range}${pet_id ? ', of a pet' : ''}`, of, ask)))
        const answer = await ask()
        if (!answer?.has_pet) throw new Error('the statistics found nobody')
        rows.push(
          cpuOf(`stats, ${range}${pet_id ? ', of a pet' : ''}: Worker`, of, () => makeStats(range, planStats(range, today, today), answer)),
        )
      }
    }
    rows.push(...(await time(client, 'calendar of a month', of, () => findCalendar(db, actor, `${today.slice(0, 7)}-01`))))
    rows.push(...(await time(client, 'week', of, () => findWeek(db, actor, now))))
    rows.push(...(await time(client, 'last way near a place', of, () => findLastWay(db, actor, { lat: 37.5, lng: 127 }))))
    rows.push(...(await time(client, 'similar walks', of, () => listSimilarWalks(db, actor, walk_id, 10))))
    const feed = () => listFeedWalks(db, 'bench', 1_000, now)
    rows.push(...(await time(client, 'calendar feed', of, feed)))
    const listed = await feed()
    rows.push(cpuOf('calendar feed: Worker', of, () => writeCalendar(listed!.walks)))
    rows.push(analytics(scale))
    return rows
  } finally {
    await client.end()
  }
}

async function giveWalks(client: pg.Client, walks: number, others: number): Promise<{ actor: Actor; pet: string; walk_id: string }> {
  const actor = { user_id: crypto.randomUUID(), session_id: crypto.randomUUID() }
  const pet = crypto.randomUUID()
  await client.query('BEGIN')
  await client.query('SET LOCAL session_replication_role = replica')
  await client.query(
    `CREATE TABLE stats_walkers AS SELECT $1::uuid AS user_id, $2::uuid AS pet_id, $3::int AS walks
     UNION ALL SELECT gen_random_uuid(), gen_random_uuid(), $3 / 4 FROM generate_series(1, $4::int)`,
    [actor.user_id, pet, walks, others],
  )
  await client.query(
    `INSERT INTO users (id, nickname, created_at) SELECT user_id, 's' || left(replace(user_id::text, '-', ''), 11), now() FROM stats_walkers`,
  )
  await client.query(
    `INSERT INTO sessions (id, user_id, counter, token_hash, created_at, rotated_at, expires_at) VALUES ($1, $2, 1, '', now(), now(), now() + interval '1 day')`,
    [actor.session_id, actor.user_id],
  )
  await client.query(
    `INSERT INTO pets (id, user_id, name, species, request_hash, created_at) SELECT pet_id, user_id, '초코', 'dog', '', now() FROM stats_walkers`,
  )
  await client.query(
    `INSERT INTO calendar_feeds (id, user_id, token_hash, request_hash, created_at) VALUES (gen_random_uuid(), $1, 'bench', '', now())`,
    [actor.user_id],
  )
  await client.query(
    `INSERT INTO walks (id, user_id, status, started_at, ended_at, completed_at, request_hash, created_at, is_valid, distance_m, duration_sec, calories, avg_speed_kmh, route_polyline)
     SELECT gen_random_uuid(), user_id, 'completed', at, at + interval '20 minutes', at + interval '21 minutes', '', at, true, 1000 + n * 37 % 900, 1200, 40, 4, 'wkbdFwzcfWgA}@'
     FROM stats_walkers, generate_series(1, walks) AS n, LATERAL (SELECT now() - n * interval '12 hours' AS at) AS began`,
  )
  await client.query(`
    INSERT INTO walk_pets (walk_id, pet_id, position) SELECT walks.id, stats_walkers.pet_id, 1 FROM walks JOIN stats_walkers USING (user_id)`)
  await client.query(`
    INSERT INTO walk_starts (walk_id, user_id, started_at, location, is_place)
    SELECT id, user_id, started_at, ST_MakePoint(127.1, 37.6)::geography, false FROM walks JOIN stats_walkers USING (user_id)`)
  await client.query(`
    INSERT INTO walk_traces (walk_id, cells, trace, richness, distance_m)
    SELECT walks.id, ARRAY(SELECT cell FROM generate_series(1, 40) AS cell), '', 1, walks.distance_m FROM walks JOIN stats_walkers USING (user_id)`)
  await client.query(`
    INSERT INTO user_days (user_id, day, walk_count, distance_m, duration_sec, calories)
    SELECT user_id, seoul_day(started_at), count(*), sum(distance_m), sum(duration_sec), sum(calories) FROM walks JOIN stats_walkers USING (user_id) GROUP BY 1, 2`)
  await client.query(`
    INSERT INTO pet_days (pet_id, day, walk_count, distance_m, duration_sec, calories)
    SELECT pet_id, seoul_day(started_at), count(*), sum(distance_m), sum(duration_sec), sum(calories) FROM walks JOIN stats_walkers USING (user_id) GROUP BY 1, 2`)
  await client.query(`INSERT INTO streak_runs (user_id, first_day, last_day, days) VALUES ($1, $2, $3, $4)`, [
    actor.user_id,
    addDays(seoulDate(new Date()), -Math.floor(walks / 2)),
    seoulDate(new Date()),
    Math.floor(walks / 2),
  ])
  await client.query('COMMIT')
  const { rows } = await client.query<{ id: string }>('SELECT id FROM walks WHERE user_id = $1 ORDER BY started_at DESC LIMIT 1', [
    actor.user_id,
  ])
  return { actor, pet, walk_id: rows[0]!.id }
}

async function time(client: pg.Client, what: string, of: string, ask: () => Promise<unknown>): Promise<Row[]> {
  const cpuMs = await cpuMeterOf(client)
  const [ms, cpu_ms]: [number[], number[]] = [[], []]
  for (let k = 0; k < WARM_UP + RUNS; k++) {
    const before = cpuMs()
    const startedAt = performance.now()
    if ((await ask()) === null) throw new Error(`${what}: nobody was found`)
    const took = performance.now() - startedAt
    const spent = cpuMs() - before
    if (k < WARM_UP) continue
    ms.push(took)
    cpu_ms.push(spent)
  }
  return [rowOf(`${what}: Postgres`, of, ms, { bar: BAR_MS }), rowOf(`${what}: Postgres CPU`, of, cpu_ms, { bar: BAR_MS })]
}

/** CPU time, because a Worker is billed by it. */
function cpuOf(what: string, of: string, work: () => unknown): Row {
  const ms: number[] = []
  for (let k = 0; k < WARM_UP + RUNS; k++) {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    if (k >= WARM_UP) ms.push((user + system) / 1_000)
  }
  return rowOf(what, of, ms, { bar: CPU_BAR_MS })
}

/** What a Worker does for `GET /walks/{id}/analytics` beside its two calls. */
function analytics(scale: number): Row {
  const count = times(POINTS, scale)
  const short = makeWalk(7, { is_hard: false, length_m: 12_000 }).track
  const each = Math.max(1, Math.ceil(count / short.time_ms.length))
  const repeat = (values: Float64Array) =>
    Float64Array.from({ length: count }, (_, i) => {
      const at = Math.floor(i / each)
      const [a, b] = [values[at]!, values[Math.min(at + 1, values.length - 1)]!]
      return a + ((b - a) * (i % each)) / each
    })
  const track = {
    ...short,
    lat: repeat(short.lat),
    lng: repeat(short.lng),
    time_ms: repeat(short.time_ms),
    altitude_m: repeat(short.altitude_m!),
    accuracy_m: null,
    is_mock: null,
  }
  const content = packTrack(track)
  const now_ms = Math.max(...short.time_ms) + 60_000
  const measured = measureRecording(track, { now_ms })
  const figures: WalkFigures = {
    ...measured,
    started_at: new Date(measured.started_at_ms!).toISOString(),
    ended_at: new Date(measured.ended_at_ms!).toISOString(),
    measured_at: new Date(now_ms).toISOString(),
    track_key: null,
    spooled: null,
    way: measured.line,
  }
  return cpuOf('analytics: Worker', `${count.toLocaleString('en')} points`, () => analyse(figures, unpackTrack(content)))
}
