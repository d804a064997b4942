import { describe, expect, it } from 'vitest'
import { makeWay } from '../../dev/motion.ts'
import { randomFrom } from '../../dev/random.ts'
import { addNoise, resampleTrack, shiftTrack, stretchTrack } from '../../dev/track-changes.ts'
import { makePair, makeWalk } from '../../dev/tracks.ts'
import { fingerprintOf } from '../../src/measuring/fingerprint.ts'
import type { Track } from '../../src/measuring/track.ts'
import { fingerprintDeviation } from '../support/fingerprint.ts'
import { measure } from '../support/tracks.ts'

/** The thresholds the database compares with. */
const REPLAY = { median_m: 3, p90_m: 6 }
const REPEATS = 40
const WAYS = 30
const EACH = 100

function isReplay(a: readonly number[], b: readonly number[]): boolean {
  const { median_m, p90_m } = fingerprintDeviation(a, b)
  return median_m <= REPLAY.median_m && p90_m <= REPLAY.p90_m
}

function fingerprint(track: Track): number[] {
  const found = measure(track).fingerprint
  if (!found) throw new Error('the track is too short for a fingerprint')
  return found
}

const originals = Array.from({ length: EACH }, (_, k) => {
  const { track } = makeWalk(k + 1)
  return { track, fingerprint: fingerprint(track) }
})

function shareCaught(change: (track: Track, seed: number) => Track): number {
  const caught = originals.filter((original, k) => isReplay(original.fingerprint, fingerprint(change(original.track, k + 1))))
  return caught.length / EACH
}

describe('the fingerprint', () => {
  it('never takes the same round walked again by the same walker for a replay', () => {
    let pairs = 0
    for (let k = 1; k <= WAYS; k++) {
      const random = randomFrom(k + 5_000)
      const way = makeWay(random, random.between(600, random.chance(0.2) ? 4_000 : 2_000), [35, 160], 2)
      const pace = random.between(0.8, 1.4)
      const repeats = Array.from({ length: REPEATS }, (_, n) => {
        const { track } = makeWalk(k * 100 + n, { way, origin: { lat: 37.5, lng: 127 }, pace_mps: pace * random.between(0.97, 1.03) })
        return fingerprint(track)
      })
      repeats.forEach((a, n) => {
        for (const b of repeats.slice(n + 1)) {
          pairs++
          expect(isReplay(a, b)).toBe(false)
        }
      })
    }
    expect(pairs).toBeGreaterThan(20_000)
  })

  it.each([
    [3, 0.95],
    [5, 0.95],
    [8, 0.9],
  ])('sees through white noise of %i m', (white_m, bar) => {
    expect(shareCaught((track, seed) => addNoise(track, seed, { white_m }))).toBeGreaterThanOrEqual(bar)
  })

  it.each([20, 60, 200])('sees through 2 m of drift over %i s', (drift_sec) => {
    expect(shareCaught((track, seed) => addNoise(track, seed, { drift_m: 2, drift_sec }))).toBeGreaterThanOrEqual(0.85)
  })

  it('sees through shifted and stretched time', () => {
    expect(shareCaught((track) => shiftTrack(track, { time_ms: 7_000_000 }))).toBe(1)
    expect(shareCaught((track, seed) => stretchTrack(track, randomFrom(seed).between(0.8, 1.25)))).toBeGreaterThanOrEqual(0.95)
  })

  it('sees through leaving out points', () => {
    expect(shareCaught((track) => resampleTrack(track, 2))).toBeGreaterThanOrEqual(0.95)
    expect(shareCaught((track) => resampleTrack(track, 3, 1))).toBeGreaterThanOrEqual(0.85)
  })

  it('tells two owners side by side from one walk sent twice', () => {
    for (let seed = 1; seed <= EACH; seed++) {
      const [a, b] = makePair(seed)
      expect(fingerprintDeviation(fingerprint(a.track), fingerprint(b.track)).median_m).toBeGreaterThan(0.5)
    }
  })

  it('is the mean position of each sixteenth part of the time', () => {
    const count = 161
    const column = (value: (k: number) => number) => Float64Array.from({ length: count }, (_, k) => value(k))
    const found = fingerprintOf(
      column((k) => 127 + k * 1e-4),
      column(() => 37.5),
      column((k) => k * 1_000),
    )
    expect(found).toHaveLength(32)
    expect(found?.[0]).toBeCloseTo(127 + 5e-4, 6)
    expect(found?.[1]).toBe(37.5)
    expect(found?.[30]).toBeCloseTo(127 + 155e-4, 6)
  })

  it('is none for a walk of less than two minutes', () => {
    const column = (value: (k: number) => number) => Float64Array.from({ length: 100 }, (_, k) => value(k))
    expect(
      fingerprintOf(
        column((k) => 127 + k * 1e-5),
        column(() => 37.5),
        column((k) => k * 1_000),
      ),
    ).toBeNull()
  })
})
