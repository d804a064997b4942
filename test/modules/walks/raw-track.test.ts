import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeWalk } from '../../../dev/tracks.ts'
import { measureTrack, type Track } from '../../../src/measuring/measure-track.ts'
import { packTrack, unpackTrack } from '../../../src/modules/walks/recording/raw-track.ts'
import { measureRecording } from '../../../src/modules/walks/recording/thinning.ts'
import { drawTrack, measure, stepsEast } from '../../support/tracks.ts'

it('gives a recorded track back as it was sent, in less than nine bytes a point', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { track } = makeWalk(seed)
    const packed = packTrack(track)
    const back = unpackTrack(packed)
    expect(back.time_ms).toEqual(track.time_ms.map(Math.round))
    for (const column of ['lat', 'lng'] as const)
      for (let i = 0; i < track.lat.length; i++) expect(back[column][i]).toBeCloseTo(track[column][i]!, 7)
    expect(packed.length / track.time_ms.length).toBeLessThan(9)
  }
})

it('gives any column of numbers back, and what is no number as none', () => {
  const column = fc.array(fc.oneof(fc.double({ min: -1e8, max: 1e8 }), fc.constantFrom(Number.NaN, Infinity, -0, 1e300)), { maxLength: 50 })
  fc.assert(
    fc.property(column, fc.boolean(), (values, hasMock) => {
      const numbers = Float64Array.from(values)
      const is_mock = hasMock ? Uint8Array.from(values, (_, i) => i % 2) : null
      const back = unpackTrack(packTrack({ time_ms: numbers, lat: numbers, lng: numbers, altitude_m: numbers, accuracy_m: null, is_mock }))
      values.forEach((value, i) => {
        if (Math.abs(value) <= 1e8) expect(back.lat[i]).toBeCloseTo(value, 6)
        else expect(back.lat[i]).toBeNaN()
      })
      expect(back.is_mock).toEqual(is_mock)
      expect(back.accuracy_m).toBeNull()
    }),
  )
})

it('says so of bytes that are not a track', () => {
  const packed = packTrack(makeWalk(1).track)
  for (const bytes of [new Uint8Array(0), Uint8Array.of(9, 9, 9), packed.subarray(0, packed.length / 2)])
    expect(() => unpackTrack(bytes)).toThrow(RangeError)
})

const kinds = ['still', 'walking', 'running', 'cycling', 'in_vehicle'] as const

it('gives speeds, steps and activities back as they were sent', () => {
  const time = fc.integer({ min: 1_600_000_000_000, max: 1_900_000_000_000 })
  const speed = fc.oneof(fc.double({ min: 0, max: 60, noNaN: true }), fc.constant(Number.NaN))
  const pairs = <T>(value: fc.Arbitrary<T>) => fc.option(fc.array(fc.tuple(time, value), { maxLength: 30 }), { nil: null })
  fc.assert(
    fc.property(
      fc.array(speed, { maxLength: 30 }),
      pairs(fc.nat(100_000)),
      pairs(fc.constantFrom(...kinds)),
      (speeds, steps, activities) => {
        const zeros = new Float64Array(speeds.length)
        const places = { lat: zeros, lng: zeros, time_ms: zeros, altitude_m: null, accuracy_m: null, is_mock: null }
        const back = unpackTrack(packTrack({ ...places, speed_mps: Float64Array.from(speeds), steps, activities }))
        // A receiver's speed is off by more than a centimetre a second.
        speeds.forEach((value, i) =>
          Number.isNaN(value) ? expect(back.speed_mps?.[i]).toBeNaN() : expect(back.speed_mps?.[i]).toBeCloseTo(value, 2),
        )
        expect(back.steps).toEqual(steps)
        expect(back.activities).toEqual(activities)
      },
    ),
  )
})

it('is worth the same after it was packed', () => {
  for (let seed = 1; seed <= 10; seed++) {
    const { track } = makeWalk(seed, { length_m: 2_000 })
    const speed_mps = track.time_ms.map((_, i) => (i % 9 === 0 ? Number.NaN : 1 + 0.1 * Math.sin(i / 7)))
    const steps = Array.from(track.time_ms, (at, i) => [Math.round(at), 2 * i] as const).filter((_, i) => i % 10 === 0)
    const activities = [[Math.round(track.time_ms[0]!), 'walking']] as const
    const sent = { ...track, speed_mps, steps, activities }
    const [before, after] = [measure(sent), measure(unpackTrack(packTrack(sent)))]
    expect([after.valid, after.ranked, after.usable_point_count]).toEqual([before.valid, before.ranked, before.usable_point_count])
    expect(Math.abs(after.distance_m - before.distance_m)).toBeLessThan(1)
  }
})

describe('a recording of more than 25,000 points', () => {
  const walked = stepsEast(14_000, 1.2)
  const ridden = stepsEast(14_000, 1.2, { east: 17_500, second: 14_900 })
  const long = drawTrack([...walked, ...ridden])
  const evidence = {
    speed_mps: long.time_ms.map(() => 1.2),
    accuracy_m: long.time_ms.map(() => 5),
    altitude_m: long.time_ms.map(() => 30),
    is_mock: new Uint8Array(long.time_ms.length),
    steps: [[long.time_ms[0]!, 0] as const, [long.time_ms.at(-1)!, 40_000] as const],
  }
  const sent: Track = { ...long, ...evidence }
  const now_ms = long.time_ms.at(-1)! + 60_000

  it('is measured from every second of them, with the same result', () => {
    const [thinned, whole] = [measureRecording(sent, { now_ms }), measureTrack(sent, { now_ms })]
    expect(sent.time_ms.length).toBeGreaterThan(25_000)
    expect(thinned.point_count).toBe(Math.ceil(sent.time_ms.length / 2))
    expect([thinned.valid, thinned.ranked]).toEqual([whole.valid, whole.ranked])
    expect(Math.abs(thinned.distance_m / whole.distance_m - 1)).toBeLessThan(0.01)
    expect(thinned.residuals.cells.toSorted()).toEqual(whole.residuals.cells.toSorted())
  })

  it('has reasons that count points as they were sent', () => {
    const gap = measureRecording(sent, { now_ms }).reasons.find(({ code }) => code === 'gap')
    expect(gap).toBeDefined()
    for (const [index, at] of [
      [gap!.from_index, gap!.from_at],
      [gap!.to_index, gap!.to_at],
    ] as const)
      expect(sent.time_ms[index!]).toBe(Date.parse(at!))
  })

  it('is kept whole', () => {
    const back = unpackTrack(packTrack(sent))
    expect(back.time_ms).toEqual(sent.time_ms.map(Math.round))
    for (const column of ['speed_mps', 'accuracy_m', 'altitude_m', 'is_mock', 'steps'] as const) expect(back[column]).toEqual(sent[column])
  })
})
