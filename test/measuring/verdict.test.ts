import { describe, expect, it } from 'vitest'
import { makeWalk, NOW_MS } from '../../dev/tracks.ts'
import { measureTrack, type Measurement } from '../../src/measuring/measure-track.ts'
import { isBeyondDoubt } from '../../src/measuring/verdict.ts'

const { track } = makeWalk(11, { length_m: 1_500, is_hard: false })
const measured = measureTrack(track, { now_ms: NOW_MS })
const counted = { distance_m: measured.distance_m }
const withReason = (reason: object): Measurement => ({
  ...measured,
  reasons: [...measured.reasons, { effect: 'excluded', detail: '', ...reason } as Measurement['reasons'][number]],
})

describe('a walk is beyond doubt', () => {
  it('when it is honest and counts for what it is measured again', () => {
    expect(isBeyondDoubt(track, measured, counted)).toBe(true)
    expect(isBeyondDoubt({ is_mock: new Uint8Array(track.time_ms.length) }, measured, counted)).toBe(true)
    expect(isBeyondDoubt(track, measured, { distance_m: measured.distance_m * 1.02 })).toBe(true)
  })

  it('nearly always, when it is honest and hard to measure', () => {
    const honest = Array.from({ length: 60 }, (_, seed) => makeWalk(seed + 100, { is_hard: true, length_m: 2_000 }).track)
    const sound = honest.filter((each) => {
      const again = measureTrack(each, { now_ms: NOW_MS })
      return isBeyondDoubt(each, again, again)
    })
    expect(sound.length).toBeGreaterThanOrEqual(57)
  })
})

describe('a walk is not beyond doubt', () => {
  it.each<[string, () => boolean]>([
    ['with one mocked fix', () => isBeyondDoubt({ is_mock: Uint8Array.of(0, 1, 0) }, measured, counted)],
    ['with one jump that nobody walks', () => isBeyondDoubt(track, withReason({ code: 'teleport' }), counted)],
    ['when more than a tenth was ridden', () => isBeyondDoubt(track, withReason({ code: 'vehicle', distance_m: 200 }), counted)],
    ['when it counted for more than it is', () => isBeyondDoubt(track, measured, { distance_m: measured.distance_m * 1.05 })],
    ["when today's rules refuse it", () => isBeyondDoubt(track, { ...measured, ranked: false }, counted)],
  ])('%s', (_, judge) => {
    expect(judge()).toBe(false)
  })
})
