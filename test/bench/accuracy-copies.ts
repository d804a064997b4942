import { makeWay } from '../../dev/motion.ts'
import { randomFrom } from '../../dev/random.ts'
import {
  addNoise,
  fromPoints,
  interpolateTrack,
  mapTrack,
  pointAt,
  resampleTrack,
  shiftTrack,
  stretchTrack,
  type TrackPoint,
} from '../../dev/track-changes.ts'
import { makePair, makeWalk } from '../../dev/tracks.ts'
import type { Track } from '../../src/measuring/measure-track.ts'
import { share, type ClassResult, type Measuring } from './accuracy.ts'

const LATER_MS = 86_400_000
const later = (track: Track) => shiftTrack(track, { time_ms: LATER_MS })

/** From one share of its fixes to another. */
export function cut(track: Track, from: number, to: number): Track {
  const count = track.time_ms.length
  return mapTrack(track, (point, i) => (i >= from * count && i < to * count ? point : null))
}

/** Five minutes of standing in the middle. */
function paused(track: Track): Track {
  const middle = track.time_ms.length >> 1
  return mapTrack(track, (point, i) => (i < middle ? point : { ...point, time_ms: point.time_ms + 300_000 }))
}

function reversed(track: Track): Track {
  const points = Array.from(track.time_ms, (_, i) => pointAt(track, i))
  const sum = points[0]!.time_ms + points.at(-1)!.time_ms
  return fromPoints(
    points.toReversed().map((point): TrackPoint => ({ ...point, time_ms: sum - point.time_ms })),
    track,
  )
}

/** Time runs faster and slower by a fifth, in waves of some minutes. */
function modulated(track: Track, seed: number): Track {
  const random = randomFrom(seed)
  const period = random.between(60, 400)
  const start = track.time_ms[0]!
  return mapTrack(track, (point) => {
    const t = (point.time_ms - start) / 1_000
    return { ...point, time_ms: Math.round(start + 1_000 * (t + ((0.2 * period) / (2 * Math.PI)) * Math.sin((2 * Math.PI * t) / period))) }
  })
}

/** How to make a copy, and how many may pass. */
export const COPIES: readonly [name: string, most: number, make: (track: Track, seed: number) => Track][] = [
  ['sent again', 5, (track) => track],
  ['without its first 20 %', 5, (track) => cut(track, 0.2, 1)],
  ['without its last 20 %', 5, (track) => cut(track, 0, 0.8)],
  ['moved by 5 m', 5, (track) => shiftTrack(track, { east_m: 3, north_m: -4 })],
  ['moved by 10 m', 5, (track) => shiftTrack(track, { east_m: -6, north_m: 8 })],
  ['with a pause', 5, paused],
  ['every fifth fix', 5, (track) => resampleTrack(track, 5)],
  ['speed modulated by 20 %', 5, modulated],
  ['speed modulated by 20 %, resampled', 5, (track, seed) => interpolateTrack(modulated(track, seed), 2)],
  ['stretched', 5, (track, seed) => stretchTrack(track, randomFrom(seed).between(0.75, 1.6))],
  ['reversed', 5, reversed],
  ['white noise of 2 m', 15, (track, seed) => addNoise(track, seed, { white_m: 2 })],
  // 100 is no bar: so much moves a fix farther than a step, and most pass on short walks.
  ['white noise of 5 m', 100, (track, seed) => addNoise(track, seed, { white_m: 5 })],
  ['drifting noise of 2 m', 15, (track, seed) => addNoise(track, seed, { drift_m: 2, drift_sec: 60 })],
  ['drifting noise of 3 m', 15, (track, seed) => addNoise(track, seed, { drift_m: 3, drift_sec: 60 })],
  ['drifting noise of 5 m', 15, (track, seed) => addNoise(track, seed, { drift_m: 5, drift_sec: 60 })],
]

/** `originals` are honest and ranked by themselves, so a copy that is not found is ranked. */
export function copies(originals: readonly Track[], [how, most, make]: (typeof COPIES)[number], { isCopy }: Measuring): ClassResult {
  const passed = originals.filter((track, seed) => !isCopy(track, later(make(track, seed + 1))))
  return {
    name: `copies: ${how}`,
    n: originals.length,
    figures: [{ what: 'ranked', value: (100 * passed.length) / originals.length, unit: '%', most }],
  }
}

/** One recording by two accounts at the same time, with a little noise. */
export function copiesAtOnce(originals: readonly Track[], white_m: number, { isCopy }: Measuring): ClassResult {
  const passed = originals.filter((track, seed) => !isCopy(track, addNoise(track, seed + 1, { white_m })))
  return {
    name: `copies: at the same time on another account, noise of ${white_m} m`,
    n: originals.length,
    figures: [{ what: 'ranked', value: (100 * passed.length) / originals.length, unit: '%', most: 5 }],
  }
}

export function pairs({ isCopy }: Measuring, count = 60): ClassResult {
  const taken = share(
    Array.from({ length: count }, (_, k) => makePair(k + 1)),
    ([a, b]) => isCopy(a.track, b.track),
  )
  return { name: 'two owners side by side', n: count, figures: [{ what: 'taken for copies', value: taken, unit: '%', most: 0 }] }
}

/** The same round walked again and again by the same walker. */
export function daily({ isCopy }: Measuring, ways = 12, repeats = 12): ClassResult {
  let n = 0
  let taken = 0
  for (let k = 1; k <= ways; k++) {
    const random = randomFrom(k + 5_000)
    const way = makeWay(random, random.between(600, random.chance(0.2) ? 4_000 : 2_000), [35, 160], 2)
    const pace = random.between(0.8, 1.4)
    const walks = Array.from({ length: repeats }, (_, i) =>
      shiftTrack(makeWalk(k * 100 + i, { way, origin: { lat: 37.5, lng: 127 }, pace_mps: pace * random.between(0.97, 1.03) }).track, {
        time_ms: i * LATER_MS,
      }),
    )
    walks.forEach((a, i) => {
      for (const b of walks.slice(i + 1)) {
        n++
        if (isCopy(a, b)) taken++
      }
    })
  }
  return { name: 'the same way walked daily', n, figures: [{ what: 'taken for copies', value: (100 * taken) / n, unit: '%', most: 0 }] }
}
