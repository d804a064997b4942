import { describe, expect, it } from 'vitest'
import { randomFrom, type Random } from '../../dev/random.ts'
import { mapTrack } from '../../dev/track-changes.ts'
import { makeWalk, MADE_AT_MS, NOW_MS } from '../../dev/tracks.ts'
import { impossibilityOf, measureTrack, type Track } from '../../src/measuring/measure-track.ts'
import { lying, parkWalk, planned, receive } from '../bench/accuracy-tracks.ts'
import { measure, percentile } from '../support/tracks.ts'

describe('what the phone says besides places', () => {
  const random = () => randomFrom(7)
  const receiver = (of: Random) => ({ every: of.pick([1, 2, 5]), drift_m: of.between(2, 4), drift_sec: of.between(20, 60) })

  it.each([[{ has_speeds: true }], [{ has_steps: true }]])('%o measure a walk about the smallest park', (evidence) => {
    const errors = Array.from({ length: 24 }, (_, seed) => {
      const of = randomFrom(seed)
      const park = parkWalk(of, of.between(15, 25), of.between(0.6, 1.2), 40, seed % 2 === 1)
      const { valid, distance_m } = measure(receive(of, park, { ...receiver(of), ...evidence }))
      expect(valid).toBe(true)
      return distance_m / park.distance_m - 1
    })
    expect(Math.abs(percentile(errors, 0.5))).toBeLessThan(0.06)
    expect(percentile(errors.map(Math.abs), 0.9)).toBeLessThan(0.1)
  })

  it('steps are as long as the places of the walk make them, whatever white noise is in those', () => {
    const errors = Array.from({ length: 24 }, (_, seed) => {
      const of = randomFrom(seed)
      const walk = planned(of, 2_000, of.between(0.6, 1.2), 0.05)
      return measure(receive(of, walk, { ...receiver(of), white_m: 3, has_steps: true })).distance_m / walk.distance_m - 1
    })
    expect(percentile(errors.map(Math.abs), 0.9)).toBeLessThan(0.1)
  })

  it('is never trusted beyond what places allow', () => {
    const still = receive(random(), lying(1), { every: 5, drift_m: 3 })
    const claimed: Track = {
      ...still,
      speed_mps: still.time_ms.map(() => 2),
      steps: [
        [MADE_AT_MS, 0],
        [MADE_AT_MS + 100_000, 999],
      ],
    }
    expect(measure(claimed).distance_m).toBeLessThan(2_500)
  })

  it('loses nothing where it is unknown', () => {
    const { track } = makeWalk(5, { is_hard: false })
    const unknown: Track = { ...track, speed_mps: track.time_ms.map((_, i) => (i % 2 === 0 ? NaN : -1)), steps: [], activities: [] }
    expect(measure(unknown).distance_m).toBe(measure(track).distance_m)
  })

  it('an activity decides between a slow ride and a walk', () => {
    const { track } = makeWalk(6, { is_hard: false, length_m: 1_500 })
    const driven: Track = {
      ...track,
      activities: [
        [track.time_ms[0]!, 'in_vehicle'],
        [track.time_ms[0]! + 600_000, 'in_vehicle'],
      ],
    }
    expect(measure(driven).distance_m).toBeLessThan(measure(track).distance_m)
  })
})

describe('points from before the walk', () => {
  it('are dropped by the start that the server knows, and by themselves where it knows none', () => {
    const { track } = makeWalk(9, { is_hard: false })
    const start = track.time_ms[0]!
    const early = mapTrack(track, (point, i) => (i === 0 ? { ...point, time_ms: start - 3_600_000 } : point))
    for (const clock of [{ now_ms: NOW_MS }, { now_ms: NOW_MS, started_at_ms: start }]) {
      expect(measureTrack(early, clock).started_at_ms).toBe(early.time_ms[1])
    }
  })
})

describe('a track that no recording can be', () => {
  const { track } = makeWalk(4)
  const said = (change: Partial<Track>) => impossibilityOf({ ...track, ...change }, { now_ms: NOW_MS })

  it('is told from one that can', () => {
    expect(said({})).toBeNull()
    expect(said({ time_ms: track.time_ms.map((at, i) => (i < 3 ? 0 : at)) })).toBeNull()
    expect(said({ time_ms: track.time_ms.map((at) => at / 1_000) })).toBe('times_in_seconds')
    expect(said({ time_ms: track.time_ms.map((at) => at + 86_400_000) })).toBe('times_elsewhere')
    expect(said({ lat: track.lng, lng: track.lat })).toBe('axes_swapped')
    expect(said({ lat: track.lat.map((at) => at / 10), lng: track.lng.map((at) => at / 10) })).toBe('precision_too_high')
    expect(said({ lat: track.lat.map((at) => at * 10), lng: track.lng.map((at) => at * 10) })).toBe('precision_too_low')
    expect(said({ lat: track.lat.map(() => 91), lng: track.lng.map(() => 200) })).toBe('out_of_world')
  })
})
