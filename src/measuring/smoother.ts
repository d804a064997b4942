import { LINK, type Linked } from './links.ts'
import { type Fixes, typicalRadiusM } from './track.ts'

/** Where the phone most likely was at each fix, in metres on the fixes' plane, and how fast it went, in m/s. */
export interface Path {
  readonly x: Float64Array
  readonly y: Float64Array
  readonly vx: Float64Array
  readonly vy: Float64Array
}

/** How much a body's velocity wanders: variance in (m/s)² a second. */
const WANDER = 0.25
/** A fix is trusted up to twice more or less than the typical one, as its accuracy says. */
const MOST_TRUST = 2

/** What the smoother leaves of the noise of single fixes that come every so many seconds: its steady state. */
export function smoothedNoiseM(noiseM: number, intervalSec: number): number {
  const left = 0.35 * (noiseM * noiseM * intervalSec) ** 0.75 * WANDER ** 0.25
  return Math.min(noiseM, Math.sqrt(left))
}

/**
 * A Kalman filter and Rauch–Tung–Striebel smoother of constant velocity over each unbroken run of fixes. Both axes share one covariance, so it is carried
 * once. `wander` is how freely velocity changes.
 */
export function smooth(linked: Linked, noiseM: number, wander = WANDER): Path {
  const { fixes, link } = linked
  const { count } = fixes
  const path = { x: new Float64Array(count), y: new Float64Array(count), vx: new Float64Array(count), vy: new Float64Array(count) }
  const variance = fixVariances(fixes, noiseM)
  const cov = new Float64Array(6 * count)
  for (let from = 0, i = 1; i <= count; i++) {
    if (i < count && link[i] === LINK.walked) continue
    smoothRun(fixes, from, i, variance, wander, path, cov)
    from = i
  }
  return path
}

function fixVariances(fixes: Fixes, noiseM: number): Float64Array {
  const { accuracy_m: accuracy, count } = fixes
  const variance = new Float64Array(count).fill(noiseM * noiseM)
  const typical = typicalRadiusM(fixes)
  if (typical > 0)
    for (let i = 0; i < count; i++) {
      const trust = Math.min(MOST_TRUST, Math.max(1 / MOST_TRUST, accuracy[i]! / typical))
      if (trust > 0) variance[i] = variance[i]! * trust * trust
    }
  return variance
}

/** Speeds are at first unknown by about this much, in (m/s)². */
const UNKNOWN_SPEED = 9

function smoothRun(fixes: Fixes, from: number, to: number, variance: Float64Array, wander: number, path: Path, cov: Float64Array): void {
  const { t, x: zx, y: zy } = fixes
  const { x, y, vx, vy } = path
  x[from] = zx[from]!
  y[from] = zy[from]!
  // Filtered covariance of place and speed, as it stands at fix i (columns 0–2) and as predicted for it (3–5).
  let pp = variance[from]!
  let pv = 0
  let vv = UNKNOWN_SPEED
  cov[6 * from] = pp
  cov[6 * from + 1] = pv
  cov[6 * from + 2] = vv
  for (let i = from + 1; i < to; i++) {
    const dt = t[i]! - t[i - 1]!
    const q = wander * dt
    const predictedPp = pp + dt * (2 * pv + dt * vv) + (q * dt * dt) / 3
    const predictedPv = pv + dt * vv + (q * dt) / 2
    const predictedVv = vv + q
    const k = 1 / (predictedPp + variance[i]!)
    const gainP = predictedPp * k
    const gainV = predictedPv * k
    const px = x[i - 1]! + vx[i - 1]! * dt
    const py = y[i - 1]! + vy[i - 1]! * dt
    x[i] = px + gainP * (zx[i]! - px)
    y[i] = py + gainP * (zy[i]! - py)
    vx[i] = vx[i - 1]! + gainV * (zx[i]! - px)
    vy[i] = vy[i - 1]! + gainV * (zy[i]! - py)
    pp = (1 - gainP) * predictedPp
    pv = (1 - gainP) * predictedPv
    vv = predictedVv - gainV * predictedPv
    const c = 6 * i
    cov[c] = pp
    cov[c + 1] = pv
    cov[c + 2] = vv
    cov[c + 3] = predictedPp
    cov[c + 4] = predictedPv
    cov[c + 5] = predictedVv
  }
  for (let i = to - 2; i >= from; i--) {
    const c = 6 * i
    const dt = t[i + 1]! - t[i]!
    const ppf = cov[c]!
    const pvf = cov[c + 1]!
    const vvf = cov[c + 2]!
    const a = cov[c + 9]!
    const b = cov[c + 10]!
    const d = cov[c + 11]!
    const det = a * d - b * b
    // The smoother's gain: filtered covariance × transition × inverse of what was predicted.
    const m0 = ppf + dt * pvf
    const m1 = pvf
    const m2 = pvf + dt * vvf
    const m3 = vvf
    const g0 = (m0 * d - m1 * b) / det
    const g1 = (m1 * a - m0 * b) / det
    const g2 = (m2 * d - m3 * b) / det
    const g3 = (m3 * a - m2 * b) / det
    const ex = x[i + 1]! - x[i]! - vx[i]! * dt
    const ey = y[i + 1]! - y[i]! - vy[i]! * dt
    const ux = vx[i + 1]! - vx[i]!
    const uy = vy[i + 1]! - vy[i]!
    x[i] = x[i]! + g0 * ex + g1 * ux
    y[i] = y[i]! + g0 * ey + g1 * uy
    vx[i] = vx[i]! + g2 * ex + g3 * ux
    vy[i] = vy[i]! + g2 * ey + g3 * uy
  }
}
