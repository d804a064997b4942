import { HOUR_MS, seoulDate } from '../../core/time.ts'
import type { ForecastHour, Observation } from '../../core/weather.ts'
import { expectedHours, isStale, skyAt } from './cells/copy.ts'
import type { CellWeather } from './cells/schema.ts'
import { feelsLike } from './feels-like.ts'
import { mergeHours, type MeasuredHour } from './hours.ts'
import { bestHours, type Candidate } from './outlook/best-hours.ts'
import { tellOutlook } from './outlook/outlook.ts'
import type { AirQuality, Suitability } from './outlook/schema.ts'
import { judgeSuitability } from './outlook/suitability.ts'
import { type HourFacts, hourFactsAt, type PetFacts, type Surroundings } from './paw-index/facts.ts'
import { pawIndex } from './paw-index/paw-index.ts'
import type { CurrentWeather, PawForecast, WeatherReport } from './schema.ts'
import { isDark } from './sun.ts'
import type { WeatherWarning } from './warnings/schema.ts'

const LISTED_HOURS = 12

/** What is known of a place beside the copy of its cell. */
export interface Place {
  readonly lat: number
  readonly lng: number
  readonly is_coastal: boolean
  readonly warnings: readonly WeatherWarning[]
  readonly uv: Surroundings['uv']
  readonly last_snow_at: string | null
  readonly measured: readonly MeasuredHour[]
  /** Of what was measured today. */
  readonly min: number | null
  readonly max: number | null
}

/** What is said of the place and the moment, apart from the region. */
export function makeReport(
  copy: CellWeather,
  { place, air_quality, pet, now }: { place: Place; air_quality: AirQuality | null; pet: PetFacts | null; now: Date },
): Omit<WeatherReport, 'region'> {
  const around = surroundingsOf(copy, { place, air_quality, now })
  const observation = copy.observation?.value ?? null
  const coming = hoursFrom(Math.ceil(now.getTime() / HOUR_MS), LISTED_HOURS, around).map((facts) => ({
    ...facts,
    paw_level: pet ? pawIndex(pet, facts).level : null,
  }))
  const best = bestHours(
    now,
    coming.map(({ paw_level, ...facts }): Candidate => {
      const { at, hour } = facts
      const suitability = judgeSuitability({ ...facts, ...conditionsOf(hour), lightning: hour.lightning })
      return { at, temp: hour.temp, pty: hour.pty, pop: hour.pop, is_dark: isDark(at, place), suitability, ...(pet && { paw_level }) }
    }),
  )
  return {
    weather: observation && currentWeather(copy, observation),
    air_quality,
    suitability: suitabilityNow(around, observation && { ...observation, sky: skyAt(copy, observation.hour) }),
    best_hours: best.items,
    best_hours_message: best.message,
    outlook: tellOutlook(now, around.hours),
    extremes: extremesOf(copy, around, place),
    hours: coming.map(({ at, hour: { temp, humidity, wind_ms, pty, sky, pop }, paw_level }) => ({
      at: at.toISOString(),
      temp,
      feels_like: feelsLike({ at, temp, humidity, wind_ms }),
      pty,
      sky,
      pop,
      paw_level,
    })),
    warnings: [...place.warnings],
    paw_index: pet && pawIndex(pet, hourFactsAt(new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS), around)),
    ...standing(copy, air_quality, now),
  }
}

/** What the coming hours mean for a pet, this hour first. */
export function makePawForecast(
  copy: CellWeather,
  { place, air_quality, pet, now, count }: { place: Place; air_quality: AirQuality | null; pet: PetFacts; now: Date; count: number },
): Omit<PawForecast, 'region' | 'pet_id'> {
  const around = surroundingsOf(copy, { place, air_quality, now })
  return {
    hours: hoursFrom(Math.floor(now.getTime() / HOUR_MS), count, around).map((facts) => ({
      at: facts.at.toISOString(),
      index: pawIndex(pet, facts),
    })),
    ...standing(copy, air_quality, now),
  }
}

/** How old it is, and whose it is. */
const standing = (copy: CellWeather, air_quality: AirQuality | null, now: Date) => ({
  observed_at: copy.observation?.base ?? null,
  stale: isStale(copy, now),
  sources: [
    { name: '기상청', notice: null },
    ...(air_quality ? [{ name: '한국환경공단 에어코리아', notice: '인증을 받지 않은 실시간 자료예요' }] : []),
  ],
})

function surroundingsOf(
  copy: CellWeather,
  { place, air_quality, now }: { place: Place; air_quality: AirQuality | null; now: Date },
): Surroundings {
  const observation = copy.observation?.value
  const measured = [...place.measured, ...(observation ? [{ ...observation, sky: skyAt(copy, observation.hour) }] : [])]
  return {
    place,
    is_coastal: place.is_coastal,
    now,
    hours: mergeHours(measured, expectedHours(copy)),
    air_quality,
    warnings: place.warnings.map(({ kind, level, since, until }) => ({ kind, level, started_at: since, ends_at: until })),
    uv: place.uv,
    last_snow_at: place.last_snow_at === null ? null : new Date(place.last_snow_at),
  }
}

/** The facts of the hours that are known. The first is counted from the epoch. */
function hoursFrom(first: number, count: number, around: Surroundings): (HourFacts & { readonly hour: ForecastHour })[] {
  return Array.from({ length: count }, (_, k) => hourFactsAt(new Date((first + k) * HOUR_MS), around)).flatMap((facts) =>
    facts.hour ? [{ ...facts, hour: facts.hour }] : [],
  )
}

function currentWeather(copy: CellWeather, { hour, temp, humidity, pty, rn1, wind_ms }: Observation): CurrentWeather {
  const felt = feelsLike({ at: new Date(hour), temp, humidity, wind_ms })
  return { temp, feels_like: felt, humidity, pty, sky: skyAt(copy, hour), rn1, wind_ms }
}

const conditionsOf = ({ temp, pty, sky }: Pick<ForecastHour, 'temp' | 'pty' | 'sky'>) => ({ temp, pty, sky })

/** What was measured decides. Lightning is forecast alone, and that of the next hour may be near. */
function suitabilityNow(around: Surroundings, measured: Pick<ForecastHour, 'temp' | 'pty' | 'sky'> | null): Suitability {
  const facts = hourFactsAt(new Date(Math.floor(around.now.getTime() / HOUR_MS) * HOUR_MS), around)
  const bolts = [facts.hour?.lightning, facts.next?.lightning].filter((energy) => typeof energy === 'number')
  return judgeSuitability({
    ...facts,
    ...conditionsOf(measured ?? { temp: null, pty: null, sky: null }),
    lightning: bolts.length > 0 ? Math.max(...bolts) : null,
  })
}

/** As KMA announces them, and otherwise of what was measured and is expected today. */
function extremesOf(
  { extremes }: CellWeather,
  { now, hours }: Surroundings,
  { min, max }: Place,
): { min: number | null; max: number | null } {
  const today = seoulDate(now)
  const announced = extremes.find(({ date }) => date === today)
  const temps = [min, max, ...hours.filter(({ at }) => seoulDate(new Date(at)) === today).map(({ temp }) => temp)].filter(
    (temp) => temp !== null,
  )
  const known = temps.length > 0
  return {
    min: announced?.min ?? (known ? Math.min(...temps) : null),
    max: announced?.max ?? (known ? Math.max(...temps) : null),
  }
}
