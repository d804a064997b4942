import { DAY_MS, fromSeoulDate, HOUR_MS, seoulDate, seoulDateTime } from '../../core/time.ts'

/** What KMA publishes: the observation of a full hour, the forecast of the next six hours, and the forecast of the next days. */
export type Product = 'observation' | 'hours' | 'days'

const MINUTE_MS = 60_000

/** When the bases of a day are, in minutes after midnight in Seoul, and how long after its base a publication appears. */
const TIMETABLE: Record<Product, { readonly minutes: readonly number[]; readonly delayMs: number }> = {
  observation: { minutes: Array.from({ length: 24 }, (_, hour) => hour * 60), delayMs: 10 * MINUTE_MS },
  hours: { minutes: Array.from({ length: 24 }, (_, hour) => hour * 60 + 30), delayMs: 15 * MINUTE_MS },
  days: { minutes: [2, 5, 8, 11, 14, 17, 20, 23].map((hour) => hour * 60), delayMs: 10 * MINUTE_MS },
}

/** The newest base, and the two before it for when that is late. */
const STEPS = 3

/** For how long a base that was late is not asked for again. */
export const LATE_MS = 90_000

/** The bases that may be asked for at an instant, the newest first. */
export function basesAt(product: Product, now: Date): Date[] {
  const { delayMs } = TIMETABLE[product]
  return basesAround(product, now)
    .filter((base) => base.getTime() + delayMs <= now.getTime())
    .toReversed()
    .slice(0, STEPS)
}

export function newestBase(product: Product, now: Date): Date {
  return basesAt(product, now)[0]!
}

/** The first base that has not appeared yet, and the instant from which it can be asked for. */
export function nextBase(product: Product, now: Date): { base: Date; available_at: Date } {
  const { delayMs } = TIMETABLE[product]
  const base = basesAround(product, now).find((one) => one.getTime() + delayMs > now.getTime())!
  return { base, available_at: new Date(base.getTime() + delayMs) }
}

/**
 * Until when a reading need not be made again. `jitterSec` (0 to 120) delays the reading of observations, so that the cells do not all ask at the same minute.
 * A reading of an older base than the newest is asked for again soon.
 */
export function freshUntil(product: Product, now: Date, { base, jitterSec }: { base: Date; jitterSec: number }): Date {
  if (base < newestBase(product, now)) return new Date(now.getTime() + LATE_MS)
  const next = nextBase(product, now).available_at.getTime()
  return new Date(product === 'observation' ? Math.min(next + jitterSec * 1000, now.getTime() + HOUR_MS) : next)
}

/** A base in KMA's words: date and time in Seoul. */
export function baseWords(base: Date): { base_date: string; base_time: string } {
  const seoul = seoulDateTime(base)
  return { base_date: seoul.slice(0, 10).replaceAll('-', ''), base_time: seoul.slice(11, 16).replace(':', '') }
}

/** All bases of yesterday, today and tomorrow, in their order. */
function basesAround(product: Product, now: Date): Date[] {
  const midnight = fromSeoulDate(seoulDate(now)).getTime()
  return [-DAY_MS, 0, DAY_MS].flatMap((day) => TIMETABLE[product].minutes.map((minute) => new Date(midnight + day + minute * MINUTE_MS)))
}
