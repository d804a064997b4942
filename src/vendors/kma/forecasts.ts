import { z } from 'zod'
import { DAY_MS, fromSeoulDate, seoulClock, seoulDate } from '../../core/time.ts'
import type { DayExtremes, ForecastHour, Observation } from '../../core/weather.ts'
import { toInstant } from '../public-data/instant.ts'
import { toNumber } from '../public-data/numbers.ts'
import { toAmount, toCodedRain, toCodedSnow, toPrecipitation, toSky } from './values.ts'

const valueSchema = z.union([z.string(), z.number(), z.null()]).optional()
const digitsSchema = z.union([z.string(), z.number()]).transform(String)
/** A row without the member for its value is one of something else. */
const observedSchema = z.object({ category: z.string(), obsrValue: valueSchema }).refine((row) => 'obsrValue' in row)
const forecastSchema = z.object({ category: z.string(), fcstDate: digitsSchema, fcstTime: digitsSchema, fcstValue: valueSchema })

type Values = ReadonlyMap<string, unknown>

/** What an observation is made of. */
const OBSERVED: ReadonlySet<string> = new Set(['T1H', 'REH', 'RN1', 'PTY', 'WSD', 'UUU', 'VVV', 'VEC'])

/**
 * The observation at `base`, or null where nothing is measured: over the sea the temperature is missing, and the precipitation is said to be none. Undefined
 * when the rows are no observation, which says nothing of the place.
 */
export function readObservation(items: readonly unknown[], base: Date): Observation | null | undefined {
  const values: Values = new Map(rowsOf(observedSchema, items).map(({ category, obsrValue }) => [category, obsrValue]))
  if (![...values.keys()].some((category) => OBSERVED.has(category))) return undefined
  const number = (category: string) => toNumber(values.get(category))
  const temp = number('T1H')
  if (temp === null) return null
  return {
    hour: base.toISOString(),
    temp,
    humidity: number('REH'),
    rn1: number('RN1'),
    pty: toPrecipitation(values.get('PTY')),
    wind_ms: number('WSD'),
  }
}

/** The next six hours. The base that the rows repeat is not the one that was asked for, so it is not compared. */
export function readHours(items: readonly unknown[]): readonly ForecastHour[] {
  return hoursOf(items).map(({ at, values }) => ({
    ...common(at, values),
    temp: toNumber(values.get('T1H')),
    wind_ms: toNumber(values.get('WSD')),
    rain_mm: amount(values, 'RN1', toAmount),
    snow_cm: null,
    lightning: toNumber(values.get('LGT')),
  }))
}

/** The days to come. In the last of them amounts are codes, and the wind is one too. */
export function readDays(items: readonly unknown[], base: Date): { hours: readonly ForecastHour[]; extremes: readonly DayExtremes[] } {
  const all = hoursOf(items)
  const codesAfter = tailOf(base)
  const hours = all.map(({ at, values }) => {
    const isCoded = Date.parse(at) > codesAfter
    return {
      ...common(at, values),
      temp: toNumber(values.get('TMP')),
      wind_ms: isCoded ? null : toNumber(values.get('WSD')),
      rain_mm: amount(values, 'PCP', isCoded ? toCodedRain : toAmount),
      snow_cm: amount(values, 'SNO', isCoded ? toCodedSnow : toAmount),
      lightning: null,
    }
  })
  const extremes = new Map<string, { date: string; min: number | null; max: number | null }>()
  for (const { at, values } of all) {
    const [min, max] = [toNumber(values.get('TMN')), toNumber(values.get('TMX'))]
    if (min === null && max === null) continue
    const date = seoulDate(new Date(at))
    const known = extremes.get(date)
    extremes.set(date, { date, min: min ?? known?.min ?? null, max: max ?? known?.max ?? null })
  }
  return { hours, extremes: [...extremes.values()] }
}

const common = (at: string, values: Values) => ({
  at,
  humidity: toNumber(values.get('REH')),
  pty: toPrecipitation(values.get('PTY')),
  sky: toSky(values.get('SKY')),
  pop: toNumber(values.get('POP')),
})

/** A row without a value says none. No row says nothing. */
function amount<T>(values: Values, category: string, read: (value: unknown) => T): T | null {
  return values.has(category) ? read(values.get(category)) : null
}

/** The midnight that begins the three-hourly day. It still has amounts, and codes begin at 03:00. Bases from 17:00 on reach a day farther. */
function tailOf(base: Date): number {
  const days = seoulClock(base).hour >= 17 ? 4 : 3
  return fromSeoulDate(seoulDate(base)).getTime() + days * DAY_MS
}

/** The rows by their hour, whatever their order. */
function hoursOf(items: readonly unknown[]): { at: string; values: Values }[] {
  const hours = new Map<string, Map<string, unknown>>()
  for (const { category, fcstDate, fcstTime, fcstValue } of rowsOf(forecastSchema, items)) {
    const at = toInstant(`${fcstDate}${fcstTime.padStart(4, '0')}`)
    if (at === null) continue
    const values = hours.get(at) ?? new Map<string, unknown>()
    hours.set(at, values.set(category, fcstValue))
  }
  return [...hours].map(([at, values]) => ({ at, values })).toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
}

function rowsOf<T extends z.ZodType>(schema: T, items: readonly unknown[]): z.output<T>[] {
  return items.flatMap((item) => {
    const { success, data } = schema.safeParse(item)
    return success ? [data] : []
  })
}
