import { seoulDate } from '../../core/time.ts'

export interface Felt {
  readonly at: Date
  readonly temp: number | null
  readonly humidity: number | null
  readonly wind_ms: number | null
}

/** The month in Seoul, from 1. */
export const seoulMonth = (at: Date): number => Number(seoulDate(at).slice(5, 7))

/**
 * The temperature that people feel, by KMA's formulas, to a tenth of a degree: heat from May to September, wind chill in the other months. It is null where
 * the formula of the season needs a humidity or a wind that nobody knows.
 */
export function feelsLike({ at, temp, humidity, wind_ms }: Felt): number | null {
  if (temp === null) return null
  const month = seoulMonth(at)
  const felt = month >= 5 && month <= 9 ? inSummer(temp, humidity) : inWinter(temp, wind_ms)
  return felt === null ? null : toTenth(felt)
}

/** To one decimal. Zero has no sign. */
export const toTenth = (value: number): number => Math.round(value * 10) / 10 + 0

const SUMMER_FROM = 20
function inSummer(temp: number, humidity: number | null): number | null {
  if (temp < SUMMER_FROM) return temp
  if (humidity === null) return null
  // Stull's wet-bulb temperature.
  const wetBulb =
    temp * Math.atan(0.151977 * Math.sqrt(humidity + 8.313659)) +
    Math.atan(temp + humidity) -
    Math.atan(humidity - 1.67633) +
    0.00391838 * humidity ** 1.5 * Math.atan(0.023101 * humidity) -
    4.686035
  return -0.2442 + 0.55399 * wetBulb + 0.45535 * temp - 0.0022 * wetBulb ** 2 + 0.00278 * wetBulb * temp + 3
}

const CHILL_TO = 10
const CHILL_WIND_MS = 1.3
function inWinter(temp: number, wind_ms: number | null): number | null {
  if (temp > CHILL_TO) return temp
  if (wind_ms === null) return null
  if (wind_ms < CHILL_WIND_MS) return temp
  const wind = (wind_ms * 3.6) ** 0.16
  return 13.12 + 0.6215 * temp - 11.37 * wind + 0.3965 * wind * temp
}
