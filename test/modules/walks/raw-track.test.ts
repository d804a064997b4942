import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { makeWalk } from '../../../dev/tracks.ts'
import { packTrack, unpackTrack } from '../../../src/modules/walks/recording/raw-track.ts'

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
