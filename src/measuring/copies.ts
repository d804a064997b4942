import type { Residuals } from './residuals.ts'
import { medianOf } from './track.ts'
import { HOLE_SEC, NEAR_M, nearOf, reader, reversed, thin, waysOf, type Near, type Shift, type Way } from './ways.ts'

/** Fewer fixes than these tell nothing. */
const LEAST_FIXES = 10
/** So many fixes are enough to find the lag and the offset. */
const SAMPLE = 150
const LAG_SEC = 10
/** Once moved onto each other, two recordings of the same moment are nearer than this. */
const CLOSE_M = 15
const LEAST_OVERLAP = 0.33
const SAME_TIME_SEC = 60
/** The cosine of a turn that is none. */
const STRAIGHT = 0.85
const ROUNDS = 5
/** A leg shorter than this has no direction. */
const STANDING_M = 4

/** How two recordings resemble each other. */
interface Likeness {
  /** How near the other's way seven in ten fixes lie, once it is moved onto it. */
  readonly aside_m: number
  /** At the lag at which they are most alike, which is 0 at the same time: */
  readonly lag_sec: number
  /** the share of the shorter recording that lies near the other, */
  readonly overlap: number
  /** how far they drift apart, over a minute, at the median, */
  readonly drift_m: number
  /** and the correlation of their changes of pace, out of so many independent samples. */
  readonly correlation: number
  readonly samples: number
}

/**
 * Whether one of two recordings was made from the other. Chosen on 9,500 pairs of simulated walks and runs of the same way by the same person, with good and
 * bad receivers, of which none is taken for a copy where the receiver is off by a metre and a half, as the best of phones are, and on copies of 69 real recordings. A copy needs one sign:
 */
export function areCopies(first: Residuals, second: Residuals): boolean {
  const likeness = likenessOf(first, second)
  if (!likeness) return false
  const { aside_m, lag_sec, overlap, drift_m, correlation, samples } = likeness
  // Two owners side by side share all but the noise of their receivers, which is off by 0.63 m over minutes at the very least.
  if (Math.abs(lag_sec) < SAME_TIME_SEC) return overlap >= LEAST_OVERLAP && drift_m <= 0.6
  return (
    // Places that lie on the other's way more exactly than any receiver returns to it.
    aside_m <= 0.4 ||
    // A part of the same pace, second by second, or as good as the same noise.
    (overlap >= LEAST_OVERLAP && (drift_m <= 0.6 || (correlation >= 0.8 && samples >= 20))) ||
    // The whole at nearly the same pace, under noise that somebody added; by chance a few samples agree more easily than many.
    (overlap >= 0.9 && (drift_m <= 2 || correlation >= 0.3 + 1.4 / Math.sqrt(samples)))
  )
}

function likenessOf(first: Residuals, second: Residuals): Likeness | null {
  const [one, other] = waysOf(first, second)
  if (one.count < LEAST_FIXES || other.count < LEAST_FIXES) return null
  // The shorter is compared with the longer.
  const [a, b] = isLonger(one, other) ? [one, other] : [other, one]
  const sample = thin(b, SAMPLE)
  const near = nearOf(a)
  let best = { lag_sec: NaN, overlap: 0, drift_m: Infinity, correlation: 0, samples: 0 }
  for (const { lag, isReversed } of lagsOf(a, sample, near)) {
    const found = inTime(isReversed ? reversed(a) : a, b, sample, lag)
    if (found.overlap * found.correlation > best.overlap * best.correlation) best = found
  }
  return { aside_m: asideOf(a, sample, near), ...best }
}

/** Which of two is taken for the longer one never depends on the order they are given in. */
function isLonger(one: Way, other: Way): boolean {
  const more = durationOf(one) - durationOf(other) || one.count - other.count || one.t[0]! - other.t[0]! || one.x[0]! - other.x[0]!
  return more >= 0
}

const durationOf = ({ t, count }: Way) => t[count - 1]! - t[0]!

