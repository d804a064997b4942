import pg from 'pg'
import { createKeyedHashes } from '../../src/core/keyed-hashes.ts'
import type { Actor } from '../../src/core/actor.ts'
import { findHeat } from '../../src/modules/courses/heat/queries.ts'
import { foldChanges, renewTile } from '../../src/modules/courses/heat/night.queries.ts'
import { cellsIn } from '../../src/modules/courses/heat/rules.ts'
import { cpuMeterOf, directDb } from './backend-cpu.ts'
import { type BenchContext, type Row, rowOf, times } from './bench.ts'

/** Where the tiles lie: in the middle of the country. */
const WEST = 900
const SOUTH = 1_800
const SIDE = 39
/** A year of a million walks: so many touch a tile on average, and a night has so many dirty tiles. */
const WALKS_OF_TILE = 310
const NIGHT_TILES = 1_500
const RIVERSIDE_WALKS = 10_000
const WALKERS = 20_000
const WALKS_OF_TILE_MAX = 4_000
const FOLDED = 200
const ANSWERS = 60
const NIGHT_BAR_S = 180

/** The night of the heat map, tile by tile, and its answer. And what a completion pays for it. */
export async function benchHeat({ databaseUrl, scale }: BenchContext): Promise<Row[]> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    const tiles = Math.max(12, Math.round(NIGHT_TILES * scale))
    const riverside = times(RIVERSIDE_WALKS, scale)
    await giveWays(client, tiles, riverside)
    await client.query('VACUUM ANALYZE')
    const db = directDb(client)
    const at = new Date()
    const pads = await createKeyedHashes('a bench').pads()
    const cpuMs = await cpuMeterOf(client)
    const renew = async (tile_x: number, tile_y: number) => {
      const [startedAt, before] = [performance.now(), cpuMs()]
      const cells = await renewTile(db, { tile_x, tile_y }, pads, at, WALKS_OF_TILE_MAX)
      return { cells, ms: performance.now() - startedAt, cpu_ms: cpuMs() - before }
    }
    const dirty = Array.from({ length: tiles }, (_, n) => [WEST + (n % SIDE), SOUTH + Math.floor(n / SIDE)] as const)
    for (const [x, y] of dirty.slice(0, 5)) await renew(x, y)
    const startedAt = performance.now()
    const night = []
    for (const [x, y] of dirty) night.push(await renew(x, y))
    const night_s = (performance.now() - startedAt) / 1_000
    const published = night.reduce((sum, { cells }) => sum + cells, 0)
    if (published === 0) throw new Error('nothing is published')
    const worst = []
    for (let n = 0; n < 5; n++) worst.push(await renew(WEST - 10, SOUTH))
    const of = `${WALKS_OF_TILE} walks a tile`
    return [
      rowOf('heat map, a tile: Postgres', of, night.map(({ ms }) => ms), { bar: 120 }), // prettier-ignore
      rowOf('heat map, a tile: Postgres CPU', of, night.map(({ cpu_ms }) => cpu_ms), { bar: 120 }), // prettier-ignore
      rowOf('heat map, the riverside: Postgres', `${riverside.toLocaleString('en')} walks, of which 4,000 count`, worst.map(({ ms }) => ms), { bar: 1_000 }), // prettier-ignore
      rowOf('heat map, the riverside: Postgres CPU', `${riverside.toLocaleString('en')} walks, of which 4,000 count`, worst.map(({ cpu_ms }) => cpu_ms), { bar: 1_000 }), // prettier-ignore
      rowOf('heat map, all tiles of a night', `${tiles.toLocaleString('en')} tiles`, [night_s], { unit: 's', bar: NIGHT_BAR_S }),
      ...(await answer(client)),
      ...(await fold(client, at)),
    ]
  } finally {
    await client.end()
  }
}

/** Walkers and their ways, without triggers: each walk crosses its tile along one of six streets, 40 cells of it. */
async function giveWays(client: pg.Client, tiles: number, riverside: number): Promise<void> {
  await client.query('BEGIN')
  await client.query('SET LOCAL session_replication_role = replica')
  await client.query(`CREATE TEMP TABLE heat_walkers AS SELECT gen_random_uuid() AS id, n FROM generate_series(0, $1::int - 1) AS n`, [
    WALKERS,
  ])
  await client.query(`
    INSERT INTO users (id, nickname, created_at) SELECT id, 'h' || left(replace(id::text, '-', ''), 11), now() - interval '1 year' FROM heat_walkers`)
  await client.query(`
    INSERT INTO user_totals (user_id, walk_count, distance_m, duration_sec, calories) SELECT id, 100, 0, 0, 0 FROM heat_walkers`)
  await client.query(
    `INSERT INTO heat_company (user_id, room, day)
     SELECT id, md5((n / 4)::text)::uuid, current_date FROM heat_walkers WHERE n % 5 = 0`,
  )
  // Forty neighbours walk in a tile, some of them daily. Along a river everybody does.
  const ways = (where: string, walkers: string) => `
    INSERT INTO heat_ways (tile_x, tile_y, walk_id, user_id, day, length_m, cells)
    SELECT ${where}, gen_random_uuid(), heat_walkers.id, current_date - (walk * 7 % 364), 2000,
           ARRAY(SELECT DISTINCT ((3 + 5 * (walk % 6) + step % 3 / 2) * 32 + step % 32)::smallint FROM generate_series(0, 39) AS step)
    FROM generate_series(0, $1::int - 1) AS tile
    CROSS JOIN generate_series(0, $2::int - 1) AS walk
    JOIN heat_walkers ON heat_walkers.n = ${walkers}`
  const neighbours = `(tile * 13 + (walk * walk + walk * 5) % 40) % ${WALKERS}`
  await client.query(ways(`${WEST} + tile % ${SIDE}, ${SOUTH} + tile / ${SIDE}`, neighbours), [tiles, WALKS_OF_TILE])
  await client.query(ways(`${WEST - 10} + tile, ${SOUTH}`, `walk * 7919 % ${WALKERS}`), [1, riverside])
  await client.query('COMMIT')
}

