import type { KmaCell } from '../../../core/kma-grid.ts'
import { DAY_MS, fromSeoulDate, HOUR_MS, seoulDate } from '../../../core/time.ts'
import type { DayExtremes, ForecastHour, Observation, Sky } from '../../../core/weather.ts'
import { basesAt, newestBase, type Product } from '../bases.ts'
import { hourAt } from '../hours.ts'
import type { CellWeather } from './schema.ts'

/** How long a copy is better than none. */
export const OLDEST_MS = 6 * HOUR_MS
/** A forecast of days is read every three hours, so it may be so much older. */
const OLDEST_DAYS_MS = OLDEST_MS + 3 * HOUR_MS
/** Forecasts reach as far as somebody may ask with the oldest copy. */
const AHEAD_MS = 36 * HOUR_MS
/** Pavement remembers the sun of two hours. */
const BEHIND_MS = 3 * HOUR_MS

type Part = 'observation' | 'hours' | 'days'
export const PARTS: readonly (Part & Product)[] = ['observation', 'hours', 'days']

/** What was read of one product of a cell. */
export interface Readings {
  readonly observation?: NonNullable<CellWeather['observation']>
  readonly hours?: NonNullable<CellWeather['hours']>
  readonly days?: NonNullable<CellWeather['days']> & { readonly extremes: readonly DayExtremes[] }
}

/** The parts that have to be read, which are none while the copy is fresh. */
export function partsDue(copy: CellWeather | null, now: Date): (typeof PARTS)[number][] {
  return PARTS.filter((part) => {
    const reading = copy?.[part] ?? null
    return reading === null || Date.parse(reading.fresh_until) <= now.getTime()
  })
}

export const isFresh = (copy: CellWeather | null, now: Date): copy is CellWeather => copy !== null && partsDue(copy, now).length === 0

/** The newer of two copies, without what is too old to be shown. The extremes of the day stay. */
export function newestOf(one: CellWeather | null, other: CellWeather | null, now: Date): CellWeather | null {
  const newest = one && other ? (isNewer(one, other) ? one : other) : (one ?? other)
  if (newest === null) return null
  const isGone = isOlder(newest.fetched_at, OLDEST_MS, now)
  const left = <P extends Part>(part: P, oldestMs = OLDEST_MS): CellWeather[P] =>
    isGone || isOlder(newest[part]?.read_at ?? newest.fetched_at, oldestMs, now) ? null : newest[part]
  return { ...newest, observation: left('observation'), hours: left('hours'), days: left('days', OLDEST_DAYS_MS) }
}

const isOlder = (at: string, ageMs: number, now: Date) => now.getTime() - Date.parse(at) > ageMs

const isNewer = (one: CellWeather, other: CellWeather) =>
  one.fetched_at === other.fetched_at ? one.fresh_until > other.fresh_until : one.fetched_at > other.fetched_at

/** Whether a copy tells anything. One may only tell that nothing had appeared. */
export const hasWeather = (copy: CellWeather | null): copy is CellWeather =>
  copy !== null && PARTS.some((part) => (copy[part]?.base ?? null) !== null)

/** Puts what was read into a copy. What was not read stays as it was. */
export function withReadings(copy: CellWeather | null, { observation, hours, days }: Readings, now: Date): CellWeather {
  const parts = {
    observation: observation ?? copy?.observation ?? null,
    hours: hours ? { ...hours, value: followOn(copy?.hours?.value, hours.value, now) } : (copy?.hours ?? null),
    days: days
      ? { base: days.base, read_at: days.read_at, fresh_until: days.fresh_until, value: followOn(copy?.days?.value, days.value, now) }
      : (copy?.days ?? null),
  }
  const read = PARTS.map((part) => parts[part]).filter((reading) => reading !== null && reading.base !== null)
  return {
    fetched_at:
      read
        .map((reading) => reading!.read_at)
        .toSorted()
        .at(-1) ?? now.toISOString(),
    fresh_until: PARTS.map((part) => parts[part]?.fresh_until ?? now.toISOString()).toSorted()[0]!,
    ...parts,
    extremes: foldExtremes(copy?.extremes ?? [], days?.extremes ?? [], now),
  }
}