/** The likeliest lags, forwards and backwards, by votes: each fix of `b` votes for how much earlier `a` was there. */
function lagsOf(a: Way, b: Way, near: Near): { lag: number; isReversed: boolean }[] {
  return [false, true].flatMap((isReversed) => {
    const votes = new Map<number, number>()
    for (let j = 0; j < b.count; j++) {
      const mine = new Set<number>()
      near(b.x[j]!, b.y[j]!, (i) => mine.add(Math.round(((isReversed ? -a.t[i]! : a.t[i]!) - b.t[j]!) / LAG_SEC)))
      for (const bin of mine) votes.set(bin, (votes.get(bin) ?? 0) + 1)
    }
    const [likeliest] = [...votes].sort(([, m], [, n]) => n - m)
    return likeliest && likeliest[1] >= LEAST_OVERLAP * b.count ? [{ lag: likeliest[0] * LAG_SEC, isReversed }] : []
  })
}

function inTime(a: Way, b: Way, sample: Way, coarseLag: number): Omit<Likeness, 'aside_m'> {
  const lag = fineLag(a, sample, coarseLag)
  const apart = differences(a, b, lag)
  const offset = offsetOf(apart)
  const isClose = Uint8Array.from(apart.x, (dx, j) => Number(Math.hypot(dx - offset.x, apart.y[j]! - offset.y) <= CLOSE_M))
  return {
    lag_sec: lag,
    overlap: isClose.reduce((sum, is) => sum + is, 0) / b.count,
    drift_m: driftOf(b, apart, offset, isClose),
    ...correlationOf(a, b, lag, isClose, Math.max(10, intervalOf(a), intervalOf(b))),
  }
}

const intervalOf = ({ t }: Way) => medianOf(t.subarray(1).map((at, k) => at - t[k]!))

interface Shifts {
  readonly x: Float64Array
  readonly y: Float64Array
}

function differences(a: Way, b: Way, lag: number): Shifts {
  const x = new Float64Array(b.count)
  const y = new Float64Array(b.count)
  const read = reader(a)
  for (let j = 0; j < b.count; j++) {
    const place = read(b.t[j]! + lag)
    x[j] = b.x[j]! - place.x
    y[j] = b.y[j]! - place.y
  }
  return { x, y }
}

function offsetOf({ x, y }: Shifts): Shift {
  const near = (of: Float64Array) => medianOf(of.filter((value) => Math.abs(value) < NEAR_M))
  return { x: near(x), y: near(y) }
}

/** The lag about `coarse` at which they are nearest, to a tenth of a second. */
function fineLag(a: Way, b: Way, coarse: number): number {
  let best = coarse
  for (const step of [3, 1, 0.3, 0.1]) {
    let least = Infinity
    const middle = best
    for (let n = -3; n <= 3; n++) {
      const apart = differences(a, b, middle + n * step)
      const offset = offsetOf(apart)
      let sum = 0
      for (let j = 0; j < b.count; j++) {
        const metres = Math.hypot(apart.x[j]! - offset.x, apart.y[j]! - offset.y)
        sum += metres < CLOSE_M ? metres : CLOSE_M
      }
      if (sum >= least) continue
      least = sum
      best = middle + n * step
    }
  }
  return best
}

/** How far the differences of a minute, averaged, are off those of all, at the median. */
function driftOf({ t, count }: Way, { x, y }: Shifts, offset: Shift, isClose: Uint8Array): number {
  const drifts: number[] = []
  for (let from = 0, to = 0; from < count; from = to) {
    let sumX = 0
    let sumY = 0
    let size = 0
    for (; to < count && t[to]! - t[from]! < 60; to++) {
      if (isClose[to] === 0) continue
      sumX += x[to]! - offset.x
      sumY += y[to]! - offset.y
      size++
    }
    if (size > 0) drifts.push(Math.hypot(sumX, sumY) / size)
  }
  return drifts.length > 0 ? medianOf(Float64Array.from(drifts)) : Infinity
}

/**
 * The correlation of changes of pace from one leg of `h` seconds to the next, each clipped so that none decides alone. Only where the way is straight: bends
 * are the street's, and everybody who walks it has them.
 */
