import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { startWorker } from '../../dev/bundle.ts'
import { serve } from '../../dev/server.ts'
import { DAY_MS, fromSeoulDate, HOUR_MS, seoulDate } from '../../src/core/time.ts'
import { tellWeather } from '../../src/modules/weather/service.ts'
import { type BenchContext, type Row, rowOf, times } from './bench.ts'
import { type Cost, measureRequest, measureTogether, signUp } from './client.ts'
import { floorPath } from './floor.ts'
import { SimulatedDay } from './simulated-day.ts'

/** As many as the job reads. */
const CELLS = 200
/** What data.go.kr grants an account a day: of KMA, and of each operation of AirKorea. */
const KMA_CALLS_BAR = 10_000
const AIR_CALLS_BAR = 49
/** Cells that somebody also asks for, ten minutes before each full hour. */
const ASKED = 20
const PLACE = '/weather?lat=37.5172&lng=127.0473'
const WARM_UP = 30
const READ_BEHIND_MS = 3_000
const ALONE = 60
const GROUPS = 6
const GROUP = 10
const WORKER_BAR_MS = 5
const STALE_BAR_MS = 300
const WAIT_BAR_MS = 2_600

/** What a day of weather costs its sources, and what a request for it costs us, also where a source is slow. */
export async function benchWeather(context: BenchContext): Promise<Row[]> {
  const client = new pg.Client(context.databaseUrl)
  await client.connect()
  try {
    const calls = await countCalls(context, client)
    await forget(context, client)
    return [...calls, ...(await measureRequests(context)), ...(await measureSlowness(context, client))]
  } finally {
    await control(context, 'POST', '/reset')
    await client.end()
  }
}

async function control({ cloud }: BenchContext, method: string, path: string, body?: object): Promise<unknown> {
  const init = body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(`${cloud.simulatorsUrl}/_sim${path}`, { method, ...init })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return response.status === 204 ? null : response.json()
}

async function forget(context: BenchContext, client: pg.Client): Promise<void> {
  await control(context, 'POST', '/reset')
  await client.query('TRUNCATE weather_cells, weather_hours, weather_sources, air_stations')
  await emptyRedis(context)
}

async function emptyRedis({ cloud }: BenchContext): Promise<void> {
  const flush = await fetch(`${cloud.redisUrl}/`, { method: 'POST', body: JSON.stringify(['FLUSHDB']) })
  if (!flush.ok) throw new Error(`Redis was not emptied: ${await flush.text()}`)
}

/** Plays a day from midnight on, with cells that were wanted the evening before. */
async function countCalls(context: BenchContext, client: pg.Client): Promise<Row[]> {
  const rows: Row[] = []
  for (const isAsked of [false, true]) {
    await forget(context, client)
    const midnight = fromSeoulDate(seoulDate(new Date(Date.now() + (isAsked ? 4 : 2) * DAY_MS)))
    const day = new SimulatedDay(midnight, { ...context.cloud })
    const cells = isAsked ? ASKED : CELLS
    // Whole cells of the land: those of the sigungu, and what lies around Seoul.
    await client.query(
      `INSERT INTO weather_cells (nx, ny, wanted_at, next_read_at)
       SELECT nx, ny, $1::timestamptz - interval '30 minutes', $1::timestamptz + interval '12 minutes'
       FROM (
         SELECT DISTINCT kma_nx AS nx, kma_ny AS ny, 0 AS around FROM regions WHERE level = 'sigungu'
         UNION SELECT x, y, 1 FROM generate_series(52, 70) AS x, generate_series(112, 130) AS y
       ) AS cells
       ORDER BY around, nx, ny LIMIT $2 ON CONFLICT DO NOTHING`,
      [midnight.toISOString(), cells],
    )
    const actor = await addPerson(client)
    const { rows: asked } = await client.query<{ lat: number; lng: number }>(
      `SELECT DISTINCT ON (kma_nx, kma_ny) ST_Y(center::geometry) AS lat, ST_X(center::geometry) AS lng
       FROM regions JOIN weather_cells ON nx = kma_nx AND ny = kma_ny
       WHERE level = 'sigungu' ORDER BY kma_nx, kma_ny, code LIMIT $1`,
      [ASKED],
    )
    for (let hour = 0; hour < 24; hour++) {
      await day.passUntil(new Date(midnight.getTime() + hour * HOUR_MS + 50 * 60_000))
      if (isAsked && hour >= 5) for (const place of asked) await tellWeather(day.deps, actor, place)
      if (hour === 23) await day.passUntil(new Date(midnight.getTime() + DAY_MS - 60_000))
    }
    await control(context, 'POST', '/clock', { now: day.now.toISOString() })
    const { calls } = (await control(context, 'GET', '/public-data/calls')) as { calls: Record<string, number> }
    const scale = isAsked ? `a day, ${ASKED} cells wanted, and asked for each hour at :50` : `a day, ${CELLS} cells wanted`
    const { rows: stored } = await client.query<{ count: number; sum: number }>(
      'SELECT count(*)::int AS count, 0 AS sum FROM weather_hours',
    )
    if (!stored[0] || stored[0].count < cells * 18) throw new Error(`only ${stored[0]?.count} observations were kept`)
    rows.push(...callRows(calls, scale))
    const most = Math.max(...day.tripsOfTasks)
    rows.push({
      what: 'most trips of one message of tasks',
      scale,
      unit: 'trips',
      median: most,
      p95: null,
      n: day.tripsOfTasks.length,
      bar: null,
    })
  }
  return rows
}

