import { HOUR_MS, seoulClock } from '../../../core/time.ts'

/** KMA publishes an hour's observation at ten past, give or take a minute. */
const MINUTE_MS = 12 * 60_000
const JITTER_MS = 120_000

/** Nobody walks in the first hours of the day, and who does is answered on demand. */
const DAY_BEGINS = 5
/** The base of this hour is the only one that tells the lowest temperature of the day. */
const EXTREMES_HOUR = 2

/** The job reads at twelve past each hour of the day, and not each time at the same second. This is the next such time. */
export function nextReadAt(now: Date): Date {
  const hour = Math.floor(now.getTime() / HOUR_MS)
  const slots = Array.from({ length: 26 }, (_, k) => slotOf(hour + k))
  return slots.find((slot) => slot > now && isRead(slot))!
}

/** Whether the job reads all parts of a cell. At night it reads the forecast of the days alone. */
export const isDay = (at: Date): boolean => seoulClock(at).hour >= DAY_BEGINS

export const isRead = (at: Date): boolean => isDay(at) || seoulClock(at).hour === EXTREMES_HOUR

/** Of an hour, counted from the epoch. The seconds follow from it, so that all who ask are told the same. */
const slotOf = (hour: number): Date => new Date(hour * HOUR_MS + MINUTE_MS + ((hour * 37_199) % JITTER_MS))
