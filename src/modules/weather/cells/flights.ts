import type { KmaCell } from '../../../core/kma-grid.ts'
import type { CellWeather } from './schema.ts'

/**
 * One request of this isolate reads a cell, and the others look at what it finds. They look again and again, because a request must not wait for the I/O of
 * another one.
 */
export interface Flight {
  readonly startedMs: number
  isOver: boolean
  /** The newest copy that it found. */
  copy: CellWeather | null
}

/** A flight whose request was cut short never ends by itself. */
const FORGOTTEN_MS = 15_000
const LOOK_MS = 10

const flights = new Map<string, Flight>()
const nameOf = ({ nx, ny }: KmaCell) => `${nx}:${ny}`

/** The flight for a cell. Who is the first must make it, and `land` it. */
export function board(cell: KmaCell): { flight: Flight; isFirst: boolean } {
  const known = flights.get(nameOf(cell))
  if (known && performance.now() - known.startedMs < FORGOTTEN_MS) return { flight: known, isFirst: false }
  const flight: Flight = { startedMs: performance.now(), isOver: false, copy: null }
  flights.set(nameOf(cell), flight)
  return { flight, isFirst: true }
}

export function land(cell: KmaCell, flight: Flight): void {
  flight.isOver = true
  if (flights.get(nameOf(cell)) === flight) flights.delete(nameOf(cell))
}

/** Waits until the flight has found what it looks for, and at most so long. */
export async function look(flight: Flight, waitMs: number): Promise<void> {
  for (const startedMs = performance.now(); !flight.isOver && performance.now() - startedMs < waitMs;)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
}