function callRows(calls: Record<string, number>, scale: string): Row[] {
  const row = (what: string, median: number, bar: number | null): Row => ({ what, scale, unit: 'calls', median, p95: null, n: 1, bar })
  const isOfAir = (operation: string) => /Msrstn|Ctprvn/.test(operation)
  const isOfCells = (operation: string) => /(Ncst|Fcst)$/.test(operation)
  const sum = (names: string[]) => names.reduce((total, name) => total + (calls[name] ?? 0), 0)
  const names = Object.keys(calls).toSorted()
  return [
    ...names.map((name) => row(name, calls[name] ?? 0, null)),
    row('KMA, cells in all', sum(names.filter(isOfCells)), KMA_CALLS_BAR),
    row('AirKorea in all', sum(names.filter(isOfAir)), AIR_CALLS_BAR),
  ]
}

async function addPerson(client: pg.Client): Promise<{ user_id: string; session_id: string }> {
  const [user_id, session_id] = [crypto.randomUUID(), crypto.randomUUID()]
  await client.query(`INSERT INTO users (id, nickname, created_at) VALUES ($1, $2, now())`, [user_id, `w${user_id.slice(0, 8)}`])
  await client.query(
    `INSERT INTO sessions (id, user_id, counter, token_hash, created_at, rotated_at, expires_at)
     VALUES ($1, $2, 1, '', now(), now(), now() + interval '90 days')`,
    [session_id, user_id],
  )
  return { user_id, session_id }
}

