import type { Strides } from './distance.ts'
import { LINK, type Linked } from './links.ts'
import { STATE } from './motion.ts'
import type { Path } from './smoother.ts'
import type { Fixes } from './track.ts'

/** 500 m of the walk; the last may be shorter. */
export interface Segment {
  readonly from_m: number
  readonly to_m: number
  readonly duration_sec: number
  readonly avg_speed_kmh: number
}

/** What a walk comes to, stride by stride. */
export interface Figures {
  readonly distance_m: number
  readonly moving_sec: number
  readonly stopped_sec: number
  readonly max_speed_kmh: number
  readonly segments: Segment[]
}

const SEGMENT_M = 500
const STANDING_MPS = 0.4
/** In an interval of more than this a phone that reports by distance stood most of the time; what it moved, it walked at about this. */
const LONG_INTERVAL_SEC = 15
const WALKING_MPS = 1.1
/** The top speed is one that was kept for so long. */
const TOP_SEC = 10

export function figuresOf({ fixes, link }: Linked, strides: Strides): Figures {
  const { count, fix, length_m: length, state } = strides
  const segments: Segment[] = []
  let metres = 0
  let moving = 0
  let stopped = 0
  let top = 0
  let fastM = 0
  let fastSec = 0
  let fromM = 0
  let fromSec = 0
  for (let k = 1; k < count; k++) {
    const seconds = fixes.t[fix[k]!]! - fixes.t[fix[k - 1]!]!
    const how = link[fix[k]!]!
    const counts = state[k] !== STATE.ride && (how === LINK.walked || how === LINK.bridged || how === LINK.jump)
    if (!counts) {
      fastM = fastSec = 0
      continue
    }
    const before = moving + stopped
    if (length[k]! < STANDING_MPS * seconds || how === LINK.bridged || seconds > LONG_INTERVAL_SEC) {
      const moved = Math.min(seconds, length[k]! / WALKING_MPS)
      moving += moved
      stopped += seconds - moved
    } else moving += seconds
    fastM += length[k]!
    fastSec += seconds
    if (fastSec >= TOP_SEC) {
      top = Math.max(top, fastM / fastSec)
      fastM = fastSec = 0
    }
    metres += length[k]!
    while (metres >= fromM + SEGMENT_M) {
      const share = 1 - (metres - fromM - SEGMENT_M) / length[k]!
      push(fromM + SEGMENT_M, before + seconds * share)
    }
  }
  metres = Math.round(metres * 10) / 10
  if (metres - fromM >= 1) push(metres, moving + stopped)
  return { distance_m: metres, moving_sec: moving, stopped_sec: stopped, max_speed_kmh: Math.round(36 * top) / 10, segments }

  function push(toM: number, toSec: number): void {
    const seconds = Math.round(toSec - fromSec)
    segments.push({
      from_m: Math.round(fromM),
      to_m: Math.round(toM),
      duration_sec: seconds,
      avg_speed_kmh: speedKmh(toM - fromM, seconds),
    })
    fromM = toM
    fromSec = toSec
  }
}

export function speedKmh(metres: number, seconds: number): number {
  return seconds > 0 ? Math.round((36 * metres) / seconds) / 10 : 0
}

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

/** Altitude is smoothed over so long before it climbs: satellites are off by metres for a minute. */
const WINDOW_SEC = 60
const CALM_STEP_M = 3
const NOISY_STEP_M = 10
/** Barometers differ by centimetres from fix to fix, satellites by metres. */
const CALM_NOISE_M = 1
const LOWEST_M = -450
const HIGHEST_M = 8_900
/** Nobody climbs faster for long: steep stairs are 0.5 m/s. What leaps goes to another level, which is believed once it lasted. */
const FASTEST_CLIMB_MPS = 1
const LEAP_M = 15
const BELIEVED_SEC = 300

/** Altitudes that could be so: NaN where a value is none of this earth, or leaps away for less than five minutes. */
export function plausibleAltitudes({ altitude_m: altitude, t, count }: Fixes): Float64Array {
  const plausible = altitude.map((value) => (value > LOWEST_M && value < HIGHEST_M ? value : NaN))
  // 0 is how some phones say that they do not know: it is believed only where the track was about sea level.
  let last = NaN
  let lastAt = 0
  let awaySince = NaN
  let awayFrom = 0
  for (let i = 0; i < count; i++) {
    const value = plausible[i]!
    if (value !== value) continue
    const isNear = last !== last || Math.abs(value - last) <= LEAP_M + FASTEST_CLIMB_MPS * (t[i]! - lastAt)
    if (isNear) {
      if (awaySince === awaySince) plausible.fill(NaN, awayFrom, i)
      awaySince = NaN
    } else if (awaySince !== awaySince) {
      awaySince = t[i]!
      awayFrom = i
      continue
    } else if (t[i]! - awaySince < BELIEVED_SEC) continue
    else awaySince = NaN
    last = value
    lastAt = t[i]!
  }
  if (awaySince === awaySince) plausible.fill(NaN, awayFrom, count)
  return plausible
}

/**
 * Metres climbed and lost: plausible altitudes averaged over a minute, and a change counts only once it exceeds what noise does (3 m with a barometer, 10 m
 * without). Null without plausible altitudes.
 */
export function ascentOf(fixes: Fixes, isRidden: Uint8Array): { up: number; down: number } | null {
  const { t, count } = fixes
  const altitude = plausibleAltitudes(fixes)
  let changes = 0
  let pairs = 0
  for (let i = 1; i < count; i++) {
    const change = Math.abs(altitude[i]! - altitude[i - 1]!)
    if (change === change && t[i]! - t[i - 1]! <= 10) {
      changes += change
      pairs++
    }
  }
  const step = pairs > 0 && changes / pairs < CALM_NOISE_M ? CALM_STEP_M : NOISY_STEP_M
  let up = 0
  let down = 0
  let reference = NaN
  let direction = 0
  let sum = 0
  let size = 0
  let lo = 0
  let hi = 0
  for (let i = 0; i < count; i++) {
    for (; hi < count && t[hi]! - t[i]! <= WINDOW_SEC / 2; hi++) {
      if (altitude[hi] !== altitude[hi]) continue
      sum += altitude[hi]!
      size++
    }
    for (; t[i]! - t[lo]! > WINDOW_SEC / 2; lo++) {
      if (altitude[lo] !== altitude[lo]) continue
      sum -= altitude[lo]!
      size--
    }
    if (size === 0) continue
    const mean = sum / size
    if (isRidden[i] === 1 || reference !== reference) {
      reference = mean
      direction = 0
      continue
    }
    // Further in the direction of the last counted change counts at once, back only beyond the step.
    const change = mean - reference
    if (change >= step || (direction > 0 && change > 0)) {
      up += change
      reference = mean
      direction = 1
    } else if (change <= -step || (direction < 0 && change < 0)) {
      down -= change
      reference = mean
      direction = -1
    }
  }
  return reference === reference ? { up, down } : null
}
