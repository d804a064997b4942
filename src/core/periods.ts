import { DAY_MS } from './time.ts'

/** Days of a calendar, both ends counted, as `YYYY-MM-DD`. Nothing here knows an hour, so no offset can move a day. */
export interface Days {
  readonly from: string
  readonly to: string
}

const toMs = (day: string) => Date.parse(`${day}T00:00:00Z`)
const toDay = (ms: number) => new Date(ms).toISOString().slice(0, 10)

export const addDays = (day: string, days: number): string => toDay(toMs(day) + days * DAY_MS)

/** From the first day up to the second: 0 for the same. */
const daysBetween = (from: string, to: string): number => Math.round((toMs(to) - toMs(from)) / DAY_MS)

export const mondayOf = (day: string): string => addDays(day, -((new Date(toMs(day)).getUTCDay() + 6) % 7))

/** The first day of the month that lies so many months from the day's own. */
export function monthStart(day: string, months = 0): string {
  const [year = 0, month = 0] = day.split('-').map(Number)
  return toDay(Date.UTC(year, month - 1 + months, 1))
}

/** The whole calendar months around a day: its own, and so many before it. */
export const monthsUpTo = (day: string, count: number): Days => ({
  from: monthStart(day, 1 - count),
  to: addDays(monthStart(day, 1), -1),
})

/**
 * What a period is compared with. One that is over is compared with the whole period before it. One that still runs is compared with as many days of that as have begun,
 * and at most with all of it, because 31 days of March have no equal in February.
 */
export function elapsedPart(period: Days, previous: Days, today: string): Days {
  if (today < period.from || today >= period.to) return previous
  const to = addDays(previous.from, daysBetween(period.from, today))
  return { from: previous.from, to: to < previous.to ? to : previous.to }
}

/** The parts of a period that begin on some of its days, in order. The first day of the period always begins one. */
export function split(period: Days, begins: (day: string) => boolean): Days[] {
  const starts: string[] = []
  for (let day = period.from; day <= period.to; day = addDays(day, 1)) if (day === period.from || begins(day)) starts.push(day)
  return starts.map((from, i) => ({ from, to: starts[i + 1] === undefined ? period.to : addDays(starts[i + 1]!, -1) }))
}

/** Whole percent, half a percent away from zero. Null where there is nothing to compare with. */
export function changePercent(now: number, before: number): number | null {
  if (before === 0) return null
  const percent = ((now - before) / before) * 100
  return Math.sign(percent) * Math.round(Math.abs(percent)) + 0
}
