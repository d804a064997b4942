import { HOUR_MS } from '../../../core/time.ts'
import { gradeOf, type Pollutant } from './grades.ts'
import type { AirQuality } from './schema.ts'

/** The last values of a station, seen from a place. */
export interface NearbyStation {
  readonly code: string
  readonly name: string
  readonly network: string | null
  readonly distance_m: number
  readonly pm10: number | null
  /** An ISO instant. */
  readonly pm10_at: string | null
  readonly pm25: number | null
  readonly pm25_at: string | null
}

/** The codes of the stations whose values the cell showed last. */
export interface KeptStations {
  readonly pm10_station: string | null
  readonly pm25_station: string | null
}

const OLDEST_MS = 2 * HOUR_MS
const FARTHEST_M = 30_000
/** A station stays while it is not farther than this many times the nearest one, so that values do not jump between two that are about as near. */
const STAYS_WITHIN = 1.5
/** It stands beside a road and measures its traffic. */
const ROADSIDE = '도로변대기'

/** The air of a place, each pollutant from a station of its own, and the codes to keep for the next time. */
export function chooseAir(
  stations: readonly NearbyStation[],
  kept: KeptStations,
  now: Date,
): { air_quality: AirQuality | null; kept: KeptStations } {
  const pm10 = chooseStation('pm10', stations, kept.pm10_station, now)
  const pm25 = chooseStation('pm25', stations, kept.pm25_station, now)
  const times = [pm10?.pm10_at, pm25?.pm25_at].filter((at) => typeof at === 'string').map((at) => Date.parse(at))
  const station = pm10?.name ?? pm25?.name
  if (station === undefined) return { air_quality: null, kept }
  const [pm10Value, pm25Value] = [pm10?.pm10 ?? null, pm25?.pm25 ?? null]
  return {
    air_quality: {
      pm10_value: pm10Value,
      pm25_value: pm25Value,
      pm10_grade: gradeOf('pm10', pm10Value),
      pm25_grade: gradeOf('pm25', pm25Value),
      pm10_station: pm10?.name ?? null,
      pm25_station: pm25?.name ?? null,
      station,
      measured_at: new Date(Math.min(...times)).toISOString(),
    },
    kept: { pm10_station: pm10?.code ?? kept.pm10_station, pm25_station: pm25?.code ?? kept.pm25_station },
  }
}

function chooseStation(pollutant: Pollutant, stations: readonly NearbyStation[], kept: string | null, now: Date): NearbyStation | null {
  const alive = stations
    .filter((station) => isAlive(station, pollutant, now))
    .toSorted((a, b) => a.distance_m - b.distance_m || (a.code < b.code ? -1 : 1))
  const [nearest] = alive
  if (!nearest) return null
  const former = alive.find(({ code }) => code === kept)
  return former && former.distance_m <= STAYS_WITHIN * nearest.distance_m ? former : nearest
}

function isAlive(station: NearbyStation, pollutant: Pollutant, now: Date): boolean {
  const measuredAt = station[`${pollutant}_at`]
  return (
    station[pollutant] !== null &&
    measuredAt !== null &&
    now.getTime() - Date.parse(measuredAt) <= OLDEST_MS &&
    station.network !== ROADSIDE &&
    station.distance_m <= FARTHEST_M
  )
}
