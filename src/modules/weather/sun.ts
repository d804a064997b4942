import { getPosition, getTimes } from 'suncalc'
import type { LatLng } from '../../core/geo.ts'
import { DAY_MS, fromSeoulDate, seoulDate } from '../../core/time.ts'

/** How high the sun stands above the horizon, in degrees. */
export function sunAltitude(at: Date, { lat, lng }: LatLng): number {
  return getPosition(at, lat, lng).altitude
}

export interface Daylight {
  readonly sunrise: Date
  readonly sunset: Date
}

/** The daylight of a Seoul day (`YYYY-MM-DD`), or null where the sun does not rise or set. */
export function daylightOf(date: string, { lat, lng }: LatLng): Daylight | null {
  // The library takes the solar day of the instant. Half past midnight in Seoul is on the day before.
  const noon = new Date(fromSeoulDate(date).getTime() + DAY_MS / 2)
  const { sunrise, sunset } = getTimes(noon, lat, lng)
  return sunrise && sunset ? { sunrise, sunset } : null
}

/** Whether the sun is below the horizon. */
export function isDark(at: Date, place: LatLng): boolean {
  const daylight = daylightOf(seoulDate(at), place)
  return daylight ? at < daylight.sunrise || at >= daylight.sunset : sunAltitude(at, place) < 0
}
