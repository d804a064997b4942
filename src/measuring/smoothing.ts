import { LINK, type Linked } from './jumps.ts'
import type { Fixes } from './track.ts'

/** Metres on the fixes' plane, one place a fix. */
export interface Places {
  readonly x: Float64Array
  readonly y: Float64Array
}

export interface Smoothed extends Places {
  /** Metres a second. */
  readonly speed: Float64Array
}

const TRIPLES = 600

/**
 * How far places lie off the straight line between those up to `armSec` before and after them (0: their neighbours), in metres on one axis as the standard
 * deviation of white noise; a median, so that turns and spikes do not raise it. 0 for a track without three fixes in a row.
 */
export function estimateNoiseM({ count, t }: Fixes, { x, y }: Places, armSec = 0, leftOut?: Uint8Array): number {
  const stride = Math.max(1, Math.floor(count / TRIPLES))
  const longest = Math.max(30, 3 * armSec)
  const residuals = new Float64Array(Math.ceil(count / stride))
  let n = 0
  let a = 0
  let b = 0
  for (let i = 1; i + 1 < count; i += stride) {
    while (a < i - 1 && t[i]! - t[a]! > armSec) a++
    while (b <= i || (b + 1 < count && t[b + 1]! - t[i]! <= armSec)) b++
    const span = t[b]! - t[a]!
    if (span > longest || span < armSec || (leftOut && (leftOut[a] === 1 || leftOut[b] === 1))) continue
    const w = (t[b]! - t[i]!) / span
    const scale = 1 / Math.sqrt(1 + w * w + (1 - w) * (1 - w))
    const dx = x[i]! - w * x[a]! - (1 - w) * x[b]!
    const dy = y[i]! - w * y[a]! - (1 - w) * y[b]!
    residuals[n++] = Math.sqrt(dx * dx + dy * dy) * scale
  }
  if (n === 0) return 0
  // The median of how far white noise of one metre an axis lies off.
  return residuals.subarray(0, n).sort()[n >> 1]! / 1.1774
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
    const isFitted = n >= 3 && spread > 0.05
    const vx = isFitted ? (stx - mean * sx) / spread : 0
    const vy = isFitted ? (sty - mean * sy) / spread : 0
    out.x[i] = isFitted ? x0 + sx / n + vx * (now - mean) : x[i]!
    out.y[i] = isFitted ? y0 + sy / n + vy * (now - mean) : y[i]!
    // A few fixes beside a gap say where but not how fast.
    out.speed[i] = isFitted && t[hi - 1]! - t[lo]! >= halfSec / 2 ? Math.sqrt(vx * vx + vy * vy) : speedAcross(fixes, from, to, i, halfSec)
  }
}

/** The speed between two fixes around `i`, at least `seconds` apart where the piece is that long. */
function speedAcross({ t, x, y }: Fixes, from: number, to: number, i: number, seconds: number): number {
  let a = Math.max(from, i - 1)
  let b = Math.min(to - 1, i + 1)
  while (t[b]! - t[a]! < seconds && (a > from || b < to - 1)) {
    if (b === to - 1 || (a > from && t[i]! - t[a - 1]! <= t[b + 1]! - t[i]!)) a--
    else b++
  }
  const dx = x[b]! - x[a]!
  const dy = y[b]! - y[a]!
  return b > a ? Math.sqrt(dx * dx + dy * dy) / (t[b]! - t[a]!) : 0
}
