import type { LatLng } from '../../../src/core/geo.ts'
import { DAY_MS, HOUR_MS, seoulClock, seoulDate } from '../../../src/core/time.ts'
import type { Precipitation, Sky } from '../../../src/core/weather.ts'
import { airAppliesTo, appliesTo, type Moment, type Rule } from './rules.ts'

/** The weather at a place and a time, as exact as nobody knows it. */
export interface Conditions {
  temp: number
  humidity: number
  pty: Precipitation
  sky: Sky
  /** Millimetres in the hour. */
  rn1: number
  snow_cm: number
  wind_ms: number
  /** Where it comes from, in degrees. */
  wind_from: number
  pop: number
  lightning: number
  uv: number
  /** Nothing is measured here. */
  missing: boolean
}

export interface Air {
  pm10: number
  pm25: number
}

export type Weather = ReturnType<typeof createWeather>

const SNOWY: ReadonlySet<Precipitation> = new Set(['snow', 'rain_snow', 'drizzle_snow', 'flurry'])
const LIGHT: ReadonlySet<Precipitation> = new Set(['drizzle', 'drizzle_snow', 'flurry'])

/** The simulated weather: dry and clear, as warm as the season and the hour make it, and always the same. What people and tests set stands over it. */
export function createWeather() {
  let rules: Rule[] = []

  return {
    add: (rule: Rule) => void rules.push(rule),
    list: (): readonly Rule[] => rules,
    clear: () => void (rules = []),

    /** Later rules win, each for what it names. */
    at(moment: Moment): Conditions {
      const set: Rule = Object.assign({}, ...rules.filter((rule) => appliesTo(rule, moment)))
      return { ...usual(moment), ...following(set), ...namedIn(set) }
    },

    /** What a station among `stations` would measure. */
    airAt(moment: Moment, stations: readonly LatLng[]): Air {
      const set: Rule = Object.assign({}, ...rules.filter((rule) => airAppliesTo(rule, moment, stations)))
      const { pm10, pm25 } = usualAir(moment)
      return { pm10: set.pm10 ?? pm10, pm25: set.pm25 ?? pm25 }
    },
  }
}

/** What the rules name of the conditions, without the places and times of the rules. */
function namedIn({ temp, humidity, pty, sky, rn1, snow_cm, wind_ms, pop, lightning, uv, missing }: Rule): Partial<Conditions> {
  const named = { temp, humidity, pty, sky, rn1, snow_cm, wind_ms, pop, lightning, uv, missing }
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined))
}

/** Rain comes with clouds and water, also when a rule names one of them alone. */
function following({ pty, rn1 = 0, snow_cm = 0 }: Rule): Partial<Conditions> {
  const falling = pty ?? (snow_cm > 0 ? 'snow' : rn1 > 0 ? 'rain' : 'none')
  if (falling === 'none') return {}
  const is_light = LIGHT.has(falling)
  return {
    pty: falling,
    sky: 'overcast',
    humidity: 90,
    pop: 80,
    rn1: is_light ? 0 : 2,
    snow_cm: SNOWY.has(falling) && !is_light ? 1 : 0,
    uv: 0,
  }
}

function usual({ place: { lat, lng }, at }: Moment): Conditions {
  const { hour, minute } = seoulClock(at)
  const time = hour + minute / 60
  const summer = summerOf(at)
  // The south is warmer, and most so in winter.
  const mean = 12.5 + 14 * summer + (37.5 - lat) * (0.9 - 0.5 * summer)
  const swing = Math.cos((2 * Math.PI * (time - 15)) / 24)
  const weather = Math.sin(dayOf(at) * 1.7) * 1.5
  const noon = Math.max(0, Math.sin((Math.PI * (time - 6.5)) / 12))
  return {
    temp: mean + 4.5 * swing + weather,
    humidity: Math.round(58 + 14 * summer - 15 * swing),
    pty: 'none',
    sky: 'clear',
    rn1: 0,
    snow_cm: 0,
    wind_ms: 1.9 + 0.9 * swing,
    wind_from: (290 + Math.round(40 * Math.sin(lng + dayOf(at)))) % 360,
    pop: 0,
    lightning: 0,
    uv: Math.round((5 + 3.5 * summer) * noon),
    missing: false,
  }
}

/** Most dust comes in spring, and more in the morning than at night. */
function usualAir({ place: { lat, lng }, at }: Moment): Air {
  const spring = Math.max(0, Math.cos((2 * Math.PI * (dayOfYear(at) - 95)) / 365))
  const own = Math.abs(Math.sin(lat * 91 + lng * 57)) * 6
  const pm10 = Math.round(18 + 14 * spring + own + 2 * Math.sin((2 * Math.PI * seoulClock(at).hour) / 24))
  return { pm10, pm25: Math.round(pm10 * 0.45) }
}

/** 1 at the end of July, −1 at the end of January. */
const summerOf = (at: Date) => Math.cos((2 * Math.PI * (dayOfYear(at) - 210)) / 365)

const dayOf = (at: Date) => Math.floor((at.getTime() + 9 * HOUR_MS) / DAY_MS)

function dayOfYear(at: Date): number {
  const date = seoulDate(at)
  return Math.round((Date.parse(date) - Date.parse(`${date.slice(0, 4)}-01-01`)) / DAY_MS)
}
