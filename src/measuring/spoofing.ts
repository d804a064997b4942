import type { Fixes } from './track.ts'

const EVEN_SEC = 300
const EVEN_VARIATION = 0.02
/** Fewer legs are even by chance now and then. */
const EVEN_LEGS = 8
const MOVING_MPS = 0.4
const SPARSE_SEC = 30
const SPARSE_VARIATION = 0.05
/** A sample of so many says it as well as all. */
const MOST_INTERVALS = 1000
/** Rounded coordinates alone make the speed of short steps uneven, so evenness is judged on legs of at least this. */
const LEG_SEC = 20

/**
 * The least coefficient of variation of the speed over any five minutes of moving; Infinity when there are none.
 * Legs are whole intervals joined up to 20 s; a body reaches some percent, a planner's invented times do not.
 */
export function leastSpeedVariation(fixes: Fixes): number {
  const { count, t, x, y } = fixes
  const legSpeed = new Float64Array(count)
  const legEnd = new Float64Array(count)
  const legStart = new Float64Array(count)
  let n = 0
  let from = 0
  let metres = 0
  for (let i = 1; i < count; i++) {
    const dx = x[i]! - x[i - 1]!
    const dy = y[i]! - y[i - 1]!
    metres += Math.sqrt(dx * dx + dy * dy)
    const seconds = t[i]! - t[from]!
    if (seconds < LEG_SEC && i < count - 1) continue
    if (seconds >= LEG_SEC / 2) {
      legSpeed[n] = metres / seconds
      legStart[n] = t[from]!
      legEnd[n] = t[i]!
      n++
    }
    from = i
    metres = 0
  }
  let least = Infinity
  let lo = 0
  let sum = 0
  let squares = 0
  for (let k = 0; k < n; k++) {
    sum += legSpeed[k]!
    squares += legSpeed[k]! * legSpeed[k]!
    // The shortest run of enough legs that still spans five minutes.
    while (k - lo >= EVEN_LEGS && legEnd[k]! - legStart[lo + 1]! >= EVEN_SEC) {
      sum -= legSpeed[lo]!
      squares -= legSpeed[lo]! * legSpeed[lo]!
      lo++
    }
    const legs = k - lo + 1
    if (legEnd[k]! - legStart[lo]! < EVEN_SEC || legs < EVEN_LEGS) continue
    const mean = sum / legs
    if (mean < MOVING_MPS) continue
    least = Math.min(least, Math.sqrt(Math.max(0, squares / legs - mean * mean)) / mean)
  }
  return least
}

export function isTooEven(variation: number): boolean {
  return variation < EVEN_VARIATION
}

/** Whether fixes come too rarely and too regularly for a recording: median interval ≥ 30 s, its middle 80 % within 5 % of it. */
export function isTooSparse(fixes: Fixes): boolean {
  const links = fixes.count - 1
  const stride = Math.max(1, Math.floor(links / MOST_INTERVALS))
  const intervals = new Float64Array(Math.ceil(links / stride))
  for (let k = 0; k < intervals.length; k++) intervals[k] = fixes.t[k * stride + 1]! - fixes.t[k * stride]!
  intervals.sort()
  const at = (share: number) => intervals[Math.floor(share * (intervals.length - 1))]!
  const median = at(0.5)
  return median >= SPARSE_SEC && (at(0.9) - at(0.1)) / median < SPARSE_VARIATION
}
