import { decode } from '@googlemaps/polyline-codec'
import { parseInstant } from '../../../core/fields.ts'
import type { CompleteWalk } from '../schema.ts'
import type { Activity, Track } from '../../../measuring/measure-track.ts'

/** The track of a request in columns, in the order sent; `null` where it has none. `startedAt` is where encoded times begin, if the request says. */
export function readTrack(request: CompleteWalk, startedAt?: string): Track | null {
  const places = readPlaces(request, startedAt)
  if (!places) return null
  const accuracies = request.route_encoded?.accuracies ?? request.accuracies
  const { speeds, mock_flags, steps, activities } = request
  return {
    ...places,
    accuracy_m: accuracies ? column(accuracies, numberOf) : null,
    speed_mps: speeds ? column(speeds, (speed) => (speed !== null && speed >= 0 ? speed : Number.NaN)) : null,
    is_mock: mock_flags ? Uint8Array.from(mock_flags, Number) : null,
    steps: steps ? readPairs(steps, (count) => (count !== null && count >= 0 ? count : null)) : null,
    activities: activities ? readPairs(activities, (kind) => (isActivity(kind) ? kind : null)) : null,
  }
}

type Places = Pick<Track, 'lat' | 'lng' | 'time_ms' | 'altitude_m'>

function readPlaces({ route_geojson, coord_times, route_encoded, ended_at }: CompleteWalk, startedAt?: string): Places | null {
  if (route_geojson && coord_times) {
    const { coordinates } = route_geojson
    const hasAltitude = coordinates.some((position) => position.length === 3)
    return {
      lat: column(coordinates, (position) => numberOf(position[1])),
      lng: column(coordinates, (position) => numberOf(position[0])),
      time_ms: column(coord_times, timeOf),
      altitude_m: hasAltitude ? column(coordinates, (position) => numberOf(position[2])) : null,
    }
  }
  if (!route_encoded) return null
  const { polyline, precision, time_deltas_s } = route_encoded
  const positions = decode(polyline, precision)
  const count = positions.length
  const time_ms = new Float64Array(count)
  let elapsedMs = 0
  for (let i = 0; i < count; i++) time_ms[i] = elapsedMs += (time_deltas_s[i] ?? 0) * 1_000
  const baseMs = startedAt ? Date.parse(startedAt) : Date.parse(ended_at) - elapsedMs
  for (let i = 0; i < count; i++) time_ms[i] = baseMs + (time_ms[i] ?? 0)
  return { lat: column(positions, (position) => position[0]), lng: column(positions, (position) => position[1]), time_ms, altitude_m: null }
}

const numberOf = (value: number | null | undefined) => value ?? Number.NaN
const timeOf = (time: string | number | null) => (typeof time === 'string' ? parseInstant(time) : numberOf(time))

/** Pairs of which either half is unknown say nothing and are left out. */
function readPairs<T, V>(pairs: readonly ([string | number | null, T] | null)[], valueOf: (of: T) => V | null): [number, V][] {
  return pairs.flatMap((pair) => {
    const value = pair && valueOf(pair[1])
    return pair === null || pair[0] === null || value === null ? [] : [[timeOf(pair[0]), value] as [number, V]]
  })
}

const ACTIVITIES: readonly string[] = ['still', 'walking', 'running', 'cycling', 'in_vehicle'] satisfies Activity[]
const isActivity = (kind: string | null): kind is Activity => kind !== null && ACTIVITIES.includes(kind)

function column<T>(list: readonly T[], value: (of: T) => number): Float64Array {
  const values = new Float64Array(list.length)
  for (let i = 0; i < list.length; i++) values[i] = value(list[i] as T)
  return values
}
