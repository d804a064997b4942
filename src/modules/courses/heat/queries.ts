import { sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { type Db, firstRow } from '../../../db/client.ts'
import { viewer } from '../../../db/viewer.ts'
import { CELL_M, type CellSize, type HeatTile, type HeatWindow, TILE_CELLS } from './rules.ts'

const COLUMNS: Readonly<Record<CellSize, ReturnType<typeof sql>>> = {
  32: sql`heat_tiles.cells_32`,
  64: sql`heat_tiles.cells_64`,
  128: sql`heat_tiles.cells_128`,
  256: sql`heat_tiles.cells_256`,
}

/** The tiles of a window that have published cells, and when they were computed. */
export function findHeat(
  db: Db,
  actor: Actor,
  { cell_m, west, south, east, north }: HeatWindow,
): Promise<{ tiles: HeatTile[]; computed_on: string | null } | null> {
  const side = (TILE_CELLS * CELL_M) / cell_m
  const tile = (cell: number) => Math.floor(cell / side)
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, tiles AS (
      SELECT coalesce(json_agg(json_build_array(tile_x, tile_y, ${COLUMNS[cell_m]})), '[]') AS tiles
      FROM heat_tiles
      WHERE tile_x BETWEEN ${tile(west)}::int AND ${tile(east)}::int AND tile_y BETWEEN ${tile(south)}::int AND ${tile(north)}::int
        AND cardinality(${COLUMNS[cell_m]}) > 0
    )
    SELECT tiles.tiles, (SELECT to_json(max(night)) FROM heat_nights) AS computed_on
    FROM viewer, tiles`,
  )
}
