import { noCache } from '../support/no-cache.ts'
import pg from 'pg'
import { createCursors } from '../../src/core/cursor.ts'
import { createDb } from '../../src/db/client.ts'
import { PLACE_KINDS, type PlaceKind } from '../../src/modules/places/kinds.ts'
import { listNear, listWithin } from '../../src/modules/places/queries.ts'
import { findOwn } from '../../src/modules/places/search/queries.ts'
import { getPlace, listPlaces } from '../../src/modules/places/service.ts'
import { cpuMeterOf, directDb } from './backend-cpu.ts'
import { type BenchContext, type Row, rowOf, times } from './bench.ts'

const PLACES = 200_000
/** Half of all places lie in and around Seoul, as people do. */
const SEOUL = { lat: 37.35, lng: 126.7, height: 0.4, width: 0.6 }
/** Of the rarest kind. */
const DOG_RUNS = 50
const REPEATS = 60
const WARM_UP = 10
const PAGE = 20
const NEAR_BAR_MS = 5
const WITHIN_BAR_MS = 20
const WITHIN_COUNT = 5_000

interface Asker {
  readonly user_id: string
  readonly session_id: string
}

/** The statements that find places among 200,000 × scale, and what a completed walk pays for them. The nearest are compared with a brute force. */
export async function benchPlaces({ databaseUrl, cloud, scale }: BenchContext): Promise<Row[]> {
  const count = times(PLACES, scale)
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    const asker = await makeAsker(client)
    const before = await foldVisits(client, asker, 'only the places that count for badges')
    await givePlaces(client, count)
    const of = `${count.toLocaleString('en')} places`
    const after = await foldVisits(client, asker, of)
    await compareWithBruteForce(client, asker)
    const rows: Row[] = [...before, ...after]
    for (const [what, kinds] of [
      ['vets', ['hospital']],
      ['dog runs, of which there are 50', ['dog_run']],
      ['vets, pharmacies and parks', ['hospital', 'pharmacy', 'park']],
      ['all kinds', PLACE_KINDS],
    ] as const)
      rows.push(...(await measure(client, `nearest 20: ${what}`, of, NEAR_BAR_MS, (k) => near(client, asker, kinds, inSeoul(k)))))
    rows.push(
      ...(await measure(client, 'nearest 20: nothing within the radius', of, NEAR_BAR_MS, () =>
        near(client, asker, PLACE_KINDS, { lat: 33, lng: 124.6 }),
      )),
    )
    rows.push(
      ...(await measure(client, 'nearest 20: far from Korea', of, NEAR_BAR_MS, () =>
        near(client, asker, PLACE_KINDS, { lat: 90, lng: 0 }),
      )),
    )
    const side = await sideOf(client, WITHIN_COUNT)
    rows.push(
      ...(await measure(client, `rectangle of ${WITHIN_COUNT.toLocaleString('en')} places`, of, WITHIN_BAR_MS, () =>
        within(client, asker, side),
      )),
    )
    const small = await sideOf(client, 290)
    rows.push(...(await measure(client, 'rectangle of 290 places', of, WITHIN_BAR_MS, () => within(client, asker, small))))
    rows.push(...(await measure(client, 'ours among 15 of Kakao’s, and by name', of, null, (k) => search(client, asker, inSeoul(k)))))
    rows.push(...(await countTrips(client, cloud.neonEndpoint, asker, of)))
    return rows
  } finally {
    await client.end()
  }
}

/** Points all over the densest part, each another. */
const inSeoul = (k: number) => ({
  lat: SEOUL.lat + SEOUL.height * ((k * 0.618_034) % 1),
  lng: SEOUL.lng + SEOUL.width * ((k * 0.754_878) % 1),
})

const near = (client: pg.Client, asker: Asker, kinds: readonly PlaceKind[], at: { lat: number; lng: number }) =>
  listNear(directDb(client), asker, { at, kinds, radius_m: 1_000, wider_m: 3_000, after: null, limit: PAGE })

const boxOf = (side: number) => ({ west: 127 - side, east: 127 + side, south: 37.55 - side, north: 37.55 + side })

