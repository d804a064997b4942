import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { toKmaCell } from '../../src/core/kma-grid.ts'
import { getHome } from '../../src/modules/home/service.ts'
import { askedOf } from '../../src/modules/weather/known.ts'
import { cpuMeterOf, directDb } from './backend-cpu.ts'
import { type BenchContext, type Row, rowOf, times } from './bench.ts'
import { type Cost, measureRequest, measureTogether, type Person, signUp } from './client.ts'
import { floorPath } from './floor.ts'
import { giveHistory } from './history.ts'
import { givePlaces } from './places.bench.ts'

const WALKS = 3_000
const PLACES = 100_000
const NEIGHBOURS = 400
const UNREAD = 60
const HERE = { lat: 37.5172, lng: 127.0473 }
const REPEATS = 60
const WARM_UP = 12
const ALONE = 40
const GROUPS = 6
const GROUP = 10
const POSTGRES_BAR_MS = 8
const WORKER_BAR_MS = 5

/** `GET /home` of somebody with 3,000 walks and something in every section: each section alone in Postgres, the statement as a whole, and the request. */
export async function benchHome(context: BenchContext): Promise<Row[]> {
  const client = new pg.Client(context.databaseUrl)
  await client.connect()
  try {
    const person = await signUp(context)
    const walks = times(WALKS, context.scale)
    await giveHistory(context.databaseUrl, person, { count: walks, sizes: [600, 3_600], east_m: 0 })
    await giveLife(client, person)
    await givePlaces(client, times(PLACES, context.scale))
    // Whoever asks first has the weather read.
    await measureTogether(context.worker, 1, () => ({ path: `/weather?lat=${HERE.lat}&lng=${HERE.lng}`, token: person.token }))
    await sleep(2_000)
    await client.query('VACUUM ANALYZE')
    const of = `${walks.toLocaleString('en')} walks`
    return [...(await measureStatement(client, context, person, of)), ...(await measureRequests(context, person, of))]
  } finally {
    await client.end()
  }
}

