import ICAL from 'ical.js'
import { DAY_MS } from '../../../core/time.ts'

const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'] as const
type Weekday = (typeof WEEKDAYS)[number]

/** How a series goes on, week by week. Dates are Seoul's, `YYYY-MM-DD`. Without `count` and `until` it has no end. */
export interface Recurrence {
  readonly interval: number
  /** Whether the rule names its days itself. Otherwise they follow the first date. */
  readonly has_days: boolean
  readonly days: readonly Weekday[]
  readonly count: number | null
  readonly until: string | null
}

const RULE_MAX = 100
const PARTS: Readonly<Record<string, RegExp>> = {
  FREQ: /^WEEKLY$/,
  INTERVAL: /^[1-4]$/,
  BYDAY: /^(?:SU|MO|TU|WE|TH|FR|SA)(?:,(?:SU|MO|TU|WE|TH|FR|SA))*$/,
  COUNT: /^(?:[1-9]|[1-4]\d|5[0-2])$/,
  UNTIL: /^\d{8}(?:T\d{6}Z?)?$/,
}

/**
 * Reads a rule that a host wishes, or answers `null` for what is not supported (docs/product.md#meetups). The grammar is checked here, because the library is lenient.
 * `startsTime` is the wall time of the dates: an `UNTIL` with a time leaves out a date that begins after it.
 */
export function parseRecurrence(rule: string, startsOn: string, startsTime = '00:00'): Recurrence | null {
  const recurrence = readRecurrence(rule, startsOn, startsTime)
  if (!recurrence) return null
  const { count, until } = recurrence
  if (count === 1) return null
  return until !== null && until > aYearAfter(startsOn) ? null : recurrence
}

/** Reads a rule as it is stored. What is left of a series that was changed near its end may be one date, and a year that moved over a 29 February has a day more. */
export function readRecurrence(rule: string, startsOn: string, startsTime = '00:00'): Recurrence | null {
  if (rule.length > RULE_MAX) return null
  const parts = new Map<string, string>()
  for (const part of rule.split(';')) {
    const [name = '', value = '', ...rest] = part.split('=')
    if (rest.length > 0 || parts.has(name) || !Object.hasOwn(PARTS, name) || !PARTS[name]!.test(value)) return null
    parts.set(name, value)
  }
  if (!parts.has('FREQ') || (parts.has('COUNT') && parts.has('UNTIL'))) return null
  const named = parts.get('BYDAY')?.split(',') as Weekday[] | undefined
  const days = named ?? [weekdayOf(startsOn)]
  if (new Set(days).size < days.length || !days.includes(weekdayOf(startsOn))) return null
  const until = parts.has('UNTIL') ? lastDateBy(parts.get('UNTIL')!, startsTime) : null
  if (parts.has('UNTIL') && (until === null || until < startsOn)) return null
  return {
    interval: Number(parts.get('INTERVAL') ?? 1),
    has_days: named !== undefined,
    days,
    count: Number(parts.get('COUNT') ?? 0) || null,
    until,
  }
}

/** The rule in its shortest words. */
export function writeRecurrence({ interval, has_days, days, count, until }: Recurrence): string {
  return [
    'FREQ=WEEKLY',
    interval > 1 && `INTERVAL=${interval}`,
    has_days && `BYDAY=${days.join(',')}`,
    count !== null && `COUNT=${count}`,
    until !== null && `UNTIL=${until.replaceAll('-', '')}`,
  ]
    .filter(Boolean)
    .join(';')
}

/** The dates of a series from one date until another, both included. They are wall dates, so that no zone of a process moves them. */
export function datesOf(recurrence: Recurrence, startsOn: string, from: string, until: string): string[] {
  const dates: string[] = []
  for (const date of eachDate(recurrence, startsOn)) {
    if (date > until) break
    if (date >= from) dates.push(date)
  }
  return dates
}

/** The first `count` dates of a series from one date on. An ended series has fewer. */
export function nextDatesOf(recurrence: Recurrence, startsOn: string, from: string, count: number): string[] {
  const dates: string[] = []
  for (const date of count > 0 ? eachDate(recurrence, startsOn) : []) {
    if (date >= from) dates.push(date)
    if (dates.length === count) break
  }
  return dates
}

function* eachDate({ interval, days, count, until }: Recurrence, startsOn: string): Generator<string> {
  const recur = new ICAL.Recur({
    freq: 'WEEKLY',
    interval,
    byday: [...days],
    ...(count !== null && { count }),
    ...(until !== null && { until: ICAL.Time.fromDateString(until) }),
  })
  const dates = recur.iterator(ICAL.Time.fromDateString(startsOn))
  for (let date = dates.next(); date; date = dates.next()) yield date.toString()
}

export function weekdayOf(date: string): Weekday {
  return WEEKDAYS[new Date(`${date}T00:00:00Z`).getUTCDay()]!
}

/** Seoul's instant of a date and a wall time `HH:MM` or `HH:MM:SS`. */
export function slotOf(date: string, time: string): string {
  return new Date(`${date}T${time.slice(0, 5)}:00+09:00`).toISOString()
}

/** The last date on which something may begin at that time. A time with `Z` is UTC's, and without it Seoul's. */
function lastDateBy(until: string, startsTime: string): string | null {
  const [, year, month, day, hour, minute, second, zone] = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$/.exec(until)!
  const date = `${year}-${month}-${day}`
  // A date such as 30 February is moved by the engine, and is not one.
  const midnight = new Date(`${date}T00:00:00Z`)
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== date) return null
  if (hour === undefined) return date
  if (hour > '23' || minute! > '59' || second! > '59') return null
  const seoulMs = Date.parse(`${date}T${hour}:${minute}:${second}Z`) + (zone ? 9 * 3_600_000 : 0)
  const seoul = new Date(seoulMs).toISOString()
  return seoul.slice(11, 16) >= startsTime.slice(0, 5) ? seoul.slice(0, 10) : new Date(seoulMs - DAY_MS).toISOString().slice(0, 10)
}

/** The same day of the next year, or the day after 28 February. */
function aYearAfter(date: string): string {
  const next = new Date(`${date}T00:00:00Z`)
  next.setUTCFullYear(next.getUTCFullYear() + 1)
  return next.toISOString().slice(0, 10)
}