/** A warm request, by a Worker whose calls to Redis are counted. */
async function measureRequests(context: BenchContext): Promise<Row[]> {
  let reads = 0
  const redis = await serve({
    port: 0,
    async handle(request, body) {
      reads++
      const { pathname } = new URL(request.url)
      const headers = Object.fromEntries([...request.headers].filter(([name]) => /^(content-type|upstash-.*)$/i.test(name)))
      const answer = await fetch(`${context.cloud.redisUrl}${pathname}`, { method: request.method, headers, body })
      return new Response(await answer.arrayBuffer(), { status: answer.status, headers: { 'Content-Type': 'application/json' } })
    },
  })
  const worker = await startWorker(context.bundle, {
    NEON_ENDPOINT: context.meter.endpoint,
    UPSTASH_REDIS_REST_URL: redis.url,
    VENDOR_GATEWAY: context.cloud.simulatorsUrl,
  })
  const own = { ...context, worker }
  try {
    const people = await Promise.all(Array.from({ length: GROUP }, () => signUp(own)))
    const request = (i: number) => ({ path: PLACE, token: people[i % GROUP]!.token })
    const alone: Cost[] = []
    const redisReads: number[] = []
    // The first of them read from the sources, and write what they have read behind their answers.
    for (let i = 0; i < WARM_UP; i++) await measureTogether(worker, 1, () => request(i))
    await sleep(READ_BEHIND_MS)
    for (let i = 0; i < times(ALONE, context.scale); i++) {
      reads = 0
      alone.push(await measureRequest(own, request(i), { limits: 2, put: 0 }))
      redisReads.push(reads)
    }
    const { text, trips } = alone.at(-1)!
    const io = { limits: 2, put: 0, sent: trips[0]?.sent_bytes ?? 0, received: trips[0]?.received_bytes ?? 0, answer: text.length }
    const together: number[] = []
    for (let group = 0; group < times(GROUPS, context.scale); group++) {
      const all = await measureTogether(worker, GROUP, request)
      together.push(all - (await measureTogether(context.floor, GROUP, (i) => ({ ...request(i), path: floorPath(io) }))))
    }
    const warm = 'warm'
    const bytes = [trips[0]?.received_bytes ?? 0]
    return [
      rowOf('GET /weather, less the same I/O: Worker CPU', `${GROUP} at once`, together, { bar: WORKER_BAR_MS }),
      rowOf(
        'GET /weather, less the same I/O: Worker CPU',
        warm,
        alone.map((it) => it.cpu_ms - it.floor_ms),
        { bar: WORKER_BAR_MS },
      ),
      rowOf(
        'GET /weather, time',
        warm,
        alone.map((it) => it.wall_ms),
      ),
      rowOf(
        'GET /weather, statement',
        warm,
        alone.flatMap((it) => it.trips.map(({ ms }) => ms)),
      ),
      rowOf(
        'GET /weather, trips to Postgres',
        warm,
        alone.map((it) => it.trips.length),
        { unit: 'trips', bar: 1 },
      ),
      rowOf('GET /weather, calls to Redis', warm, redisReads, { unit: 'calls', bar: 1 }),
      rowOf('GET /weather, from Postgres', warm, bytes, { unit: 'bytes' }),
      rowOf('GET /weather, the answer', warm, [text.length], { unit: 'bytes' }),
    ]
  } finally {
    await worker.stop()
    await redis.stop()
  }
}

/** Both sources answer after ten seconds. */
async function measureSlowness(context: BenchContext, client: pg.Client): Promise<Row[]> {
  const { token } = await signUp(context)
  const get = async (path: string) => {
    const startedMs = performance.now()
    const response = await fetch(`${context.worker.url}${path}`, { headers: { Authorization: `Bearer ${token}` } })
    return { ms: performance.now() - startedMs, status: response.status, json: (await response.json()) as { stale?: boolean } }
  }
  const repeats = Math.min(10, times(8, context.scale))
  const places = Array.from({ length: repeats }, (_, k) => `/weather?lat=${36 + k / 10}&lng=127.5`)
  for (const place of places) {
    const { status } = await get(place)
    if (status !== 200) throw new Error(`${place} answered ${status}`)
  }
  await new Promise((resolve) => setTimeout(resolve, 500))
  const old = JSON.stringify({
    base: new Date(Date.now() - 3 * HOUR_MS).toISOString(),
    fresh_until: new Date(Date.now() - HOUR_MS).toISOString(),
  })
  await client.query(
    `UPDATE weather_cells
     SET latest = latest || jsonb_build_object('fresh_until', $1::jsonb -> 'fresh_until', 'observation', latest -> 'observation' || $1, 'hours', latest -> 'hours' || $1)
     WHERE latest IS NOT NULL`,
    [old],
  )
  await emptyRedis(context)
  await control(context, 'POST', '/public-data', { latency_ms: 10_000 })
  const [stale, none]: [number[], number[]] = [[], []]
  for (const place of places) {
    // The breaker would spare the later ones the waiting.
    await client.query(`DELETE FROM weather_sources WHERE source = 'kma'`)
    const old = await get(place)
    if (old.status !== 200 || !old.json.stale) throw new Error(`${place} answered ${old.status} with stale ${old.json.stale}`)
    stale.push(old.ms)
  }
  for (let k = 0; k < repeats; k++) {
    await client.query(`DELETE FROM weather_sources WHERE source = 'kma'`)
    const { ms, status } = await get(`/weather?lat=${35 + k / 20}&lng=128.5`)
    if (status !== 503) throw new Error(`a place of which nothing is known answered ${status}`)
    none.push(ms)
  }
  const scale = 'sources that take 10 s'
  return [
    rowOf('GET /weather with an older copy, time', scale, stale, { bar: STALE_BAR_MS }),
    rowOf('GET /weather without a copy, time to 503', scale, none, { bar: WAIT_BAR_MS }),
  ]
}