/** A window of 200 by 200 cells, with as many cells as an answer may have. */
async function answer(client: pg.Client): Promise<Row[]> {
  const { rows } = await client.query<Actor>(`
    INSERT INTO sessions (id, user_id, counter, token_hash, created_at, rotated_at, expires_at)
    SELECT gen_random_uuid(), id, 1, '', now(), now(), now() + interval '1 day' FROM heat_walkers WHERE n = 0
    RETURNING user_id, id AS session_id`)
  const [x, y] = [WEST + 300, SOUTH + 300]
  await client.query(
    `INSERT INTO heat_tiles (tile_x, tile_y, renewed_on, cells_32, cells_64, cells_128, cells_256)
     SELECT x, y, current_date, ARRAY(SELECT (8 * (n * 10 % 1024) + 1 + n % 4)::smallint FROM generate_series(0, 99) AS n), '{}', '{}', '{}'
     FROM generate_series($1::int, $1::int + 6) AS x, generate_series($2::int, $2::int + 6) AS y`,
    [x, y],
  )
  await client.query('ANALYZE heat_tiles')
  const window = { cell_m: 32 as const, west: x * 32 + 3, south: y * 32 + 3, east: x * 32 + 202, north: y * 32 + 202 }
  const cpuMs = await cpuMeterOf(client)
  const [ms, cpu_ms, decode_ms]: [number[], number[], number[]] = [[], [], []]
  for (let n = 0; n < ANSWERS; n++) {
    const [startedAt, before] = [performance.now(), cpuMs()]
    const found = await findHeat(directDb(client), rows[0]!, window)
    const took = performance.now() - startedAt
    const spent = cpuMs() - before
    const decoding = performance.now()
    const cells = cellsIn(window, found!.tiles)
    if (!cells || cells.length < 3_000) throw new Error(`${cells?.length} cells`)
    if (n < 10) continue
    ms.push(took)
    cpu_ms.push(spent)
    decode_ms.push(performance.now() - decoding)
  }
  const of = 'a window of 200 × 200 cells'
  return [
    rowOf('heat map, the answer: Postgres', of, ms, { bar: 5 }),
    rowOf('heat map, the answer: Postgres CPU', of, cpu_ms, { bar: 5 }),
    rowOf('heat map, the answer: decoded', of, decode_ms),
  ]
}

/** Walks of 2 km that have changed, and what noting one costs when it is shared. */
async function fold(client: pg.Client, at: Date): Promise<Row[]> {
  await client.query(
    `INSERT INTO walks (id, user_id, status, started_at, ended_at, completed_at, created_at, request_hash, is_valid, distance_m, duration_sec, line)
     SELECT gen_random_uuid(), id, 'completed', now() - interval '2 days', now() - interval '2 days' + interval '30 minutes', now(), now(), '', true, 2000, 1800,
            ST_SetSRID(ST_Multi(ST_MakeLine(ARRAY(
              SELECT ST_MakePointM(127.2 + 0.01 * cosd(k) + n % 50 * 0.0001, 36.5 + 0.004 * sind(k), k) FROM generate_series(0, 360, 2) AS k
            ))), 4326)
     FROM heat_walkers WHERE n < $1`,
    [FOLDED],
  )
  await client.query(`
    INSERT INTO hidden_areas
    SELECT id, 2000, 3300, now(), current_date, 1 FROM heat_walkers WHERE n < ${FOLDED}`)
  await client.query('DELETE FROM heat_changes')
  const cpuMs = await cpuMeterOf(client)
  const noted: number[] = []
  const { rows } = await client.query<{ id: string; user_id: string }>(
    `SELECT walks.id, walks.user_id FROM walks JOIN heat_walkers ON heat_walkers.id = user_id`,
  )
  // As a trigger does it, with a plan that stands: ten in one statement.
  await client.query(`
    CREATE FUNCTION pg_temp.note(of_user uuid, of_walk uuid) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO heat_changes (user_id, walk_id) VALUES (of_user, of_walk);
    END
    $$`)
  for (let n = 0; n + 10 <= rows.length; n += 10) {
    const before = cpuMs()
    await client.query('SELECT pg_temp.note(noted.user_id, noted.id) FROM unnest($1::uuid[], $2::uuid[]) AS noted (user_id, id)', [
      rows.slice(n, n + 10).map(({ user_id }) => user_id),
      rows.slice(n, n + 10).map(({ id }) => id),
    ])
    noted.push((cpuMs() - before) / 10)
  }
  await client.query(`UPDATE walks SET shared_to_feed = true, audience = 'everyone' FROM heat_walkers WHERE heat_walkers.id = user_id`)
  await client.query('DELETE FROM heat_changes')
  await client.query(
    'INSERT INTO heat_changes (user_id, walk_id) SELECT user_id, walks.id FROM walks JOIN heat_walkers ON heat_walkers.id = user_id',
  )
  await client.query('ANALYZE')
  const folded: number[] = []
  for (let taken = 20; taken === 20;) {
    const startedAt = performance.now()
    taken = await foldChanges(directDb(client), at, 20)
    if (taken === 20) folded.push((performance.now() - startedAt) / 20)
  }
  return [
    rowOf('heat map, noting a shared walk: Postgres CPU', 'one row', noted, { bar: 0.5 }),
    rowOf('heat map, folding a walk at night: Postgres', 'a walk of 2 km', folded),
  ]
}