/** Walks of this month, neighbours on the board, what is unread and what waits for an answer. */
async function giveLife(client: pg.Client, { user_id, pet_id }: Person): Promise<void> {
  await client.query(`
    INSERT INTO regions (code, level, parent_code, sido, sigungu, dong, center)
    VALUES ('1168077700', 'dong', '1168000000', '서울특별시', '강남구', '시험동', ST_MakePoint(${HERE.lng}, ${HERE.lat})::geography) ON CONFLICT DO NOTHING`)
  await client.query(`UPDATE users SET region_code = '1168077700' WHERE id = $1`, [user_id])
  await client.query(
    `WITH walked AS (
       INSERT INTO walks (id, user_id, status, started_at, ended_at, completed_at, created_at, request_hash, is_valid, distance_m, duration_sec, calories, region_code,
                          route_polyline, answer)
       SELECT gen_random_uuid(), $1, 'completed', at, at + interval '30 minutes', at, at, '', true, 1500, 1800, 80, '1168077700', earlier.route_polyline, '{}'
       FROM generate_series(1, 20) AS n
       CROSS JOIN LATERAL (SELECT now() - n * interval '13 hours' AS at) AS began
       CROSS JOIN (SELECT route_polyline FROM walks WHERE user_id = $1 ORDER BY length(route_polyline) DESC LIMIT 1) AS earlier
       RETURNING id
     )
     INSERT INTO walk_pets (walk_id, pet_id, position) SELECT id, $2, 1 FROM walked`,
    [user_id, pet_id],
  )
  await client.query("SELECT fold_walk(id) FROM walks WHERE user_id = $1 AND started_at > now() - interval '20 days' ORDER BY started_at", [
    user_id,
  ])
  await client.query(
    `CREATE TABLE home_neighbours AS
     WITH made AS (
       INSERT INTO users (id, nickname, region_code, created_at)
       SELECT gen_random_uuid(), 'h' || i, '1168077700', now() FROM generate_series(1, ${NEIGHBOURS}) AS i RETURNING id
     ), pet AS (
       INSERT INTO pets (id, user_id, name, species, is_primary, request_hash, created_at)
       SELECT gen_random_uuid(), id, '보리', 'dog', true, '', now() FROM made
     ), walked AS (
       INSERT INTO walks (id, user_id, status, started_at, ended_at, completed_at, created_at, request_hash, is_valid, distance_m, duration_sec, calories, region_code, answer)
       SELECT gen_random_uuid(), id, 'completed', at, at + interval '1 second', at, at, '', true, 1000 + (row_number() OVER ())::int, 900, 40, '1168077700', '{}'
       FROM made, (SELECT now() - interval '1 minute' AS at) AS began
       RETURNING id, user_id
     )
     SELECT id AS walk_id, user_id, (row_number() OVER ())::int AS n FROM walked`,
  )
  await client.query('SELECT fold_walk(walk_id) FROM home_neighbours')
  await client.query(
    `INSERT INTO notifications (user_id, type, topic, facts, sender_id, created_at, push_at, sweep_at)
     SELECT $1, 'follow', user_id::text, '{}', user_id, now(), now(), now() FROM home_neighbours WHERE n <= ${UNREAD}`,
    [user_id],
  )
  await client.query(`INSERT INTO follows (follower_id, followee_id, created_at) SELECT $1, user_id, now() FROM home_neighbours`, [user_id])
  await client.query(
    `INSERT INTO blocks (blocker_id, blocked_id, created_at) SELECT $1, user_id, now() FROM home_neighbours WHERE n > ${NEIGHBOURS} - 20`,
    [user_id],
  )
  await client.query(
    `WITH made AS (
       INSERT INTO invitations (id, request_hash, inviter_id, scheduled_at, expires_at, ends_at, created_at)
       SELECT gen_random_uuid(), '', user_id, now() + interval '5 hours', now() + interval '4 hours', now() + interval '9 hours', now()
       FROM home_neighbours WHERE n <= 10
       RETURNING id
     )
     INSERT INTO invitees (invitation_id, user_id, created_at) SELECT id, $1, now() FROM made`,
    [user_id],
  )
  await client.query(
    `WITH made AS (
       INSERT INTO meetups (id, request_hash, host_id, created_at, title, category, location_name, location, starts_on, starts_time, capacity, approval, renewed_at)
       SELECT gen_random_uuid(), '', $1, now(), '아침 산책', 'all', '서울숲', ST_MakePoint(${HERE.lng}, ${HERE.lat})::geography, current_date, '07:00', 15, 'manual', now()
       FROM generate_series(1, 5)
       RETURNING id, title, location, location_name
     ), dated AS (
       INSERT INTO meetup_occurrences (id, meetup_id, slot_at, starts_at, ends_at, location_name, location, category, capacity)
       SELECT gen_random_uuid(), id, at, at, at + interval '2 hours', location_name, location, 'all', 15
       FROM made, generate_series(1, 4) AS week, LATERAL (SELECT now() + week * interval '7 days' AS at) AS begins
       RETURNING id
     )
     INSERT INTO meetup_participants (occurrence_id, user_id, status, joined_at)
     SELECT dated.id, home_neighbours.user_id, 'requested', now() FROM dated, home_neighbours WHERE n <= 3`,
    [user_id],
  )
}

const POINT = `ST_SetSRID(ST_MakePoint(${HERE.lng}, ${HERE.lat}), 4326)::geography`
const asked = (where: Parameters<typeof askedOf>[0]) => `'${JSON.stringify(askedOf(where, new Date()))}'::jsonb`
const SECTIONS: readonly (readonly [name: string, call: string])[] = [
  ['unread', 'unread_counts($1, now())'],
  ['primary pet', '(SELECT pet_card(pets.id, now()) FROM pets WHERE pets.user_id = $1 AND pets.is_primary)'],
  ['weather around a point', `known_weather($1, NULL, ${POINT}, ${asked({ at: HERE, cell: toKmaCell(HERE)! })}, now())`],
  ['weather of a region', `known_weather($1, '1168077700', NULL, ${asked('own')}, now())`],
  ['week', 'week_json($1, now())'],
  ['streak', 'streak_json($1, now())'],
  ['badges in progress', 'badges_in_progress($1, now(), 5)'],
  ['ranking', `home_board($1, to_char(now() AT TIME ZONE 'Asia/Seoul', 'IYYY-"W"IW'), NULL, 3, now())`],
  ['recent walks', 'latest_walks_json($1, 3)'],
  ['invitations', 'count_open_invitations($1, now())'],
  ['requests to meetups', 'count_requests($1, now())'],
  ['nearby', `nearest_places($1, ${POINT}, 1000, 3000, 5)`],
  ['courses', 'courses_near_region($1, 3, now())'],
  ['last way', `last_way_json($1, ${POINT}, 50)`],
  ['premium', 'is_premium($1, now())'],
  ['active walk', "active_walk_json($1, now() - interval '12 hours')"],
]

