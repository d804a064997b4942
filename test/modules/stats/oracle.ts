/**
 * Statistics, calendar and summary worked out from the walks in the plainest way there is: day by day, without a line of src/. Days are `YYYY-MM-DD`, instants
 * milliseconds.
 */

export interface OracleWalk {
  readonly id: string
  readonly started_at: number
  readonly distance_m: number
  readonly duration_sec: number
  readonly calories: number
  readonly pets: readonly string[]
  readonly is_imported: boolean
  /** Valid and not deleted. */
  readonly counts: boolean
}

export type Range = 'week' | 'month' | '3months' | '6months' | 'year'

const DAY = 86_400_000
const seoul = (at: number) => new Date(at + 9 * 3_600_000)
export const dayOf = (at: number): string => seoul(at).toISOString().slice(0, 10)
const streakDayOf = (at: number): string => dayOf(at - 4 * 3_600_000)
const next = (day: string): string => new Date(Date.parse(day) + DAY).toISOString().slice(0, 10)
const before = (day: string): string => new Date(Date.parse(day) - DAY).toISOString().slice(0, 10)
const isMonday = (day: string) => new Date(day).getUTCDay() === 1
const isFirst = (day: string) => day.slice(8) === '01'

/** Goes back from a day, that day among them, until `count` days have been met that begin something. */
function back(day: string, begins: (day: string) => boolean, count = 1): string {
  let at = day
  for (let met = begins(at) ? 1 : 0; met < count; met += begins(at) ? 1 : 0) at = before(at)
  return at
}

/** All days from one on, until the day before the next on which something begins, and that `count` times. */
function on(from: string, begins: (day: string) => boolean, count = 1): string[] {
  const days = [from]
  for (let at = next(from), met = 0; ; at = next(at)) {
    if (begins(at) && ++met === count) return days
    days.push(at)
  }
}

const isNewYear = (day: string) => day.slice(5) === '01-01'
const SHAPE = {
  week: { begins: isMonday, count: 1, buckets: () => true },
  month: { begins: isFirst, count: 1, buckets: () => true },
  '3months': { begins: isFirst, count: 3, buckets: isMonday },
  '6months': { begins: isFirst, count: 6, buckets: isMonday },
  year: { begins: isNewYear, count: 1, buckets: isFirst },
} as const

function sums(walks: readonly OracleWalk[], days: readonly string[]) {
  const totals = { distance_m: 0, duration_sec: 0, walk_count: 0, calories: 0, walked_days: 0 }
  for (const day of days) {
    const those = walks.filter(({ started_at }) => dayOf(started_at) === day)
    if (those.length > 0) totals.walked_days++
    for (const { distance_m, duration_sec, calories } of those) {
      totals.walk_count++
      totals.distance_m += distance_m
      totals.duration_sec += duration_sec
      totals.calories += calories
    }
  }
  return totals
}

export function stats(all: readonly OracleWalk[], range: Range, at: string, today: string, pet?: string) {
  const walks = all.filter(({ counts, pets }) => counts && (pet === undefined || pets.includes(pet)))
  const { begins, count, buckets } = SHAPE[range]
  const from = back(at, begins, count)
  const days = on(from, begins, count)
  const whole = on(back(before(from), begins, count), begins, count)
  const begun = days.filter((day) => day <= today).length
  const previous = begun > 0 && begun < days.length ? whole.slice(0, begun) : whole
  const parts: string[][] = []
  for (const day of days) {
    if (parts.length === 0 || buckets(day)) parts.push([])
    parts.at(-1)!.push(day)
  }
  const totals = sums(walks, days)
  const earlier = sums(walks, previous)
  const longest = walks
    .filter(({ started_at }) => days.includes(dayOf(started_at)))
    .toSorted((a, b) => b.distance_m - a.distance_m || a.started_at - b.started_at || (a.id < b.id ? -1 : 1))[0]
  const change = 100 * (totals.distance_m / earlier.distance_m - 1)
  return {
    range,
    from: days[0],
    to: days.at(-1),
    totals,
    per_walked_day_m: totals.walked_days === 0 ? 0 : Math.round(totals.distance_m / totals.walked_days),
    longest: longest ? { walk_id: longest.id, distance_m: longest.distance_m } : null,
    buckets: parts.map((part) => ({ from: part[0], to: part.at(-1), ...sums(walks, part) })),
    previous: { from: previous[0], to: previous.at(-1), ...earlier },
    /** Not rounded. */
    change: earlier.distance_m === 0 ? null : change,
  }
}

/** `isPremiumOn`: whether premium covers a streak day. */
export function calendar(all: readonly OracleWalk[], month: string, isPremiumOn: (day: string) => boolean) {
  const walks = all.filter(({ counts }) => counts)
  const walked = new Set(walks.filter(({ is_imported }) => !is_imported).map(({ started_at }) => streakDayOf(started_at)))
  const missed = (day: string) => !walked.has(day) && walked.has(before(day)) && walked.has(next(day)) && isPremiumOn(day)
  // The month's rest day goes to its first missed day.
  const rests = (day: string) => missed(day) && on(`${day.slice(0, 7)}-01`, isFirst).find(missed) === day
  const runs = (day: string) => walked.has(day) || rests(day)
  return {
    month,
    days: on(`${month}-01`, isFirst).map((day) => {
      const those = walks.filter(({ started_at }) => dayOf(started_at) === day)
      const [hasBefore, hasAfter] = [runs(before(day)), runs(next(day))]
      const streak = !runs(day) ? 'none' : hasBefore && hasAfter ? 'middle' : hasBefore ? 'end' : hasAfter ? 'start' : 'single'
      return {
        day,
        walk_count: those.length,
        distance_m: those.reduce((total, { distance_m }) => total + distance_m, 0),
        streak,
        rest_day: rests(day),
      }
    }),
  }
}

export function summary(all: readonly OracleWalk[], today: string, goalKm: number) {
  const { totals, buckets } = stats(all, 'week', today, today)
  const { distance_m, walk_count, duration_sec } = totals
  return {
    distance_m,
    walk_count,
    duration_sec,
    goal_km: goalKm,
    percent: Math.floor((100 * distance_m) / (1_000 * goalKm)),
    days: buckets.map((day) => ({ day: day.from, walk_count: day.walk_count, distance_m: day.distance_m })),
  }
}
