import { type KmaCell, middleOf, toKmaCell } from '../../src/core/kma-grid.ts'
import { HOUR_MS } from '../../src/core/time.ts'
import type { Deps } from '../../src/deps.ts'
import { MEETINGS } from './invitations.ts'
import { measuredAt } from './sky.ts'
import type { Day, Domain, Town } from './town.ts'
import { OUTINGS } from './walks.ts'

/** Each writes the hours up to the next, before anybody walks in them. */
const TURNS = [
  { at: 0.1, from: 0, to: 10 },
  { at: 9.9, from: 10, to: 16 },
  { at: 15.9, from: 16, to: 24 },
]
/** The simulated KMA knows the hours since, and what a developer sets for them. */
const LEFT_TO_KMA_MS = 2 * HOUR_MS
/** So long after an hour its reading is final. */
const READ_AFTER_MS = 2 * HOUR_MS

/** Weather is measured wherever neighbours walk, and they look at it before they go. */
export const weather: Domain = (town, day) =>
  TURNS.map(({ at, from, to }) => ({ at: day.at(at), run: (deps: Deps) => measure(town, deps, day, { at, from, to }) }))

/** The simulated KMA forgets an hour after a day, as the real one does, so that it cannot be asked for the past. */
async function measure(town: Town, { db }: Pick<Deps, 'db'>, day: Day, { at, from, to }: (typeof TURNS)[number]): Promise<void> {
  const cells = cellsOf(town)
  const until = Date.now() - LEFT_TO_KMA_MS
  const hours = Array.from({ length: to - from }, (_, k) => from + k).filter((hour) => day.at(hour).getTime() <= until)
  const readings = cells.flatMap((cell) => hours.map((hour) => ({ ...cell, ...measuredAt(town, day, hour, middleOf(cell)) })))
  const readAt = new Date(day.at(to).getTime() + READ_AFTER_MS)
  await db.execute(`
    SELECT store_observations('${JSON.stringify(readings)}', '${readAt.toISOString()}'), (
      SELECT count(*)
      FROM jsonb_to_recordset('${JSON.stringify(cells)}') AS cell (nx smallint, ny smallint),
           want_cell(cell.nx, cell.ny, '${day.at(at).toISOString()}')
    )`)
}

/** Where somebody lives, meets others or goes for an outing. */
function cellsOf({ owners }: Town): KmaCell[] {
  const places = [...owners.map(({ home }) => home), ...MEETINGS, ...OUTINGS]
  const cells = places.flatMap((place) => toKmaCell(place) ?? [])
  return [...new Map(cells.map((cell) => [`${cell.nx} ${cell.ny}`, cell])).values()]
}
