import type { Fixes } from './track.ts'

const WINDOW_SEC = 30
const CALM_STEP_M = 3
const NOISY_STEP_M = 10
/** Barometers differ by centimetres from fix to fix, satellites by metres. */
const CALM_NOISE_M = 1

/**
 * Metres climbed and lost: altitude averaged over 30 s, and a change counts only once it exceeds what noise does (3 m with a barometer, 10 m without).
 */
export function ascentOf(fixes: Fixes, isRidden: Uint8Array): { up: number; down: number } {
  const { altitude_m: altitude, t, count } = fixes
  if (altitude === null) return { up: 0, down: 0 }
  let changes = 0
  let pairs = 0
  for (let i = 1; i < count; i++) {
    const change = Math.abs(altitude[i]! - altitude[i - 1]!)
    if (change < 50 && t[i]! - t[i - 1]! <= 10) {
      changes += change
      pairs++
    }
  }
  const step = pairs > 0 && changes / pairs < CALM_NOISE_M ? CALM_STEP_M : NOISY_STEP_M
  let up = 0
  let down = 0
  let reference = NaN
  let high = 0
  let sum = 0
  let size = 0
  let lo = 0
  for (let i = 0; i < count; i++) {
    const value = altitude[i]!
    if (value > -500 && value < 9000) {
      sum += value
      size++
    }
    while (t[i]! - t[lo]! > WINDOW_SEC) {
      const old = altitude[lo]!
      if (old > -500 && old < 9000) {
        sum -= old
        size--
      }
      lo++
    }
    if (size === 0) continue
    const mean = sum / size
    if (isRidden[i] === 1 || reference !== reference) {
      reference = mean
      high = 0
      continue
    }
    // `high` says which way the last counted change went: further that way counts at once, back only beyond the step.
    const change = mean - reference
    if (change >= step || (high > 0 && change > 0)) {
      up += change
      reference = mean
      high = 1
    } else if (change <= -step || (high < 0 && change < 0)) {
      down -= change
      reference = mean
      high = -1
    }
  }
  return { up, down }
}