function correlationOf(a: Way, b: Way, lag: number, isClose: Uint8Array, h: number): { correlation: number; samples: number } {
  const pacesA = changesOfPace(a, b.t, lag, h)
  const pacesB = changesOfPace(b, b.t, 0, h)
  const isUsed = (_: number, j: number) => isClose[j] === 1 && pacesA[j] === pacesA[j] && pacesB[j] === pacesB[j]
  const clipped = (paces: Float64Array) => {
    const used = paces.filter(isUsed)
    const clip = 3 * medianOf(used.map(Math.abs))
    return used.map((value) => Math.max(-clip, Math.min(clip, value)))
  }
  const u = clipped(pacesA)
  const v = clipped(pacesB)
  let uv = 0
  let uu = 0
  let vv = 0
  for (let k = 0; k < u.length; k++) {
    uv += u[k]! * v[k]!
    uu += u[k]! * u[k]!
    vv += v[k]! * v[k]!
  }
  const seconds = (durationOf(b) * u.length) / b.count
  return { correlation: uu * vv > 0 ? uv / Math.sqrt(uu * vv) : 0, samples: seconds / h }
}

/** How much longer the leg after each second is than the one before it; NaN in bends and holes. */
function changesOfPace(way: Way, seconds: Float64Array, lag: number, h: number): Float64Array {
  const read = [reader(way), reader(way), reader(way)] as const
  return seconds.map((second) => {
    const before = read[0](second + lag - h)
    const now = read[1](second + lag)
    const after = read[2](second + lag + h)
    const ax = now.x - before.x
    const ay = now.y - before.y
    const bx = after.x - now.x
    const by = after.y - now.y
    const a = Math.sqrt(ax * ax + ay * ay)
    const b = Math.sqrt(bx * bx + by * by)
    return ax * bx + ay * by < STRAIGHT * a * b && a > STANDING_M && b > STANDING_M ? NaN : b - a
  })
}

/** Moves `b` onto the way of `a`, as iterated closest points do, and says within how many metres of it seven in ten of its fixes lie. */
function asideOf(a: Way, b: Way, near: Near): number {
  let offX = 0
  let offY = 0
  const apart = new Float64Array(b.count)
  for (let round = 0; ; round++) {
    // The normal equations of the shift that takes each fix to its nearest line; those far off weigh less.
    let xx = 1e-9
    let xy = 0
    let yy = 1e-9
    let xd = 0
    let yd = 0
    for (let j = 0; j < b.count; j++) {
      const px = b.x[j]! - offX
      const py = b.y[j]! - offY
      let least = Infinity
      let nx = 0
      let ny = 0
      near(px, py, (i) => {
        for (let k = Math.max(1, i); k <= i + 1 && k < a.count; k++) {
          if (a.t[k]! - a.t[k - 1]! > HOLE_SEC) continue
          const ux = a.x[k]! - a.x[k - 1]!
          const uy = a.y[k]! - a.y[k - 1]!
          const square = ux * ux + uy * uy
          const along = square > 0 ? ((px - a.x[k - 1]!) * ux + (py - a.y[k - 1]!) * uy) / square : 0
          const share = along < 0 ? 0 : along > 1 ? 1 : along
          const ex = px - a.x[k - 1]! - share * ux
          const ey = py - a.y[k - 1]! - share * uy
          if (ex * ex + ey * ey >= least) continue
          least = ex * ex + ey * ey
          nx = ex
          ny = ey
        }
      })
      const metres = Math.sqrt(least)
      apart[j] = metres
      if (!(metres < NEAR_M && metres > 0)) continue
      const weight = 1 / (0.3 + metres) / (metres * metres)
      xx += weight * nx * nx
      xy += weight * nx * ny
      yy += weight * ny * ny
      xd += weight * nx * least
      yd += weight * ny * least
    }
    if (round === ROUNDS) return apart.sort()[Math.floor(0.7 * b.count)]!
    const det = xx * yy - xy * xy
    offX += (yy * xd - xy * yd) / det
    offY += (xx * yd - xy * xd) / det
  }
}