const within = (client: pg.Client, asker: Asker, side: number) =>
  listWithin(directDb(client), asker, { box: boxOf(side), kinds: PLACE_KINDS, limit: 300, cells: 12, count_min: 5 })

/** A page of Kakao, of which every third place is one of ours. */
async function search(client: pg.Client, asker: Asker, at: { lat: number; lng: number }) {
  const kakao = Array.from({ length: 15 }, (_, i) => ({
    id: String(i),
    name: `동물병원${i * 7}`,
    category_name: '동물병원',
    address: '',
    road_address: null,
    phone: null,
    place_url: '',
    lat: at.lat + i / 1_000,
    lng: at.lng,
  }))
  return findOwn(directDb(client), asker, kakao, { text: '동물병원77', at, radius_m: 20_000, limit: 15, same_within_m: 50 })
}

async function measure(
  client: pg.Client,
  what: string,
  of: string,
  bar: number | null,
  run: (k: number) => Promise<unknown>,
): Promise<Row[]> {
  const cpuMs = await cpuMeterOf(client)
  const [ms, cpu_ms]: [number[], number[]] = [[], []]
  for (let k = 0; k < REPEATS + WARM_UP; k++) {
    const before_ms = cpuMs()
    const startedAt = performance.now()
    await run(k)
    const took_ms = performance.now() - startedAt
    const spent_ms = cpuMs() - before_ms
    if (k < WARM_UP) continue
    ms.push(took_ms)
    cpu_ms.push(spent_ms)
  }
  return [rowOf(`${what}: Postgres`, of, ms, { bar }), rowOf(`${what}: Postgres CPU`, of, cpu_ms, { bar })]
}

async function makeAsker(client: pg.Client): Promise<Asker> {
  const { rows } = await client.query<Asker>(`
    WITH person AS (
      INSERT INTO users (id, nickname, created_at) VALUES (gen_random_uuid(), 'p' || left(gen_random_uuid()::text, 10), now()) RETURNING id
    )
    INSERT INTO sessions (id, user_id, counter, token_hash, created_at, rotated_at, expires_at)
    SELECT gen_random_uuid(), id, 1, '', now(), now(), now() + interval '1 day' FROM person
    RETURNING user_id, id AS session_id`)
  return rows[0]!
}

