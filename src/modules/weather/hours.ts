import { HOUR_MS } from '../../core/time.ts'
import type { Amount, ForecastHour, Observation, Precipitation, Sky } from '../../core/weather.ts'

/** A measured hour, with the sky that was forecast for it. Nobody observes the sky. */
export type MeasuredHour = Observation & { readonly sky?: Sky | null }

/** The hours that are known, oldest first. What was measured stands over what was expected. */
export function mergeHours(measured: readonly MeasuredHour[], expected: readonly ForecastHour[]): ForecastHour[] {
  const hours = new Map(expected.map((hour) => [Date.parse(hour.at), hour]))
  for (const one of measured) {
    const at = Date.parse(one.hour)
    const forecast = hours.get(at)
    hours.set(at, {
      at: new Date(at).toISOString(),
      temp: one.temp,
      humidity: one.humidity ?? forecast?.humidity ?? null,
      pty: one.pty ?? forecast?.pty ?? null,
      sky: one.sky ?? forecast?.sky ?? null,
      wind_ms: one.wind_ms ?? forecast?.wind_ms ?? null,
      pop: forecast?.pop ?? null,
      rain_mm: one.rn1 === null ? (forecast?.rain_mm ?? null) : { min: one.rn1, max: one.rn1 },
      snow_cm: forecast?.snow_cm ?? null,
      lightning: forecast?.lightning ?? null,
    })
  }
  return [...hours].toSorted(([a], [b]) => a - b).map(([, hour]) => hour)
}

/** The hour that begins then, or null where nothing is known of it. */
export function hourAt(hours: readonly ForecastHour[], at: number): ForecastHour | null {
  return hours.find((hour) => Date.parse(hour.at) === at) ?? null
}

const SNOWS: readonly (Precipitation | null)[] = ['snow', 'flurry', 'rain_snow', 'drizzle_snow']

/** Whether snow is in what falls. */
export const isSnow = (pty: Precipitation | null): boolean => SNOWS.includes(pty)

/** Whether it is known that something falls. */
export const isWet = (pty: Precipitation | null): boolean => pty !== null && pty !== 'none'

/** The snow of an hour, as far as it is known. A band that begins at 0 may be none. */
const hasSnow = ({ pty, snow_cm }: { pty: Precipitation | null; snow_cm: Amount | null }) => isSnow(pty) || (snow_cm?.min ?? 0) > 0

const SNOW_LIES_MS = 48 * HOUR_MS

/** Whether snow fell in the 48 hours up to then, by the known hours and by the last snow that is remembered otherwise. */
export function hasSnowedBy(at: Date, hours: readonly ForecastHour[], lastSnowAt: Date | null): boolean {
  const isLying = (then: number) => then <= at.getTime() && at.getTime() - then <= SNOW_LIES_MS
  return (lastSnowAt !== null && isLying(lastSnowAt.getTime())) || hours.some((hour) => hasSnow(hour) && isLying(Date.parse(hour.at)))
}
