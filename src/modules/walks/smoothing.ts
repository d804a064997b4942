import { LINK, type Linked } from './jumps.ts'
import type { Fixes } from './track.ts'

export interface Smoothed {
  /** Metres on the fixes' plane. */
  readonly x: Float64Array
  readonly y: Float64Array
  /** Metres a second. */
  readonly speed: Float64Array
}

const TRIPLES = 600

/**
 * The white noise of a track in metres on one axis, from how far each fix lies off the line between its neighbours;
 * a median, so that turns and spikes do not raise it. 0 for a track without three fixes in a row.
 */
export function estimateNoiseM(fixes: Fixes): number {
  const { count, t, x, y } = fixes
  const stride = Math.max(1, Math.floor(count / TRIPLES))
  const residuals = new Float64Array(2 * Math.ceil(count / stride))
  let n = 0
  for (let i = 1; i + 1 < count; i += stride) {
    const span = t[i + 1]! - t[i - 1]!
    if (span > 30) continue
    const w = (t[i + 1]! - t[i]!) / span
    const scale = 1 / Math.sqrt(1 + w * w + (1 - w) * (1 - w))
    residuals[n++] = Math.abs(x[i]! - w * x[i - 1]! - (1 - w) * x[i + 1]!) * scale
    residuals[n++] = Math.abs(y[i]! - w * y[i - 1]! - (1 - w) * y[i + 1]!) * scale
  }
  if (n === 0) return 0
  return residuals.subarray(0, n).sort()[n >> 1]! / 0.6745
}

/** The median time between fixes in seconds, holes aside; 1 when there is none. */
export function typicalIntervalSec(fixes: Fixes): number {
  const stride = Math.max(1, Math.floor(fixes.count / TRIPLES))
  const intervals = new Float64Array(Math.ceil(fixes.count / stride))
  let n = 0
  for (let i = 1; i < fixes.count; i += stride) {
    const seconds = fixes.t[i]! - fixes.t[i - 1]!
    if (seconds <= 60) intervals[n++] = seconds
  }
  return n > 0 ? intervals.subarray(0, n).sort()[n >> 1]! : 1
}

/** Calls `piece(from, to)` for each unbroken run of fixes [from, to). */
function eachPiece(linked: Linked, piece: (from: number, to: number) => void): void {
  const { fixes, link } = linked
  let from = 0
  for (let i = 1; i <= fixes.count; i++) {
    if (i < fixes.count && link[i] === LINK.walked) continue
    piece(from, i)
    from = i
  }
}

/**
 * A straight line fitted to the fixes within `halfSec` of each fix, by least squares: where it is at that fix and how fast.
 * Sums slide along with the window, so the work is linear whatever the window.
 */
export function smooth(linked: Linked, halfSec: number): Smoothed {
  const { fixes } = linked
  const out = { x: new Float64Array(fixes.count), y: new Float64Array(fixes.count), speed: new Float64Array(fixes.count) }
  eachPiece(linked, (from, to) => smoothPiece(fixes, from, to, halfSec, out))
  return out
}

function smoothPiece(fixes: Fixes, from: number, to: number, halfSec: number, out: Smoothed): void {
  const { t, x, y } = fixes
  const t0 = t[from]!
  const x0 = x[from]!
  const y0 = y[from]!
  let lo = from
  let hi = from
  let n = 0
  let st = 0
  let stt = 0
  let sx = 0
  let stx = 0
  let sy = 0
  let sty = 0
  for (let i = from; i < to; i++) {
    const now = t[i]! - t0
    while (hi < to && t[hi]! - t0 <= now + halfSec) {
      const u = t[hi]! - t0
      const a = x[hi]! - x0
      const b = y[hi]! - y0
      n++
      st += u
      stt += u * u
      sx += a
      stx += u * a
      sy += b
      sty += u * b
      hi++
    }
    while (t[lo]! - t0 < now - halfSec) {
      const u = t[lo]! - t0
      const a = x[lo]! - x0
      const b = y[lo]! - y0
      n--
      st -= u
      stt -= u * u
      sx -= a
      stx -= u * a
      sy -= b
      sty -= u * b
      lo++
    }
    const mean = st / n
    const spread = stt - st * mean
    if (n >= 3 && spread > 0.05) {
      const vx = (stx - mean * sx) / spread
      const vy = (sty - mean * sy) / spread
      out.x[i] = x0 + sx / n + vx * (now - mean)
      out.y[i] = y0 + sy / n + vy * (now - mean)
      out.speed[i] = Math.sqrt(vx * vx + vy * vy)
    } else {
      // Too sparse to fit: the fix itself, and the speed between its neighbours.
      const a = Math.max(from, i - 1)
      const b = Math.min(to - 1, i + 1)
      const dx = x[b]! - x[a]!
      const dy = y[b]! - y[a]!
      out.x[i] = x[i]!
      out.y[i] = y[i]!
      out.speed[i] = b > a ? Math.sqrt(dx * dx + dy * dy) / (t[b]! - t[a]!) : 0
    }
  }
}
