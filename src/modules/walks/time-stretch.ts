import type { Fixes } from './track.ts'

const MOST_FIXES = 1500
const LEAST_FIXES = 60
const LEAST_TICK_SEC = 0.55
const MOST_STEPS = 8
/** A fix no clock lies behind is off by 0.29 ticks on average. */
const LOCKED = 0.08
const WHOLE_CONCENTRATION = 0.6

/**
 * The tick the times are locked to when it is one no receiver has, in seconds; null for an ordinary clock.
 * Satellite fixes come on whole seconds or nearly, and phones report every 1, 2, 3, 5 … seconds or after so many metres: multiplied by 3.7, all intervals become
 * multiples of 3.7 s. Factors that lead to whole seconds again leave no such sign, and kinematics did not separate slowed rides from calm walks without refusing
 * honest ones: replays slowed or sped up are caught by their fingerprint instead.
 */
export function oddTickSec(fixes: Fixes): number | null {
  const n = Math.min(fixes.count, MOST_FIXES)
  if (n < LEAST_FIXES) return null
  if (concentration(fixes, n, 1) >= WHOLE_CONCENTRATION || concentration(fixes, n, 0.5) >= WHOLE_CONCENTRATION) return null
  const intervals = new Float64Array(n - 1)
  for (let i = 1; i < n; i++) intervals[i - 1] = fixes.t[i]! - fixes.t[i - 1]!
  intervals.sort()
  const median = intervals[(n - 1) >> 1]!
  for (let parts = 1; median / parts >= LEAST_TICK_SEC && parts <= MOST_STEPS; parts++) {
    const tick = lockedTick(fixes, n, median / parts)
    if (tick === null || tick < LEAST_TICK_SEC) continue
    const off = Math.abs(tick - Math.max(1, Math.round(tick)))
    return off > Math.max(0.1, 0.02 * tick) ? tick : null
  }
  return null
}

/** How much the times agree modulo `period` seconds: 1 all the same, near 0 none. */
function concentration(fixes: Fixes, n: number, period: number): number {
  let cos = 0
  let sin = 0
  for (let i = 0; i < n; i++) {
    const angle = (2 * Math.PI * fixes.t[i]!) / period
    cos += Math.cos(angle)
    sin += Math.sin(angle)
  }
  return Math.hypot(cos, sin) / n
}

/** Fits t = start + tick × whole number to the fixes; the tick if they lie on it, else null. */
function lockedTick(fixes: Fixes, n: number, guessSec: number): number | null {
  const { t } = fixes
  let tick = guessSec
  for (let round = 0; round < 2; round++) {
    let product = 0
    let square = 0
    for (let i = 1; i < n; i++) {
      const seconds = t[i]! - t[i - 1]!
      const steps = Math.round(seconds / tick)
      if (steps < 1 || steps > MOST_STEPS) continue
      product += seconds * steps
      square += steps * steps
    }
    if (square === 0) return null
    tick = product / square
  }
  let used = 0
  let error = 0
  for (let i = 1; i < n; i++) {
    const seconds = t[i]! - t[i - 1]!
    const steps = Math.round(seconds / tick)
    if (steps > MOST_STEPS) continue
    const off = seconds - steps * tick
    error += off * off
    used++
  }
  return used >= LEAST_FIXES / 2 && Math.sqrt(error / used) < LOCKED * tick ? tick : null
}
