import type { LatLng } from '../../../core/geo.ts'
import { HOUR_MS, seoulDate } from '../../../core/time.ts'
import type { ForecastHour } from '../../../core/weather.ts'
import { hasSnowedBy, hourAt } from '../hours.ts'
import { type DatedWarning, type Warning, warningsAt } from '../warnings.ts'

/** What is known of a pet. Where nothing is, it is a healthy adult of medium size. */
export interface PetFacts {
  readonly name: string
  readonly size: 'small' | 'medium' | 'large' | null
  readonly weight_kg: number | null
  /** `YYYY-MM-DD`. */
  readonly birth_date: string | null
  readonly is_brachycephalic: boolean
  readonly has_double_coat: boolean
  readonly has_thin_coat: boolean
  readonly has_white_coat: boolean
  readonly is_overweight: boolean
  readonly has_heart_or_lung_condition: boolean
}

/** What is known of an hour at a place. What is unknown is null. */
export interface HourFacts {
  readonly at: Date
  readonly place: LatLng
  readonly hour: ForecastHour | null
  /** The hour before, and the one before that. */
  readonly before: readonly [ForecastHour | null, ForecastHour | null]
  readonly next: ForecastHour | null
  readonly pm10: number | null
  readonly pm25: number | null
  readonly warnings: readonly Warning[]
  readonly uv: number | null
  /** In the 48 hours up to then. */
  readonly has_recent_snow: boolean
  /** Within 500 m of the coast. */
  readonly is_coastal: boolean
}

/** What is known of a place now and in its next hours. */
export interface Surroundings {
  readonly place: LatLng
  readonly is_coastal: boolean
  readonly now: Date
  /** Measured and expected, as `mergeHours` gives them. */
  readonly hours: readonly ForecastHour[]
  readonly air_quality: { readonly pm10_value: number | null; readonly pm25_value: number | null } | null
  readonly warnings: readonly DatedWarning[]
  readonly uv: { readonly issued_at: string; readonly steps: readonly (number | null)[] } | null
  /** The last hour in which snow was measured, where that is farther back than `hours`. */
  readonly last_snow_at: Date | null
}

/** Nobody forecasts particles by the hour. Those of now are taken for the next hours, and later ones are unknown. */
const AIR_HOLDS_MS = 3 * HOUR_MS
const UV_STEP_MS = 3 * HOUR_MS

/** The facts of the hour that begins then. */
export function hourFactsAt(at: Date, { place, is_coastal, now, hours, air_quality, warnings, uv, last_snow_at }: Surroundings): HourFacts {
  const hourFrom = (steps: number) => hourAt(hours, at.getTime() + steps * HOUR_MS)
  const air = at.getTime() - now.getTime() < AIR_HOLDS_MS ? air_quality : null
  return {
    at,
    place,
    is_coastal,
    hour: hourFrom(0),
    before: [hourFrom(-1), hourFrom(-2)],
    next: hourFrom(1),
    pm10: air?.pm10_value ?? null,
    pm25: air?.pm25_value ?? null,
    warnings: warningsAt(warnings, at, now),
    uv: uv?.steps[Math.floor((at.getTime() - Date.parse(uv.issued_at)) / UV_STEP_MS)] ?? null,
    has_recent_snow: hasSnowedBy(at, hours, last_snow_at),
  }
}

const PUPPY_TO_MONTHS = 6

/** Whole months of age on the Seoul day, or null where the birth date is unknown. */
export function ageInMonths({ birth_date }: Pick<PetFacts, 'birth_date'>, at: Date): number | null {
  if (birth_date === null) return null
  const [birthYear = 0, birthMonth = 0, birthDay = 0] = birth_date.split('-').map(Number)
  const [year = 0, month = 0, day = 0] = seoulDate(at).split('-').map(Number)
  return (year - birthYear) * 12 + month - birthMonth - (day < birthDay ? 1 : 0)
}

export function isPuppy(pet: PetFacts, at: Date): boolean {
  const months = ageInMonths(pet, at)
  return months !== null && months < PUPPY_TO_MONTHS
}

/** Whether it is known to be so old. */
export function isAged(pet: PetFacts, at: Date, years: number): boolean {
  const months = ageInMonths(pet, at)
  return months !== null && months >= years * 12
}
