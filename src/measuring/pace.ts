import type { Strides } from './distance.ts'
import { LINK, type Linked } from './links.ts'
import { STATE } from './motion.ts'

/** How fast and how evenly somebody went, by legs of so many seconds of unbroken moving. */
export interface Pace {
  readonly legs: number
  /** Of the speeds of the legs, in m/s: their mean, that which nine in ten stay below, their standard deviation, and the mean step from leg to leg. */
  readonly mean: number
  readonly fast: number
  readonly deviation: number
  readonly step: number
}

export function paceOf({ fixes, link }: Linked, { count, fix, length_m: length, state }: Strides, legSec: number, leastMps: number): Pace {
  const speeds: number[] = []
  let steps = 0
  let pairs = 0
  let before = NaN
  let from = 0
  let metres = 0
  for (let k = 1; k < count; k++) {
    const seconds = fixes.t[fix[k]!]! - fixes.t[fix[from]!]!
    if (link[fix[k]!] !== LINK.walked || state[k] !== STATE.foot || seconds > 2.5 * legSec) {
      from = k
      metres = 0
      before = NaN
      continue
    }
    metres += length[k]!
    if (seconds < legSec - 0.5) continue
    const speed = metres / seconds
    if (speed >= leastMps) {
      speeds.push(speed)
      if (before >= leastMps) {
        steps += Math.abs(speed - before)
        pairs++
      }
    }
    before = speed
    from = k
    metres = 0
  }
  const mean = speeds.reduce((sum, v) => sum + v, 0) / speeds.length
  const variance = speeds.reduce((sum, v) => sum + (v - mean) ** 2, 0) / speeds.length
  speeds.sort((a, b) => a - b)
  return {
    legs: speeds.length,
    mean,
    fast: speeds[Math.floor(0.9 * speeds.length)] ?? NaN,
    deviation: Math.sqrt(variance),
    step: steps / pairs,
  }
}