/** What the places cost a completed walk of 3 km through Seoul. */
async function foldVisits(client: pg.Client, { user_id }: Asker, of: string): Promise<Row[]> {
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO walks (id, user_id, status, started_at, ended_at, completed_at, created_at, request_hash, is_valid, distance_m, duration_sec, calories, line)
     SELECT gen_random_uuid(), $1, 'completed', now(), now(), now(), now(), '', true, 3000, 2400, 0,
            ST_Multi(ST_SetSRID(ST_MakeLine(ARRAY(
              SELECT ST_MakePointM(127.03 + n / 5000.0, 37.54 + 0.002 * sin(n / 5.0), n) FROM generate_series(0, 150) AS n ORDER BY n
            )), 4326))
     RETURNING id`,
    [user_id],
  )
  const { id } = rows[0]!
  const { rows: visits } = await client
    .query('SELECT fold_visits($1)', [id])
    .then(() => client.query('SELECT FROM place_visits WHERE walk_id = $1', [id]))
  if (visits.length === 0) throw new Error('the walk visits nothing, so its fold says nothing')
  const measured = await measure(client, 'visits of a completed walk', of, null, () => client.query('SELECT fold_visits($1)', [id]))
  await client.query('DELETE FROM walks WHERE id = $1', [id])
  return measured
}

export async function givePlaces(client: pg.Client, count: number): Promise<void> {
  const startedAt = performance.now()
  await client.query(
    `INSERT INTO places (kind, name, source, source_key, location, phone, lot_address, road_address, seen_at)
     SELECT (CASE WHEN i <= $2 THEN 'dog_run' WHEN i % 20 < 14 THEN 'park' WHEN i % 20 < 18 THEN 'hospital' ELSE 'pharmacy' END)::place_kind,
            CASE WHEN i % 20 < 14 THEN '공원' ELSE '동물병원' END || i, 'parks', 'bench' || i,
            ST_SetSRID(ST_MakePoint(
              CASE WHEN i % 2 = 0 THEN ${SEOUL.lng} + ${SEOUL.width} * east ELSE 126.2 + 3.2 * east END,
              CASE WHEN i % 2 = 0 THEN ${SEOUL.lat} + ${SEOUL.height} * north ELSE 34.5 + 3.5 * north END
            ), 4326)::geography,
            '02-000-0000', '서울특별시 어느구 어느동 ' || i, '서울특별시 어느구 어느로 ' || i, now()
     FROM (
       SELECT i, i * 0.754877666246693 - floor(i * 0.754877666246693) AS east, i * 0.569840290998053 - floor(i * 0.569840290998053) AS north
       FROM generate_series(1::bigint, $1) AS i
     ) AS made
     -- Registers come by municipality.
     ORDER BY i % 2, floor(east * 20), floor(north * 20)
     ON CONFLICT DO NOTHING`,
    [count, DOG_RUNS],
  )
  await client.query('VACUUM ANALYZE places')
  const { rows } = await client.query<{ size: string }>(`SELECT pg_size_pretty(pg_total_relation_size('places')) AS size`)
  console.log(`  ${count} places loaded in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s, ${rows[0]!.size} with indexes`)
}

/** Half the side in degrees of the rectangle that holds so many places, within 2 %. */
async function sideOf(client: pg.Client, count: number): Promise<number> {
  const inside = async (side: number) => {
    const { west, south, east, north } = boxOf(side)
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM places
       WHERE is_open AND duplicate_of IS NULL AND ST_X(location::geometry) BETWEEN $1 AND $2 AND ST_Y(location::geometry) BETWEEN $3 AND $4`,
      [west, east, south, north],
    )
    return rows[0]!.count
  }
  let [low, high] = [0, 0.5]
  for (let step = 0; step < 20; step++) {
    const side = (low + high) / 2
    const found = await inside(side)
    if (Math.abs(found - count) <= count * 0.02) return side
    if (found < count) low = side
    else high = side
  }
  return high
}

async function compareWithBruteForce(client: pg.Client, asker: Asker): Promise<void> {
  for (let k = 0; k < 5; k++) {
    const at = inSeoul(k)
    const { rows } = await client.query<{ id: string }>(
      `SELECT id
       FROM places
       WHERE is_open AND duplicate_of IS NULL
         AND ST_Distance(location, ST_SetSRID(ST_MakePoint($1, $2), 4326)::geography, false) <= 1000
       ORDER BY ST_Distance(location, ST_SetSRID(ST_MakePoint($1, $2), 4326)::geography, false), id
       LIMIT ${PAGE + 1}`,
      [at.lng, at.lat],
    )
    const found = (await near(client, asker, PLACE_KINDS, at))?.items.map(({ place }) => place.id)
    if (rows.length > 0 && found?.join() !== rows.map(({ id }) => id).join())
      throw new Error('the nearest are not those that sorting all places says')
  }
}

async function countTrips(client: pg.Client, endpoint: string, asker: Asker, of: string): Promise<Row[]> {
  let trips = 0
  const db = createDb('postgres://app:app@db.localtest.me/app', { endpoint, onTrip: () => trips++ })
  const deps = {
    db,
    cursors: createCursors(btoa('k'.repeat(32))),
    cache: noCache,
  }
  const { rows } = await client.query<{ id: string }>('SELECT id FROM places LIMIT 1')
  const asked: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['nearest', () => listPlaces(deps, asker, { lat: 37.55, lng: 127, limit: PAGE })],
    ['rectangle', () => listPlaces(deps, asker, { bbox: boxOf(0.1), limit: PAGE })],
    ['favourites', () => listPlaces(deps, asker, { favorite: 'true', limit: PAGE })],
    ['details', () => getPlace(deps, asker, rows[0]!.id)],
  ]
  const counted: Row[] = []
  for (const [what, ask] of asked) {
    trips = 0
    await ask()
    counted.push({ ...rowOf(`places, ${what}: trips`, of, [trips], { unit: 'trips', bar: 1 }), p95: null })
  }
  return counted
}
