import { HOUR_MS, seoulClock, seoulDate, fromSeoulDate, DAY_MS } from '../../../core/time.ts'

const MINUTE_MS = 60_000
/** Nobody reads from midnight until five. */
const OPENS_AT_HOUR = 5

/** Minutes of the Seoul day at which something is read: from `first` on, `every` so many minutes, until midnight. */
export interface Turns {
  readonly first: number
  readonly every: number
  /** The last of the day. Midnight where it is left out. */
  readonly last?: number
}

const DAY_MINUTES = 24 * 60

/** Whether something may be read at that time. */
export function isOpen(at: Date): boolean {
  return seoulClock(at).hour >= OPENS_AT_HOUR
}

/** That time, or the next at which something may be read. */
export function openingFrom(at: Date): Date {
  return isOpen(at) ? at : new Date(fromSeoulDate(seoulDate(at)).getTime() + OPENS_AT_HOUR * HOUR_MS)
}

/** The next turn after a time. */
export function nextTurn({ first, every, last = DAY_MINUTES - 1 }: Turns, at: Date): Date {
  const midnight = fromSeoulDate(seoulDate(at)).getTime()
  const minute = Math.floor((at.getTime() - midnight) / MINUTE_MS)
  const next = first + Math.max(0, Math.floor((minute - first) / every) + 1) * every
  return new Date(midnight + (next <= last ? next * MINUTE_MS : DAY_MS + first * MINUTE_MS))
}
