import type { LatLng } from '../../src/core/geo.ts'
import { HOUR_MS } from '../../src/core/time.ts'
import type { Observation, Precipitation, Sky } from '../../src/core/weather.ts'
import { createWeather } from '../vendors/weather/weather.ts'
import type { Day, Town } from './town.ts'

/** As many days are wet as in Seoul's autumn, or a few more, so that every town has some. */
const WET_DAYS = 0.16
const COOLER_WHEN_WET = 2
const [SNOW_UP_TO, SLEET_UP_TO] = [1, 2.5]
/** What it is like on any day, as at the simulated KMA. */
const usual = createWeather()

/** Few go for a walk on such a day. */
export const isWet = (town: Town, { date }: Pick<Day, 'date'>): boolean => town.random('weather', date).chance(WET_DAYS)

/** What was measured at a place in an hour of a day. Rain and snow come over the whole town at once. */
export function measuredAt(town: Town, day: Day, hour: number, place: LatLng): Observation & { readonly sky: Sky } {
  const at = day.at(hour)
  const falls = isWet(town, day) && isWithin(rainOf(town, day), hour)
  const { temp, humidity, wind_ms } = usual.at({ place, at, source: 'observed' })
  const degrees = tenths(falls ? temp - COOLER_WHEN_WET : temp)
  const pty = falls ? falling(town, day, hour, degrees) : 'none'
  return {
    hour: new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS).toISOString(),
    temp: degrees,
    humidity: falls ? 92 : humidity,
    pty,
    rn1: falls && pty !== 'drizzle' ? tenths(town.random('amount', day.date, hour).between(0.5, 6)) : 0,
    wind_ms: tenths(wind_ms),
    sky: falls ? 'overcast' : skyOf(town, day, hour),
  }
}

/** When it begins to fall, and when it ends. It falls in the morning or in the evening of each such day, when people walk. */
function rainOf(town: Town, { date }: Day): { from: number; to: number } {
  const random = town.random('rain', date)
  const from = Math.floor(random.between(0, 14))
  return { from, to: from + Math.ceil(random.between(8, 18)) }
}

const isWithin = ({ from, to }: { from: number; to: number }, hour: number) => hour >= from && hour < to

function falling(town: Town, { date }: Day, hour: number, temp: number): Precipitation {
  if (temp <= SNOW_UP_TO) return 'snow'
  if (temp <= SLEET_UP_TO) return 'rain_snow'
  return town.random('falling', date, hour).pick(['rain', 'rain', 'rain', 'shower', 'drizzle'])
}

const skyOf = (town: Town, { date }: Day, hour: number): Sky =>
  town.random('sky', date, Math.floor(hour / 6)).pick(['clear', 'clear', 'clear', 'mostly_cloudy', 'overcast'])

const tenths = (value: number) => Math.round(value * 10) / 10
