import { type Actor, signedIn } from '../../../core/actor.ts'
import type { Deps } from '../../../deps.ts'
import { bboxTooLarge } from './errors.ts'
import { findHeat } from './queries.ts'
import { cellsIn, cellSizeAt, type HeatWindow, windowOf } from './rules.ts'
import type { GetHeatmapQuery, Heatmap } from './schema.ts'

/** No cell. It stands for rectangles far from Korea. */
const NOWHERE = { west: 0, south: 0, east: -1, north: -1 }

export async function getHeatmap({ db }: Pick<Deps, 'db'>, actor: Actor, { bbox, zoom }: GetHeatmapQuery): Promise<Heatmap> {
  const cell_m = cellSizeAt(zoom)
  const window: HeatWindow | 'too_large' = windowOf(bbox, cell_m) ?? { cell_m, ...NOWHERE }
  if (window === 'too_large') throw bboxTooLarge()
  const { tiles, computed_on } = signedIn(await findHeat(db, actor, window))
  const cells = cellsIn(window, tiles)
  if (!cells) throw bboxTooLarge()
  return { cell_m, cells, computed_on }
}

/** The map of a rectangle changes once a night. */
export const etagOf = ({ cell_m, computed_on }: Heatmap, { bbox: { west, south, east, north } }: GetHeatmapQuery): string =>
  `"${[computed_on ?? 'never', cell_m, west, south, east, north].join('_')}"`
