import { randomFrom } from '../../dev/random.ts'
import { METRES_PER_DEGREE } from '../../src/core/geo.ts'
import { errorsOf, share, type ClassResult, type Measuring } from './accuracy.ts'
import { indoors, lying, parkWalk, planned, receive, type Receiver, type Trodden } from './accuracy-tracks.ts'
import type { Recorded } from './corpus.ts'
import { percentile } from '../support/tracks.ts'

/** What each class of simulated tracks comes to, whose truth is known exactly. */

const PARK = { radii_m: [15, 20, 25, 30, 40, 50], speeds_mps: [0.6, 0.8, 1, 1.2], minutes: 40, repeats: 4 }

export function dogParks(name: string, evidence: Pick<Receiver, 'has_speeds' | 'has_steps'>, { measure }: Measuring): ClassResult {
  const hasEvidence = Boolean(evidence.has_speeds) || Boolean(evidence.has_steps)
  const errors: number[] = []
  const refused: boolean[] = []
  let seed = 0
  for (const radius_m of PARK.radii_m) {
    for (const speed_mps of PARK.speeds_mps) {
      for (let repeat = 0; repeat < PARK.repeats; repeat++) {
        const random = randomFrom(++seed)
        const walk = parkWalk(random, radius_m, speed_mps, PARK.minutes, repeat % 2 === 1)
        const receiver: Receiver = {
          every: random.pick([1, 2, 5]),
          white_m: random.between(0.2, 0.6),
          drift_m: random.between(2, 4),
          drift_sec: random.between(20, 60),
          ...evidence,
        }
        const { valid, distance_m } = measure(receive(random, walk, receiver))
        // The smallest and slowest need evidence: nobody tells them from drift.
        if (!hasEvidence && (radius_m < 20 || speed_mps < 0.8)) continue
        errors.push(100 * (distance_m / walk.distance_m - 1))
        refused.push(!valid)
      }
    }
  }
  return {
    name,
    n: errors.length,
    figures: [
      { what: 'refused', value: share(refused, Boolean), unit: '%', most: hasEvidence ? 0 : 2 },
      { what: 'median', value: percentile(errors, 0.5), unit: '%' },
      { what: 'one in twenty below', value: percentile(errors, 0.05), unit: '%', least: hasEvidence ? -10 : -25 },
      { what: 'one in twenty above', value: percentile(errors, 0.95), unit: '%', most: 10 },
    ],
  }
}

export function still(how: 'drifting' | 'hopping' | 'gliding', { measure }: Measuring): ClassResult {
  const metres = Array.from({ length: how === 'gliding' ? 6 : 24 }, (_, seed) => {
    const random = randomFrom(seed + 1)
    if (how === 'drifting') {
      const receiver = {
        every: random.pick([1, 5, 10]),
        drift_m: random.between(5, 20),
        drift_sec: random.between(60, 300),
        white_m: random.between(0.3, 3),
      }
      return measure(receive(random, lying(8), receiver)).distance_m
    }
    const accuracy_m = how === 'hopping' ? 30 : 25
    const walk = indoors(random, how === 'hopping' ? 8 : 1, how === 'hopping' ? 'hops' : 'glides')
    return measure(receive(random, walk, { every: random.pick([1, 5, 15]), white_m: random.between(0.3, 3), accuracy_m })).distance_m
  })
  return {
    name: { drifting: 'still for 8 h, drifting', hopping: 'still for 8 h, Wi-Fi hops', gliding: 'still for 1 h, gliding' }[how],
    n: metres.length,
    figures: [
      { what: 'median', value: percentile(metres, 0.5), unit: 'm' },
      { what: 'worst', value: Math.max(...metres), unit: 'm', most: how === 'gliding' ? 300 : 100 },
    ],
  }
}

