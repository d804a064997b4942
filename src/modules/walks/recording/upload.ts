import { decode } from '@googlemaps/polyline-codec'
import { parseInstant } from '../../../core/fields.ts'
import type { CompleteWalk } from '../schema.ts'
import type { Track } from '../../../measuring/measure-track.ts'

/** Reads the track of a request into columns, in the order sent, or `null` when it has none. Encoded times begin at `startedAt`, when the request says it. */
export function readTrack(request: CompleteWalk, startedAt?: string): Track | null {
  const { route_geojson, coord_times, route_encoded } = request
  if (route_geojson && coord_times) {
    const { coordinates } = route_geojson
    const hasAltitude = coordinates.some((position) => position.length === 3)
    return {
      lat: column(coordinates, (position) => position[1]),
      lng: column(coordinates, (position) => position[0]),
      time_ms: column(coord_times, (time) => (typeof time === 'number' ? time : parseInstant(time))),
      altitude_m: hasAltitude ? column(coordinates, (position) => position[2] ?? Number.NaN) : null,
      accuracy_m: request.accuracies ? column(request.accuracies, (accuracy) => accuracy ?? Number.NaN) : null,
      is_mock: request.mock_flags ? Uint8Array.from(request.mock_flags, Number) : null,
    }
  }
  if (!route_encoded) return null
  const { polyline, precision, time_deltas_s, accuracies = request.accuracies } = route_encoded
  const positions = decode(polyline, precision)
  const count = positions.length
  const time_ms = new Float64Array(count)
  let elapsedMs = 0
  for (let i = 0; i < count; i++) time_ms[i] = elapsedMs += (time_deltas_s[i] ?? 0) * 1_000
  const baseMs = startedAt ? Date.parse(startedAt) : Date.parse(request.ended_at) - elapsedMs
  for (let i = 0; i < count; i++) time_ms[i] = baseMs + (time_ms[i] ?? 0)
  return {
    lat: column(positions, (position) => position[0]),
    lng: column(positions, (position) => position[1]),
    time_ms,
    altitude_m: null,
    accuracy_m: accuracies ? column(accuracies, (accuracy) => accuracy ?? Number.NaN) : null,
    is_mock: request.mock_flags ? Uint8Array.from(request.mock_flags, Number) : null,
  }
}

function column<T>(list: readonly T[], value: (of: T) => number): Float64Array {
  const values = new Float64Array(list.length)
  for (let i = 0; i < list.length; i++) values[i] = value(list[i] as T)
  return values
}
