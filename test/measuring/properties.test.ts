import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromPoints, pointAt, resampleTrack, rotateTrack, shiftTrack, type TrackPoint } from '../../dev/track-changes.ts'
import { makeRide, makeStanding, makeTrack, makeWalk, MADE_AT_MS, NOW_MS } from '../../dev/tracks.ts'
import type { Track } from '../../src/measuring/track.ts'
import { measure } from '../support/tracks.ts'

const seed = fc.integer({ min: 1, max: 1_000_000 })
const anyTrack = fc.oneof(
  seed.map((value) => makeWalk(value, { length_m: 700 + (value % 900) }).track),
  fc.tuple(seed, fc.constantFrom('car', 'bicycle', 'bus')).map(([value, mover]) => makeRide(value, mover, { length_m: 3_000 }).track),
)
const runs = { numRuns: 60 }

function pointsOf(track: Track): TrackPoint[] {
  return Array.from(track.time_ms, (_, i) => pointAt(track, i))
}

/** Everything but the places in the upload, which are meant to differ. */
function verdict(track: Track, nowMs?: number) {
  const { valid, distance_m, duration_sec, moving_sec, segments, residuals, max_speed_kmh, reasons } = measure(track, nowMs)
  return {
    valid,
    distance_m,
    duration_sec,
    moving_sec,
    segments,
    cells: residuals.cells,
    max_speed_kmh,
    codes: reasons.map(({ code }) => code),
  }
}

describe('how a track was sent makes no difference', () => {
  it('in any order', () => {
    fc.assert(
      fc.property(
        anyTrack.chain((track) =>
          fc.tuple(fc.constant(track), fc.shuffledSubarray([...track.time_ms.keys()], { minLength: track.time_ms.length })),
        ),
        ([track, order]) => {
          const points = pointsOf(track)
          const shuffled = fromPoints(
            order.map((i) => points[i]!),
            track,
          )
          expect(verdict(shuffled)).toEqual(verdict(track))
        },
      ),
      runs,
    )
  })

  it('with points sent twice, in overlapping parts', () => {
    fc.assert(
      fc.property(anyTrack, fc.array(fc.tuple(fc.nat(), fc.nat(400)), { maxLength: 6 }), (track, parts) => {
        const points = pointsOf(track)
        const again = parts.flatMap(([from, length]) => points.slice(from % points.length, (from % points.length) + length))
        expect(verdict(fromPoints([...points, ...again], track))).toEqual(verdict(track))
      }),
      runs,
    )
  })

  it('whichever of two different points at the same time came first', () => {
    fc.assert(
      fc.property(anyTrack, fc.nat(), (track, at) => {
        const points = pointsOf(track)
        const rival = { ...points[at % points.length]!, lat: points[at % points.length]!.lat + 0.0001 }
        expect(verdict(fromPoints([...points, rival], track))).toEqual(verdict(fromPoints([rival, ...points], track)))
      }),
      runs,
    )
  })

  it('whichever of two points at the same time came first, where one repeats the place before', () => {
    const points = pointsOf(makeWalk(7, { length_m: 900 }).track)
    const [before, point] = [points[40]!, points[41]!]
    points[41] = { ...point, lat: before.lat, lng: before.lng }
    const rival = { ...point, lat: before.lat + 0.0001, lng: before.lng }
    const track = fromPoints(points)
    expect(verdict(fromPoints([...points, rival], track))).toEqual(verdict(fromPoints([rival, ...points], track)))
  })

  it('at any time of the year', () => {
    fc.assert(
      fc.property(anyTrack, fc.integer({ min: -1e11, max: 1e11 }), (track, time_ms) => {
        const before = verdict(track)
        expect(verdict(shiftTrack(track, { time_ms }), NOW_MS + time_ms)).toEqual(before)
      }),
      runs,
    )
  })

  it('in any direction', () => {
    fc.assert(
      fc.property(anyTrack, fc.integer({ min: 0, max: 359 }), (track, degrees) => {
        const before = measure(track)
        const after = measure(rotateTrack(track, degrees))
        expect(after.valid).toBe(before.valid)
        expect(Math.abs(after.distance_m - before.distance_m)).toBeLessThanOrEqual(1)
      }),
      { ...runs, examples: [[makeWalk(618_388, { length_m: 788 }).track, 119]] },
    )
  })

  it('and every other point alone gets the same verdict, in 98 of 100', () => {
    const isSame = Array.from({ length: 200 }, (_, value) => {
      const { track } =
        value % 2 === 0 ? makeWalk(value + 1, { length_m: 1_200, is_hard: false }) : makeRide(value, 'car', { length_m: 4_000 })
      return measure(resampleTrack(track, 2)).valid === measure(track).valid
    })
    expect(isSame.filter(Boolean).length).toBeGreaterThanOrEqual(0.98 * isSame.length)
  })
})