/** A real way at one place a second, smoothed so that its length is known exactly: ±6 s averaged, standing frozen. */
function treadAgain({ track }: Recorded, mostSec = 3_600): Trodden {
  const perLng = METRES_PER_DEGREE * Math.cos((track.lat[0]! * Math.PI) / 180)
  const start = track.time_ms[0]!
  const seconds = Math.min(mostSec, Math.floor((track.time_ms.at(-1)! - start) / 1_000))
  const rawX = new Float64Array(seconds)
  const rawY = new Float64Array(seconds)
  for (let s = 0, k = 1; s < seconds; s++) {
    while (k < track.time_ms.length - 1 && track.time_ms[k]! < start + s * 1_000) k++
    const part = Math.min(
      1,
      Math.max(0, (start + s * 1_000 - track.time_ms[k - 1]!) / Math.max(1, track.time_ms[k]! - track.time_ms[k - 1]!)),
    )
    rawX[s] = (track.lng[k - 1]! + (track.lng[k]! - track.lng[k - 1]!) * part - track.lng[0]!) * perLng
    rawY[s] = (track.lat[k - 1]! + (track.lat[k]! - track.lat[k - 1]!) * part - track.lat[0]!) * METRES_PER_DEGREE
  }
  const smooth = (of: Float64Array) =>
    Array.from(of, (_, s) => {
      const around = of.subarray(Math.max(0, s - 6), s + 7)
      return around.reduce((sum, value) => sum + value, 0) / around.length
    })
  const x = smooth(rawX)
  const y = smooth(rawY)
  const isMoving = x.map((_, s) => {
    const a = Math.max(0, s - 10)
    const b = Math.min(seconds - 1, s + 10)
    return Math.hypot(x[b]! - x[a]!, y[b]! - y[a]!) >= 0.25 * (b - a)
  })
  let distance_m = 0
  let shiftX = 0
  let shiftY = 0
  // What crept while it stood is taken out of all that follows.
  for (let s = 1, beforeX = x[0]!, beforeY = y[0]!; s < seconds; s++) {
    const dx = x[s]! - beforeX
    const dy = y[s]! - beforeY
    beforeX = x[s]!
    beforeY = y[s]!
    if (isMoving[s]) distance_m += Math.hypot(dx, dy)
    else {
      shiftX += dx
      shiftY += dy
    }
    x[s] = x[s]! - shiftX
    y[s] = y[s]! - shiftY
  }
  return { x, y, distance_m, isMoving }
}

export function resampled(recordings: readonly Recorded[], noise_m: number, every: number, { measure }: Measuring): ClassResult {
  const errors = recordings.flatMap((recorded, k) =>
    [1, 2].map((repeat) => {
      const walk = treadAgain(recorded)
      const random = randomFrom(100 * k + 10 * repeat + every)
      const track = receive(random, walk, { every, white_m: 0.3, drift_m: noise_m, drift_sec: 30 })
      return 100 * (measure(track).distance_m / walk.distance_m - 1)
    }),
  )
  const { median, p90, worst } = errorsOf(errors)
  return {
    name: `real ways, noise of ${noise_m} m, a fix every ${every} s`,
    n: errors.length,
    figures: [
      { what: 'median', value: median, unit: '%', least: -3, most: 3 },
      { what: 'nine in ten', value: p90, unit: '%', most: 10 },
      { what: 'worst', value: worst, unit: '%' },
    ],
  }
}

export function programs(every: number, { measure }: Measuring): ClassResult {
  const ranked = Array.from({ length: 80 }, (_, seed) => {
    const random = randomFrom(seed + 1)
    const walk = planned(random, random.between(1_200, 3_000), random.between(1, 1.6), random.pick([0, 0.02, 0.05]))
    return measure(receive(random, walk, { every, white_m: random.pick([0, 1, 2, 3]) })).ranked
  })
  return {
    name: `a program on a planned route, a fix every ${every} s`,
    n: ranked.length,
    figures: [{ what: 'ranked', value: share(ranked, Boolean), unit: '%', most: 5 }],
  }
}
