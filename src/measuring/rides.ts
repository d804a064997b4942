import type { Strides } from './distance.ts'
import { LINK, type Linked } from './links.ts'
import { STATE } from './motion.ts'
import type { Path } from './smoother.ts'

/** Fixes `from` to `to` between which the track was ridden. */
export interface Ride {
  readonly from: number
  readonly to: number
  readonly distance_m: number
  readonly top_speed_mps: number
}

/** The ridden stretches, in order and apart. */
export function findRides({ fixes, link }: Linked, path: Path, { count, fix, state }: Strides): Ride[] {
  const rides: Ride[] = []
  for (let k = 1; k < count; k++) {
    if (state[k] !== STATE.ride && link[fix[k]!] !== LINK.ridden) continue
    const first = k
    let metres = 0
    let top = 0
    for (; k < count && (state[k] === STATE.ride || link[fix[k]!] === LINK.ridden); k++) {
      if (link[fix[k]!] !== LINK.walked && link[fix[k]!] !== LINK.ridden) continue
      const a = fix[k - 1]!
      const b = fix[k]!
      const chord = Math.hypot(path.x[b]! - path.x[a]!, path.y[b]! - path.y[a]!)
      metres += chord
      top = Math.max(top, chord / (fixes.t[b]! - fixes.t[a]!))
    }
    rides.push({ from: fix[first - 1]!, to: fix[k - 1]!, distance_m: metres, top_speed_mps: top })
  }
  return rides
}