describe('whatever the noise', () => {
  const standing = (value: number, whiteM: number, biasM: number) => measure(makeStanding(value, 1, { whiteM, biasM }).track)

  it('standing still is no walk', () => {
    fc.assert(
      fc.property(
        seed,
        fc.double({ min: 0.5, max: 8, noNaN: true }),
        fc.double({ min: 0, max: 8, noNaN: true }),
        (value, whiteM, biasM) => {
          expect(standing(value, whiteM, biasM).valid).toBe(false)
        },
      ),
      // Of hours whose few fixes are mostly spikes about one in 1,500 looks like a walk, so the hours are always the same.
      { ...runs, seed: 1 },
    )
  })

  it('standing still adds nothing: less than 100 m in 99 hours of 100', () => {
    const hours = Array.from({ length: 200 }, (_, k) => standing(k + 1, (k % 17) / 2, (k % 13) / 1.5).distance_m)
    expect(hours.filter((distance_m) => distance_m < 100).length).toBeGreaterThanOrEqual(0.99 * hours.length)
  })

  it('a car is no walk', () => {
    fc.assert(
      fc.property(seed, (value) => {
        expect(measure(makeRide(value, 'car').track).valid).toBe(false)
      }),
      { numRuns: 150 },
    )
  })
})

describe('a malformed track gets a verdict', () => {
  const odd = (normal: fc.Arbitrary<number>, ...oddities: number[]) =>
    fc.oneof({ weight: 6, arbitrary: normal }, { weight: 1, arbitrary: fc.constantFrom(...oddities) })
  const point = fc.record({
    lat: odd(fc.double({ min: -90, max: 90, noNaN: true }), NaN, Infinity, -Infinity, 91, -0, 90, -90, Number.MIN_VALUE),
    lng: odd(fc.double({ min: -180, max: 180, noNaN: true }), NaN, Infinity, -Infinity, 181, -0, 180, -180),
    time_ms: odd(
      fc.integer({ min: MADE_AT_MS, max: MADE_AT_MS + 5_000_000 }),
      NaN,
      Infinity,
      -Infinity,
      0,
      -1,
      253_402_300_799_999,
      MADE_AT_MS,
      MADE_AT_MS + 0.5,
      8.64e15 + 1,
    ),
    altitude_m: odd(fc.double({ min: -100, max: 3_000, noNaN: true }), NaN, Infinity, -Infinity, 1e308),
    accuracy_m: odd(fc.double({ min: 0, max: 100, noNaN: true }), NaN, Infinity, -1),
    is_mock: fc.constantFrom(0, 1),
  })

  it('of any numbers', () => {
    fc.assert(
      fc.property(fc.array(point, { maxLength: 120 }), (points) => {
        const measured = measure(fromPoints(points))
        expect(measured.reasons.length).toBeLessThanOrEqual(50)
        const { distance_m, duration_sec, moving_sec, stopped_sec, avg_speed_kmh, max_speed_kmh, ascent_m, descent_m } = measured
        const climbed = ascent_m === null && descent_m === null ? {} : { ascent_m: ascent_m ?? -1, descent_m: descent_m ?? -1 }
        const figures = { distance_m, duration_sec, moving_sec, stopped_sec, avg_speed_kmh, max_speed_kmh, ...climbed }
        expect(Object.entries(figures).filter(([, value]) => !(Number.isFinite(value) && value >= 0))).toEqual([])
        expect(JSON.stringify(measured)).not.toContain('null,null')
      }),
      { numRuns: 1_000 },
    )
  })

  const many = (row: (k: number) => [lat: number, lng: number, timeMs: number]) => {
    const rows = Array.from({ length: 20_000 }, (_, k) => row(k))
    return makeTrack(
      rows.map(([lat]) => lat),
      rows.map(([, lng]) => lng),
      rows.map(([, , time]) => time),
    )
  }
  const shapes: Record<string, Track> = {
    'one point': makeTrack([37.5], [127], [MADE_AT_MS]),
    'all at one time': many((k) => [37.5 + k * 1e-5, 127, MADE_AT_MS]),
    descending: many((k) => [37.5 + k * 1e-5, 127, MADE_AT_MS - k * 1_000]),
    'the year 1970': many((k) => [37.5 + k * 1e-5, 127, k]),
    'the year 9999': many((k) => [37.5 + k * 1e-5, 127, 253_402_300_000_000 + k]),
    'a leap each second': many((k) => [37.5 + (k % 3) * 0.02, 127 + (k % 2) * 0.02, MADE_AT_MS + k * 1_000]),
    'a slow ring': many((k) => [37.5 + 0.00018 * Math.sin(k / 32), 127 + 0.00022 * Math.cos(k / 32), MADE_AT_MS + k * 2_100]),
    'a fix each millisecond': many((k) => [37.5 + 1e-5 * Math.sin(k), 127, MADE_AT_MS + k]),
    'across the date line': many((k) => [0, k % 2 === 0 ? 179.99999 : -179.99999, MADE_AT_MS + k * 1_000]),
    'at a pole': many((k) => [90, (k * 7) % 180, MADE_AT_MS + k * 1_000]),
  }

  it.each(Object.entries(shapes))('%s', (_, track) => {
    const measured = measure(track)
    expect(measured.valid).toBe(false)
    expect(measured.reasons.length).toBeGreaterThan(0)
    expect(measured.point_count).toBe(track.time_ms.length)
  })
})
