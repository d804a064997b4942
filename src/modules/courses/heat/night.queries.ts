import { sql } from 'drizzle-orm'
import { type Db, firstRow, runBatch } from '../../../db/client.ts'

/** The key of a cell's secret, as `KeyedHashes` of core/keyed-hashes.ts gives it. */
export interface Pads {
  readonly inner: string
  readonly outer: string
}

export interface Tile {
  readonly tile_x: number
  readonly tile_y: number
}

/** A statement of the night may take so long. The client gives up a second later. */
const limit = sql`SET LOCAL statement_timeout = '7s'`

async function countIn(db: Db, call: ReturnType<typeof sql>): Promise<number> {
  const { counted } = await runBatch(db, { limit, counted: sql<{ count: number }>`SELECT ${call} AS count` })
  return counted[0]?.count ?? 0
}

/** Turns changes of people and of hidden cells into changes of walks. Answers how many it has taken. */
export const expandChanges = (db: Db, at: Date, most: number): Promise<number> =>
  countIn(db, sql`expand_heat_changes(${most}::int, ${at.toISOString()}::timestamptz)`)

/** Rewrites walks that have changed. Answers how many changes it has taken. */
export const foldChanges = (db: Db, at: Date, most: number): Promise<number> =>
  countIn(db, sql`fold_heat_changes(${most}::int, ${at.toISOString()}::timestamptz)`)

/** Forgets ways that are older than a year, and who walked in a room then. Their tiles become dirty. */
export async function deleteOldWays(db: Db, at: Date, most: number): Promise<number> {
  const row = await firstRow<{ count: number }>(
    db,
    sql`
    WITH rooms AS (
      DELETE FROM heat_company WHERE day <= (seoul_day(${at.toISOString()}::timestamptz) - interval '12 months')::date
    ), gone AS (
      DELETE FROM heat_ways
      WHERE ctid = ANY (ARRAY(
        SELECT heat_ways.ctid
        FROM heat_ways
        WHERE heat_ways.day <= (seoul_day(${at.toISOString()}::timestamptz) - interval '12 months')::date
        LIMIT ${most}
      ))
      RETURNING 1
    )
    SELECT count(*)::int AS count FROM gone`,
  )
  return row?.count ?? 0
}

/** Makes tiles dirty that nothing has changed for a week, because accounts grow older and suspensions end without a change. Answers how many tiles are dirty now. */
export async function addStaleTiles(db: Db, at: Date): Promise<number> {
  const row = await firstRow<{ count: number }>(
    db,
    sql`
    WITH stale AS (
      INSERT INTO heat_dirty (tile_x, tile_y)
      SELECT heat_tiles.tile_x, heat_tiles.tile_y
      FROM heat_tiles
      WHERE heat_tiles.renewed_on <= seoul_day(${at.toISOString()}::timestamptz) - 7
      ORDER BY heat_tiles.tile_x, heat_tiles.tile_y
      ON CONFLICT DO NOTHING
    )
    SELECT count(*)::int AS count FROM heat_dirty`,
  )
  return row?.count ?? 0
}

/** The next dirty tiles after one. */
export async function listDirtyTiles(db: Db, after: Tile | null, most: number): Promise<Tile[]> {
  const { rows } = await db.execute<Tile & Record<string, unknown>>(sql`
    SELECT tile_x, tile_y
    FROM heat_dirty
    WHERE ${after === null} OR (tile_x, tile_y) > (${after?.tile_x ?? 0}::int, ${after?.tile_y ?? 0}::int)
    ORDER BY tile_x, tile_y
    LIMIT ${most}`)
  return rows
}

/** Computes a tile again from at most so many walks. Answers how many cells it publishes. */
export const renewTile = (db: Db, { tile_x, tile_y }: Tile, { inner, outer }: Pads, at: Date, walksMax: number): Promise<number> =>
  countIn(
    db,
    sql`renew_heat_tile(
      ${tile_x}::int, ${tile_y}::int, decode(${inner}, 'hex'), decode(${outer}, 'hex'), ${at.toISOString()}::timestamptz, ${walksMax}::int
    )`,
  )

/** Writes down that the map is of this night. */
export async function insertNight(db: Db, at: Date): Promise<void> {
  await db.execute(sql`
    WITH gone AS (
      DELETE FROM heat_nights WHERE night < seoul_day(${at.toISOString()}::timestamptz) - 30
    )
    INSERT INTO heat_nights (night) VALUES (seoul_day(${at.toISOString()}::timestamptz)) ON CONFLICT DO NOTHING`)
}
