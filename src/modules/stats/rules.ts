import { addDays, changePercent, type Days, elapsedPart, mondayOf, monthStart, monthsUpTo, split } from '../../core/periods.ts'
import type { StatsBucket, StatsRange, StatsTotals, WalkStats } from './schema.ts'

/** How many calendar months a range has. A week has none. */
const MONTHS = { month: 1, '3months': 3, '6months': 6, year: 12 } as const

/** The period of a range that holds a day: the Monday week, the calendar months up to and with that of the day, or the calendar year. */
function periodOf(range: StatsRange, day: string): Days {
  if (range === 'week') return { from: mondayOf(day), to: addDays(mondayOf(day), 6) }
  if (range === 'year') return { from: `${day.slice(0, 4)}-01-01`, to: `${day.slice(0, 4)}-12-31` }
  return monthsUpTo(day, MONTHS[range])
}

/** The whole period before one, of the same range. */
function periodBefore(range: StatsRange, { from }: Days): Days {
  if (range === 'week') return { from: addDays(from, -7), to: addDays(from, -1) }
  return { from: monthStart(from, -MONTHS[range]), to: addDays(from, -1) }
}

/** Days of a week or a month, weeks of three and six months, months of a year. A week at an edge of the months is cut there. */
function bucketsOf(range: StatsRange, period: Days): Days[] {
  if (range === 'year') return split(period, (day) => day.endsWith('-01'))
  if (range === '3months' || range === '6months') return split(period, (day) => mondayOf(day) === day)
  return split(period, () => true)
}

export interface StatsPlan {
  readonly period: Days
  readonly buckets: readonly Days[]
  readonly previous: Days
}

export function planStats(range: StatsRange, at: string, today: string): StatsPlan {
  const period = periodOf(range, at)
  return { period, buckets: bucketsOf(range, period), previous: elapsedPart(period, periodBefore(range, period), today) }
}

/** Sums of some days. `part` counts the thresholds of `thresholdsOf` at or before them. */
export interface PartRow extends StatsTotals {
  readonly part: number
}

/** Where parts of the days begin: what is compared with, what lies between, and the buckets. */
export const thresholdsOf = ({ previous, buckets }: StatsPlan): string[] => [
  previous.from,
  addDays(previous.to, 1),
  ...buckets.map(({ from }) => from),
]
const PREVIOUS = 1
const FIRST_BUCKET = 3

const NOTHING: StatsTotals = { distance_m: 0, duration_sec: 0, walk_count: 0, calories: 0, walked_days: 0 }

export function makeStats(
  range: StatsRange,
  { period, buckets, previous }: StatsPlan,
  { parts, longest }: { readonly parts: readonly PartRow[]; readonly longest: WalkStats['longest'] },
): WalkStats {
  const partAt = new Map(parts.map(({ part, ...totals }) => [part, totals]))
  const filled: StatsBucket[] = buckets.map((days, i) => ({ ...days, ...(partAt.get(FIRST_BUCKET + i) ?? NOTHING) }))
  const totals = filled.reduce(add, NOTHING)
  const before = { ...previous, ...(partAt.get(PREVIOUS) ?? NOTHING) }
  return {
    range,
    ...period,
    totals,
    per_walked_day_m: totals.walked_days > 0 ? Math.round(totals.distance_m / totals.walked_days) : 0,
    longest,
    buckets: filled,
    previous: before,
    change_percent: changePercent(totals.distance_m, before.distance_m),
  }
}

const add = (sum: StatsTotals, one: StatsTotals): StatsTotals => ({
  distance_m: sum.distance_m + one.distance_m,
  duration_sec: sum.duration_sec + one.duration_sec,
  walk_count: sum.walk_count + one.walk_count,
  calories: sum.calories + one.calories,
  walked_days: sum.walked_days + one.walked_days,
})