async function measureStatement(client: pg.Client, context: BenchContext, { user_id, token }: Person, of: string): Promise<Row[]> {
  const rows: Row[] = []
  await client.query('SET plan_cache_mode = force_generic_plan')
  for (const [name, call] of SECTIONS) {
    const run = () => client.query({ name, text: `SELECT ${call} AS it`, values: [user_id] })
    rows.push(...(await measure(client, `home, ${name}`, of, null, run)))
  }
  await client.query('RESET plan_cache_mode')
  const actor = { user_id, session_id: JSON.parse(atob(token.split('.')[1]!)).sid as string }
  for (const [how, where] of [
    ['around a point', HERE],
    ['without a point', {}],
  ] as const) {
    const background: Promise<unknown>[] = []
    const deps = {
      db: directDb(client),
      cache: { get: async () => null },
      now: () => new Date(),
      waitUntil: (work: Promise<unknown>) => void background.push(work),
    } as unknown as Parameters<typeof getHome>[0]
    rows.push(
      ...(await measure(client, `home, the whole statement ${how}`, of, POSTGRES_BAR_MS, async () => {
        const { failed, weather, ranking, badges_in_progress } = await getHome(deps, actor, where)
        if (failed.length > 0 || !weather || !ranking || !badges_in_progress?.length)
          throw new Error(`not every section stands: ${failed.join()}`)
      })),
    )
    await Promise.allSettled(background)
  }
  return rows
}

async function measure(client: pg.Client, what: string, of: string, bar: number | null, run: () => Promise<unknown>): Promise<Row[]> {
  const cpuMs = await cpuMeterOf(client)
  const [ms, cpu_ms]: [number[], number[]] = [[], []]
  for (let k = 0; k < REPEATS + WARM_UP; k++) {
    const before_ms = cpuMs()
    const startedAt = performance.now()
    await run()
    const took_ms = performance.now() - startedAt
    const spent_ms = cpuMs() - before_ms
    if (k < WARM_UP) continue
    ms.push(took_ms)
    cpu_ms.push(spent_ms)
  }
  return [rowOf(`${what}: Postgres`, of, ms, { bar }), rowOf(`${what}: Postgres CPU`, of, cpu_ms, { bar })]
}

/** The request as a phone sends it, less the same I/O without our code. */
async function measureRequests(context: BenchContext, { token }: Person, of: string): Promise<Row[]> {
  const rows: Row[] = []
  for (const [how, query] of [
    ['around a point', `?lat=${HERE.lat}&lng=${HERE.lng}`],
    ['without a point', ''],
  ] as const) {
    const request = { path: `/home${query}`, token }
    const alone: Cost[] = []
    for (let i = 0; i < WARM_UP; i++) await measureTogether(context.worker, 1, () => request)
    for (let i = 0; i < times(ALONE, context.scale); i++) alone.push(await measureRequest(context, request, { limits: 2, put: 0 }))
    const { text, trips } = alone.at(-1)!
    const io = { limits: 2, put: 0, sent: trips[0]?.sent_bytes ?? 0, received: trips[0]?.received_bytes ?? 0, answer: text.length }
    const together: number[] = []
    for (let group = 0; group < times(GROUPS, context.scale); group++) {
      const all = await measureTogether(context.worker, GROUP, () => request)
      together.push(all - (await measureTogether(context.floor, GROUP, () => ({ ...request, path: floorPath(io) }))))
    }
    const taken = (what: string, values: number[], more: Partial<Row> = {}) =>
      rows.push(rowOf(`GET /home ${how}, ${what}`, of, values, more))
    taken(`less the same I/O: Worker CPU, ${GROUP} at once`, together, { bar: WORKER_BAR_MS })
    taken(
      'less the same I/O: Worker CPU',
      alone.map(({ cpu_ms, floor_ms }) => cpu_ms - floor_ms),
    )
    taken(
      'statement',
      alone.flatMap((one) => one.trips.map(({ ms }) => ms)),
    )
    taken(
      'trips to Postgres',
      alone.map((one) => one.trips.length),
      { unit: 'trips', bar: 1 },
    )
    taken('answer', [text.length], { unit: 'bytes' })
  }
  return rows
}
