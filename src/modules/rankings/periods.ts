import { DAY_MS, HOUR_MS, fromSeoulDate, seoulDate, seoulMonday } from '../../core/time.ts'

export const periodKinds = ['weekly', 'monthly', 'alltime'] as const

/** A week or month of Seoul's calendar. `end_day` is the first day after it. */
export interface Period {
  readonly kind: 'weekly' | 'monthly'
  /** `2026-W48` (ISO 8601) or `2026-11`. */
  readonly key: string
  readonly from_day: string
  readonly end_day: string
  /** Noon of the Monday on or after its end. A walk that was recorded offline still counts until then. */
  readonly closes_at: Date
}

/** The period of that kind that contains an instant. */
export function periodAt(kind: Period['kind'], at: Date): Period {
  const from_day = kind === 'weekly' ? seoulMonday(at) : `${seoulDate(at).slice(0, 7)}-01`
  const end_day =
    kind === 'weekly' ? addDays(from_day, 7) : `${seoulDate(new Date(fromSeoulDate(from_day).getTime() + 31 * DAY_MS)).slice(0, 7)}-01`
  const monday = seoulMonday(fromSeoulDate(addDays(end_day, 6)))
  return {
    kind,
    key: kind === 'weekly' ? weekKey(from_day) : from_day.slice(0, 7),
    from_day,
    end_day,
    closes_at: new Date(fromSeoulDate(monday).getTime() + 12 * HOUR_MS),
  }
}

export function periodBefore({ kind, from_day }: Period): Period {
  return periodAt(kind, new Date(fromSeoulDate(from_day).getTime() - 1))
}

/** The period with that key, or `null` when there is no such week or month. */
export function periodNamed(kind: Period['kind'], key: string): Period | null {
  const [match, year, number] = /^(\d{4})-W?(\d{2})$/.exec(key) ?? []
  if (!match) return null
  // The 4th of January lies in the first week of every year, and the 15th in every month.
  const day = kind === 'weekly' ? addDays(`${year}-01-04`, 7 * (Number(number) - 1)) : `${year}-${number}-15`
  if (Number.isNaN(Date.parse(day))) return null
  const period = periodAt(kind, fromSeoulDate(day))
  return period.key === key ? period : null
}

/** The last six weeks and three months that have ended, oldest first. A cron that stood still for as long catches up with them. */
export function periodsEndedBefore(at: Date): Period[] {
  const lately = (kind: Period['kind'], count: number) => {
    const periods: Period[] = []
    for (let period = periodBefore(periodAt(kind, at)); periods.length < count; period = periodBefore(period)) periods.push(period)
    return periods.toReversed()
  }
  return [...lately('weekly', 6), ...lately('monthly', 3)]
}

/** The quarter (`2026-Q4`) that ends with this month, and its three months. It is `null` for other months. */
export function quarterEndedBy({ key }: Period): { key: string; months: string[] } | null {
  const [year = '', month = ''] = key.split('-')
  const last = Number(month)
  if (last % 3 !== 0) return null
  return { key: `${year}-Q${last / 3}`, months: [last - 2, last - 1, last].map((it) => `${year}-${String(it).padStart(2, '0')}`) }
}

function addDays(day: string, days: number): string {
  const at = Date.parse(`${day}T00:00:00Z`)
  return Number.isNaN(at) ? day : new Date(at + days * DAY_MS).toISOString().slice(0, 10)
}

/** ISO 8601: a week belongs to the year of its Thursday. */
function weekKey(monday: string): string {
  const year = addDays(monday, 3).slice(0, 4)
  const firstMonday = seoulMonday(fromSeoulDate(`${year}-01-04`))
  const number = Math.round((Date.parse(monday) - Date.parse(firstMonday)) / (7 * DAY_MS)) + 1
  return `${year}-W${String(number).padStart(2, '0')}`
}
