import { describe, expect, inject, it } from 'vitest'
import { pointAt } from '../../dev/track-changes.ts'
import { makeTrack, makeWalk } from '../../dev/tracks.ts'
import { measure, refusals } from '../support/tracks.ts'

interface Expected {
  valid: boolean
  /** Valid or not, it must be on no board. */
  is_unranked?: boolean
  /** Among the refusals, if refused. */
  refusal?: string
  distance_m?: readonly [number, number]
}

/** What real recordings must become; they stay where TRACKS_DIR points and are no part of the project. */
const EXPECTED: Record<string, Expected> = {
  walk_altona_1hz: { valid: true, distance_m: [1_500, 2_000] },
  walk_pause_gap: { valid: true, distance_m: [500, 620] },
  walk_lake_multisegment: { valid: true, distance_m: [1_000, 4_580] },
  hike_slow_gpsmap: { valid: true, distance_m: [15_000, 18_200] },
  jog_garmin_clean: { valid: true, distance_m: [12_500, 13_000] },
  bike_berkshire: { valid: false, refusal: 'speed_too_high' },
  car_munich_1hz_outliers: { valid: false },
  synthetic_constant_10kmh: { valid: true, is_unranked: true },
}

const standIn = makeWalk(4, { length_m: 1_500 })
const recordings = [
  ...inject('recordings').map(({ id, points }) => ({ id, points, expected: EXPECTED[id] })),
  {
    id: 'a generated walk',
    points: Array.from(standIn.track.time_ms, (_, i) => pointAt(standIn.track, i)).map(({ lat, lng, time_ms }) => [lat, lng, time_ms]),
    expected: { valid: true, distance_m: [0.92 * standIn.distance_m, 1.08 * standIn.distance_m] } satisfies Expected,
  },
]

describe.each(recordings)('the recording $id', ({ points, expected }) => {
  const track = makeTrack(
    points.map((point) => point[0] ?? NaN),
    points.map((point) => point[1] ?? NaN),
    points.map((point) => point[2] ?? NaN),
  )
  const measured = measure(track, Math.max(...track.time_ms))

  it('gets its verdict', () => {
    expect(measured.point_count).toBe(points.length)
    expect(measured.reasons.length).toBeLessThanOrEqual(50)
    if (!expected) return
    if (expected.valid) expect(refusals(measured)).toEqual([])
    expect(measured.valid).toBe(expected.valid)
    expect(measured.ranked).toBe(expected.valid && !expected.is_unranked)
    if (expected.refusal) expect(refusals(measured)).toContain(expected.refusal)
    if (expected.distance_m) {
      expect(measured.distance_m).toBeGreaterThan(expected.distance_m[0])
      expect(measured.distance_m).toBeLessThan(expected.distance_m[1])
    }
  })
})
