import { makeTrack, MADE_AT_MS, NOW_MS } from '../../dev/tracks.ts'
import { METRES_PER_DEGREE } from '../../src/core/geo.ts'
import { measureTrack, type Measurement, type Track } from '../../src/measuring/measure-track.ts'

export function measure(track: Track, nowMs = NOW_MS): Measurement {
  return measureTrack(track, { now_ms: nowMs })
}

/** A track drawn by hand near a position in Seoul. Each point is [east_m, north_m, second]. */
export function drawTrack(points: readonly (readonly [number, number, number])[]): Track {
  const perLng = METRES_PER_DEGREE * Math.cos((37.5 * Math.PI) / 180)
  return makeTrack(
    points.map(([, north]) => 37.5 + north / METRES_PER_DEGREE),
    points.map(([east]) => 127 + east / perLng),
    points.map(([, , second]) => MADE_AT_MS + second * 1000),
  )
}

/** Steps of a body to the east, from (east, north) at `second`. The speed is about `speedMps` and never the same twice. */
export function stepsEast(
  seconds: number,
  speedMps: number,
  from: { east?: number; north?: number; second?: number; every?: number } = {},
): [number, number, number][] {
  const points: [number, number, number][] = []
  let east = from.east ?? 0
  const every = from.every ?? 1
  for (let second = 0; second <= seconds; second += every) {
    points.push([east, (from.north ?? 0) + Math.sin(second * 1.7) * 0.5, (from.second ?? 0) + second])
    east += speedMps * every * (1 + 0.15 * Math.sin(second / 9) + 0.1 * Math.sin(second / 23 + 1))
  }
  return points
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(share * (sorted.length - 1))] ?? NaN
}

/** The refusals as `code` or `code:rule`. */
export function refusals({ reasons }: Measurement): string[] {
  return reasons.filter(({ effect }) => effect === 'refused').map(({ code, rule }) => (rule ? `${code}:${rule}` : code))
}
