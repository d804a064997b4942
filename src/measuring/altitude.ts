import type { Fixes } from './track.ts'

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
 * without).
 */
export function ascentOf(fixes: Fixes, isRidden: Uint8Array): { up: number; down: number } {
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
  return { up, down }
}
