import type { ForecastHour } from '../../../src/core/weather.ts'
import type { HourFacts, PetFacts } from '../../../src/modules/weather/paw-index/facts.ts'

export const SEOUL = { lat: 37.5665, lng: 126.978 }

/** An instant of Seoul's wall clock. */
export const kst = (time: string): Date => new Date(`${time}+09:00`)

/** Nothing is known of this hour. */
export const expected = (time: string, more: Partial<ForecastHour> = {}): ForecastHour => ({
  at: kst(time).toISOString(),
  temp: null,
  humidity: null,
  pty: null,
  sky: null,
  wind_ms: null,
  pop: null,
  rain_mm: null,
  snow_cm: null,
  lightning: null,
  ...more,
})

/** An hour in Seoul, and nothing around it. */
export const factsAt = (time: string, weather: Partial<ForecastHour>, more: Partial<HourFacts> = {}): HourFacts => ({
  at: kst(time),
  place: SEOUL,
  hour: expected(time, weather),
  before: [null, null],
  next: null,
  pm10: null,
  pm25: null,
  warnings: [],
  uv: null,
  has_recent_snow: false,
  is_coastal: false,
  ...more,
})

/** A pet of which only the name is known. */
export const UNKNOWN_PET: PetFacts = {
  name: '초코',
  size: null,
  weight_kg: null,
  birth_date: null,
  is_brachycephalic: false,
  has_double_coat: false,
  has_thin_coat: false,
  has_white_coat: false,
  is_overweight: false,
  has_heart_or_lung_condition: false,
}
