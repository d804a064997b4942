import { z } from 'zod'
import type { Deps } from '../../../deps.ts'
import {
  addStaleTiles,
  deleteOldWays,
  expandChanges,
  foldChanges,
  insertNight,
  listDirtyTiles,
  type Pads,
  renewTile,
  type Tile,
} from './night.queries.ts'

/** Each of these is one trip, and takes a second at most. */
const PEOPLE_AT_ONCE = 20
const WALKS_AT_ONCE = 50
const OLD_WAYS_AT_ONCE = 5_000
const TILES_AT_ONCE = 25
/** So many walks of a tile count at most, the newest of each person first. With half of them, what took too long does not. */
const WALKS_OF_TILE = 4_000

const tileSchema = z.object({ tile_x: z.int(), tile_y: z.int() })
export const heatCursor = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('changes') }),
  z.object({ phase: z.literal('tiles'), after: tileSchema.nullable() }),
])
type HeatCursor = z.infer<typeof heatCursor>

interface HeatPart {
  readonly counts: Readonly<Record<string, number>>
  readonly next: HeatCursor | null
}

type NightDeps = Pick<Deps, 'db' | 'keyedHashes'>

/** One part of a night: first what has changed, then the tiles that it has touched. */
export async function renewHeat(deps: NightDeps, at: Date, trips: number, cursor: HeatCursor): Promise<HeatPart> {
  return cursor.phase === 'changes' ? followChanges(deps, at, trips) : renewTiles(deps, at, cursor.after)
}

async function followChanges({ db }: NightDeps, at: Date, trips: number): Promise<HeatPart> {
  const counts = { changes: 0, walks: 0, old_ways: 0 }
  const steps = [
    { count: 'changes', most: PEOPLE_AT_ONCE, take: expandChanges },
    { count: 'walks', most: WALKS_AT_ONCE, take: foldChanges },
    { count: 'old_ways', most: OLD_WAYS_AT_ONCE, take: deleteOldWays },
  ] as const
  let left = trips - 1
  for (const { count, most, take } of steps) {
    for (let taken: number = most; taken >= most;) {
      if (left-- <= 0) return { counts, next: { phase: 'changes' } }
      taken = await take(db, at, most)
      counts[count] += taken
    }
  }
  return { counts: { ...counts, dirty: await addStaleTiles(db, at) }, next: { phase: 'tiles', after: null } }
}

/** A tile that cannot be computed keeps what it has, and stays dirty for the next night. */
async function renewTiles({ db, keyedHashes }: NightDeps, at: Date, after: Tile | null): Promise<HeatPart> {
  const tiles = await listDirtyTiles(db, after, TILES_AT_ONCE)
  const counts = { tiles: 0, published: 0, halved: 0, failed: 0 }
  const pads = await keyedHashes.pads()
  for (const [i, tile] of tiles.entries()) {
    // What fails again and again would otherwise use up the trips of the message.
    if (counts.failed + counts.halved >= TILES_AT_ONCE / 3) return { counts, next: { phase: 'tiles', after: tiles[i - 1] ?? after } }
    const { cells, isHalved } = await renewOne(db, tile, pads, at)
    counts.tiles += Number(cells !== null)
    counts.published += cells ?? 0
    counts.halved += Number(isHalved && cells !== null)
    counts.failed += Number(cells === null)
  }
  if (tiles.length === TILES_AT_ONCE) return { counts, next: { phase: 'tiles', after: tiles.at(-1)! } }
  await insertNight(db, at)
  return { counts, next: null }
}

async function renewOne(db: Deps['db'], tile: Tile, pads: Pads, at: Date): Promise<{ cells: number | null; isHalved: boolean }> {
  for (const isHalved of [false, true]) {
    try {
      return { cells: await renewTile(db, tile, pads, at, isHalved ? WALKS_OF_TILE / 2 : WALKS_OF_TILE), isHalved }
    } catch (error) {
      if (isHalved)
        console.error(
          JSON.stringify({ level: 'error', message: 'a tile of the heat map could not be computed', ...tile, error: String(error) }),
        )
    }
  }
  return { cells: null, isHalved: true }
}