/** A new forecast, with the hours of the former before its first, of which some are still asked for. */
function followOn(former: readonly ForecastHour[] = [], next: readonly ForecastHour[], now: Date): ForecastHour[] {
  const [from, to] = [now.getTime() - BEHIND_MS, now.getTime() + AHEAD_MS]
  const begins = Math.min(...next.map(({ at }) => Date.parse(at)))
  return [...former.filter(({ at }) => Date.parse(at) < begins), ...next].filter(({ at }) => Date.parse(at) >= from && Date.parse(at) <= to)
}

/** Only the first bases of a day tell its lowest and its highest temperature. Later ones leave what is known. */
function foldExtremes(known: readonly DayExtremes[], news: readonly DayExtremes[], now: Date): DayExtremes[] {
  const days = new Map(known.map((day) => [day.date, day]))
  for (const { date, min, max } of news) {
    const before = days.get(date)
    days.set(date, { date, min: min ?? before?.min ?? null, max: max ?? before?.max ?? null })
  }
  const [today, last] = [seoulDate(now), seoulDate(new Date(now.getTime() + DAY_MS))]
  return [...days.values()].filter(({ date }) => date >= today && date <= last)
}

/** What is expected of each hour: the forecast of the next six hours where it reaches, and that of the days beyond it and for what the former does not tell. */
export function expectedHours(copy: CellWeather): ForecastHour[] {
  const hours = new Map((copy.days?.value ?? []).map((hour) => [Date.parse(hour.at), hour]))
  for (const near of copy.hours?.value ?? []) {
    const far = hours.get(Date.parse(near.at))
    const told = Object.entries(near).filter(([, value]) => value !== null)
    hours.set(Date.parse(near.at), far ? { ...far, ...(Object.fromEntries(told) as Partial<ForecastHour>) } : near)
  }
  return [...hours].toSorted(([a], [b]) => a - b).map(([, hour]) => hour)
}

/** The sky of an hour that was measured is the forecast's. Where that begins an hour later, it is that one's. */
export function skyAt(copy: CellWeather, hour: string): Sky | null {
  const expected = expectedHours(copy)
  return (hourAt(expected, Date.parse(hour)) ?? hourAt(expected, Date.parse(hour) + HOUR_MS))?.sky ?? null
}

/** An observation as a row of `weather_hours`, with the sky of its hour. */
export function toReading({ nx, ny }: KmaCell, copy: CellWeather, observation: Observation) {
  return { nx, ny, ...observation, sky: skyAt(copy, observation.hour) }
}

/** KMA publishes up to two minutes late, by the jitter of the readings. */
const LATE_MS = 120_000

/** Whether the answer has to say that it is old: a part could not be read anew, or the observation is not the newest that has been published for a while. */
export function isStale(copy: CellWeather, now: Date): boolean {
  const base = copy.observation?.base ?? null
  return !isFresh(copy, now) || base === null || Date.parse(base) < newestBase('observation', new Date(now.getTime() - LATE_MS)).getTime()
}

/** The bases of a product to ask for, the newest first. One that is held is not asked for again. */
export function basesToAsk(part: (typeof PARTS)[number], copy: CellWeather | null, now: Date): Date[] {
  const held = copy?.[part]?.base ?? null
  return basesAt(part, now).filter((base) => held === null || base.getTime() > Date.parse(held))
}

/** Seconds by which a cell is read later than others, the same at each reading. */
export const jitterOf = ({ nx, ny }: KmaCell): number => (nx * 31 + ny * 17) % 121

/** The first hour of today's Seoul day. */
export const dayBegins = (now: Date): Date => fromSeoulDate(seoulDate(now))
