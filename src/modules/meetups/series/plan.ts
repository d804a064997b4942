import { DAY_MS, fromSeoulDate, seoulDate, seoulDateTime } from '../../../core/time.ts'
import { datesOf, nextDatesOf, parseRecurrence, readRecurrence, type Recurrence, slotOf, weekdayOf, writeRecurrence } from './recurrence.ts'

/** What `series_json` answers: what the dates of a meetup follow from. */
export interface Series {
  readonly id: string
  readonly starts_on: string
  readonly starts_time: string
  readonly recurrence_rule: string | null
  readonly made_until: string | null
}

/** The first date that a change is about. */
export interface FirstDate {
  readonly id: string
  readonly slot_at: string
  /** When the series has the date before it. */
  readonly previous_slot_at: string | null
  /** The slots from this date on that stand from before the series last began again. Its rule says nothing of them. */
  readonly earlier_slots: readonly string[]
}

/** When a meetup is to be from one date on. What is left out stays. */
export interface Timing {
  readonly scheduled_at?: string | undefined
  readonly recurrence_rule?: string | null | undefined
}

/** What `edit_series` makes of the later dates. `seen` and `first_id` are what the plan was made from. */
export interface Plan {
  readonly seen: Series
  readonly first_id: string
  readonly starts_on: string
  readonly starts_time: string
  readonly recurrence_rule: string | null
  readonly made_until: string | null
  readonly slots: readonly string[]
}

/** How far ahead the dates of a series stand as rows, in days of Seoul, the last one included. */
const AHEAD_DAYS = 56
/** So far stand the dates of a series that has an end and has reached it. */
const FOREVER = '9999-12-31'

/** Until when the dates of a series are made: eight weeks from today. Only its first date may be later (docs/product.md#meetups). */
export function horizonOf(now: Date): string {
  return daysAfter(seoulDate(now), AHEAD_DAYS)
}

export interface Growth {
  readonly seen: Series
  readonly slots: readonly string[]
  readonly until: string
}

/** The dates of a series that fell within eight weeks since it was last looked at. */
export function planFurtherDates(series: Series, now: Date): Growth {
  const { starts_on, starts_time, recurrence_rule, made_until } = series
  const recurrence = recurrence_rule === null ? null : readRecurrence(recurrence_rule, starts_on, starts_time)
  if (!recurrence) return { seen: series, slots: [], until: FOREVER }
  const until = horizonOf(now)
  const from = made_until === null ? starts_on : daysAfter(made_until, 1)
  const dates = datesOf(recurrence, starts_on, from, until)
  const goesOn = nextDatesOf(recurrence, starts_on, daysAfter(until, 1), 1).length > 0
  return { seen: series, slots: dates.map((date) => slotOf(date, starts_time)), until: goesOn ? until : FOREVER }
}

/**
 * Where the dates from `first` on go: `null` when they stay, and the word for what is wrong when they cannot. A series begins again with its first changed date, so what was
 * left of its COUNT is left. A series that moves by some days moves as a whole: its only weekday and its UNTIL move along.
 */
export function planChange(series: Series, first: FirstDate, wish: Timing, now: Date): Plan | 'time' | 'rule' | null {
  const [oldDate, oldTime] = wallOf(first.slot_at)
  const [date, time] = wish.scheduled_at === undefined ? [oldDate, oldTime] : wallOf(wish.scheduled_at)
  const isMoved = date !== oldDate || time !== oldTime
  const isRuleNew = wish.recurrence_rule !== undefined && wish.recurrence_rule !== series.recurrence_rule
  if (!isMoved && !isRuleNew) return null
  const slot = slotOf(date, time)
  if (first.previous_slot_at !== null && Date.parse(slot) <= Date.parse(first.previous_slot_at)) return 'time'
  const rule = isRuleNew ? (wish.recurrence_rule ?? null) : series.recurrence_rule
  const shift = Math.round((Date.parse(date) - Date.parse(oldDate)) / DAY_MS)
  // What stands from before the rule moves along as it is, and the rule begins after it.
  const earlier = isRuleNew ? [] : first.earlier_slots.map((each) => daysAfter(wallOf(each)[0], shift))
  const [oldStart, starts_on] = earlier.length > 0 ? [series.starts_on, daysAfter(series.starts_on, shift)] : [oldDate, date]
  const planned = { seen: series, first_id: first.id, starts_on, starts_time: time }
  const slotsOf = (dates: readonly string[]) => [...earlier, ...dates].map((each) => slotOf(each, time))
  if (rule === null) return { ...planned, recurrence_rule: null, made_until: null, slots: slotsOf([starts_on]) }
  const recurrence = isRuleNew ? parseRecurrence(rule, starts_on, time) : carryOver(series, rule, oldStart, starts_on, shift)
  if (!recurrence) return 'rule'
  const known = series.made_until === null || series.made_until === FOREVER ? starts_on : series.made_until
  const made_until = daysAfter([horizonOf(now), known, starts_on].reduce(later), Math.max(shift, 0))
  return {
    ...planned,
    recurrence_rule: isRuleNew ? rule : writeRecurrence(recurrence),
    made_until,
    slots: slotsOf(datesOf(recurrence, starts_on, starts_on, made_until)),
  }
}

/** What is left of a series from one of its dates on, so many days later. `null` when its weekdays cannot move along. */
function carryOver(series: Series, rule: string, oldDate: string, date: string, shift: number): Recurrence | null {
  const stands = readRecurrence(rule, series.starts_on, series.starts_time)
  if (!stands) return null
  const { count, until, has_days, days } = stands
  const before = count === null ? 0 : datesOf(stands, series.starts_on, series.starts_on, daysAfter(oldDate, -1)).length
  const isOneDay = days.length === 1
  if (!isOneDay && !days.includes(weekdayOf(date))) return null
  return {
    ...stands,
    has_days,
    days: isOneDay ? [weekdayOf(date)] : days,
    count: count === null ? null : Math.max(count - before, 1),
    until: until === null ? null : later(daysAfter(until, shift), date),
  }
}

/** Seoul's date, and the time to the minute. */
function wallOf(instant: string): [date: string, time: string] {
  const wall = seoulDateTime(new Date(instant))
  return [wall.slice(0, 10), wall.slice(11, 16)]
}

const later = (one: string, other: string) => (one > other ? one : other)

function daysAfter(date: string, days: number): string {
  return seoulDate(new Date(fromSeoulDate(date).getTime() + days * DAY_MS))
}
