import { DAY_MS, seoulDateTime } from '../../core/time.ts'
import type { Category, Size } from './schema.ts'
import { horizonOf } from './series/plan.ts'
import { datesOf, parseRecurrence, slotOf } from './series/recurrence.ts'

const MINUTE_MS = 60_000
const LEAD_MIN_MS = 30 * MINUTE_MS
/** "In half an hour" by a phone whose clock is slow, and after the time that the request took, is a little less. */
const SLACK_MS = MINUTE_MS
const LEAD_MAX_MS = 60 * DAY_MS
/** How long after the start the host may say who came. */
export const ATTENDANCE_MS = 48 * 3_600_000

/** Whether a meetup that is made or moved now may begin then: half an hour to sixty days ahead (docs/product.md#meetups). */
export function isTimeValid(startsAt: Date, now: Date): boolean {
  const leadMs = startsAt.getTime() - now.getTime()
  return leadMs >= LEAD_MIN_MS - SLACK_MS && leadMs <= LEAD_MAX_MS
}

/** A category of a size is for pets of that size, unless the host names another. */
export function sizeOf(category: Category, size: Size | undefined): Size | null {
  return size ?? (category === 'small' || category === 'medium' || category === 'large' ? category : null)
}

export interface Plan {
  /** Seoul's day and wall time of the first date. Seconds are left out. */
  readonly starts_on: string
  readonly starts_time: string
  /** When each date begins, of as many as stand ahead. */
  readonly slots: readonly string[]
  /** How far the dates of a series stand, or null for a single one. */
  readonly made_until: string | null
}

/** The dates of a meetup that begins then, or `null` when its rule is not supported. */
export function planDates(scheduledAt: Date, rule: string | null, now: Date): Plan | null {
  const wall = seoulDateTime(scheduledAt)
  const [starts_on, starts_time] = [wall.slice(0, 10), wall.slice(11, 16)]
  const first = { starts_on, starts_time }
  if (rule === null) return { ...first, slots: [slotOf(starts_on, starts_time)], made_until: null }
  const recurrence = parseRecurrence(rule, starts_on, starts_time)
  if (!recurrence) return null
  const horizon = horizonOf(now)
  const made_until = starts_on > horizon ? starts_on : horizon
  return { ...first, slots: datesOf(recurrence, starts_on, starts_on, made_until).map((date) => slotOf(date, starts_time)), made_until }
}
