import { sql } from 'drizzle-orm'
import { fromGrid } from '../../src/core/grid.ts'
import { DAY_MS } from '../../src/core/time.ts'
import { renewMap } from '../../src/modules/courses/derived/jobs.ts'
import { createTestDeps } from './api.ts'
import type { GridXY } from './heat-model.ts'
import { runTask } from './tasks.ts'
import { makeDong } from './walkers.ts'

const { db, keyedHashes } = createTestDeps()

let taken = 0
/** The lower left corner of ten kilometres in the East Sea that no other test has, in metres of EPSG:5179. It is also the corner of a tile. */
export function freshGround(): GridXY {
  const n = taken++
  return [1_024 * (1_220 + (n % 29) * 12), 1_024 * (1_650 + (Math.floor(n / 29) % 18) * 12)]
}

/** The night of tests: 04:03 in Seoul, a few hours ahead. */
const NIGHT = new Date('2026-12-10T19:03:00Z')
export const night = (days = 0): Promise<Record<string, number>> => runTask(renewMap, new Date(NIGHT.getTime() + days * DAY_MS))

let town: string | null = null

/** People who have only rows: accounts of a month with ten walks. In the order of their ids. */
export async function makePeople(count: number, { ageDays = 30, walks = 10, at = NIGHT, region = '' } = {}): Promise<string[]> {
  // In a town, where less around homes is hidden.
  town ??= (await makeDong()).dong
  const { rows } = await db.execute<{ id: string }>(sql`
    WITH made AS (
      INSERT INTO users (id, nickname, region_code, created_at)
      SELECT gen_random_uuid(), '열' || left(replace(gen_random_uuid()::text, '-', ''), 11), ${region || town}, ${new Date(at.getTime() - ageDays * DAY_MS).toISOString()}
      FROM generate_series(1, ${count}::int)
      RETURNING id
    ), totals AS (
      INSERT INTO user_totals (user_id, walk_count, distance_m, duration_sec, calories) SELECT id, ${walks}::int, 0, 0, 0 FROM made
    )
    SELECT id FROM made ORDER BY id`)
  return rows.map(({ id }) => id)
}

export interface Way {
  readonly user: string
  readonly path: readonly GridXY[]
  /** Days before the night. */
  readonly daysAgo: number
  readonly together?: readonly string[]
  readonly audience?: 'everyone' | 'followers'
  readonly shared?: boolean
  readonly source?: 'recorded' | 'imported'
  readonly is_valid?: boolean
  readonly minutes?: number
}

const given = new Map<string, number>()

/** Writes walks along ways of the grid, with the cells in which they begin and end. Answers their ids. */
export async function giveWays(ways: readonly Way[], at = NIGHT): Promise<string[]> {
  const rows = ways.map(
    ({ user, path, daysAgo, together = [], audience = 'everyone', shared = true, source = 'recorded', is_valid = true, minutes = 30 }) => {
      const key = `${user} ${daysAgo}`
      const nth = given.get(key) ?? 0
      given.set(key, nth + 1)
      // From noon on, so that no two walks of a person overlap.
      const started = new Date(at.getTime() - daysAgo * DAY_MS + 8 * 3_600_000 + nth * 2_400_000)
      const line = path.map(([x, y]) => fromGrid({ x, y })).map(({ lat, lng }) => `${lng} ${lat} 0`)
      return {
        id: crypto.randomUUID(),
        user,
        audience,
        shared,
        source,
        is_valid,
        minutes,
        together,
        started_at: started.toISOString(),
        line: `SRID=4326;MULTILINESTRINGM((${line.join(',')}))`,
      }
    },
  )
  for (let from = 0; from < rows.length; from += 200) {
    await db.execute(sql`
      WITH given AS (
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows.slice(from, from + 200))}::jsonb) AS walk (
          id uuid, "user" uuid, audience post_audience, shared boolean, source walk_source, is_valid boolean, minutes int, together jsonb,
          started_at timestamptz, line text
        )
      )
      INSERT INTO walks (
        id, user_id, status, started_at, ended_at, completed_at, created_at, request_hash, is_valid, shared_to_feed, audience, source, is_ranked, distance_m, duration_sec,
        calories, line, together_with
      )
      SELECT id, "user", 'completed', started_at, started_at + minutes * interval '1 minute', started_at, started_at, '', is_valid, shared, audience, source, source = 'recorded', 1000,
             minutes * 60, 0, line::geometry, ARRAY(SELECT jsonb_array_elements_text(together))::uuid[]
      FROM given`)
    const ids = rows.slice(from, from + 200).map(({ id }) => id)
    await db.execute(sql`SELECT fold_hidden_areas(id) FROM unnest(${`{${ids.join(',')}}`}::uuid[]) AS walk (id)`)
  }
  return rows.map(({ id }) => id)
}

/** How many people more than five a cell takes. */
export async function jitterOf(x: number, y: number): Promise<number> {
  return Number.parseInt((await keyedHashes.of(`heat:${x}:${y}`)).slice(0, 2), 16) % 3
}

/** The published cells of a ground, as `x,y` and its band. */
export async function cellsOf([west, south]: GridXY, width_m = 12_288): Promise<Map<string, number>> {
  const { rows } = await db.execute<{ tile_x: number; tile_y: number; cells_32: number[] }>(sql`
    SELECT tile_x, tile_y, to_json(cells_32) AS cells_32
    FROM heat_tiles
    WHERE tile_x BETWEEN ${west / 1_024}::int AND ${(west + width_m) / 1_024 - 1}::int AND tile_y BETWEEN ${south / 1_024}::int AND ${(south + width_m) / 1_024 - 1}::int`)
  return new Map(
    rows.flatMap(({ tile_x, tile_y, cells_32 }) =>
      cells_32.map((code) => [`${tile_x * 32 + ((code >> 3) & 31)},${tile_y * 32 + (code >> 8)}`, code & 7] as const),
    ),
  )
}

/** Somebody's home far around a place, so that the way from there to the place is theirs alone. */
export const homeAround = ([x, y]: GridXY, n: number, of: number, away_m = 2_600): GridXY => [
  x + away_m * Math.cos((2 * Math.PI * (n + 0.137)) / of),
  y + away_m * Math.sin((2 * Math.PI * (n + 0.137)) / of),
]
