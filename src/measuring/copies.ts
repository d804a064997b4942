import { medianOf } from './track.ts'
import { HOLE_SEC, NEAR_M, nearOf, reader, reversed, thin, waysOf, type Shift, type Way, type Residuals } from './residuals.ts'

/** Fewer fixes than these tell nothing. */
const LEAST_FIXES = 10
/** So many fixes are enough to find the lag and the offset. */
const SAMPLE = 150
/** And so many of the other to find where it was near, of which there are many in a park. */
const DETAIL = 1_024
const LAG_SEC = 10
/** Once moved onto each other, two recordings of the same moment are nearer than this. */
const CLOSE_M = 15
const LEAST_OVERLAP = 0.33
const SAME_TIME_SEC = 60
/** Nobody keeps his pace to the step for so long. */
const LONG_SEC = 600
/** The cosine of a turn that is none. */
const STRAIGHT = 0.85
const ROUNDS = 5
/** A leg shorter than this has no direction. */
const STANDING_M = 4
/** The correlation of times at which the same places follow each other, forwards or backwards. */
const IN_ORDER = 0.7
const MINUTE_SEC = 60

/** All that is compared of a recording. */
type Recording = Pick<Residuals, 'trace'>

/** How two recordings resemble each other at the lag at which they are most alike, which is 0 at the same time. */
interface Likeness {
  readonly lag_sec: number
  /** The share of the shorter recording that lies near the other. */
  readonly overlap: number
  /** How far they drift apart, over a minute, at the median. */
  readonly drift_m: number
  /** And over a sixteenth of the time, which takes white noise away. */
  readonly slow_drift_m: number
  /** The correlation of their changes of pace, out of so many independent samples. */
  readonly correlation: number
  readonly samples: number
}

const UNLIKE: Likeness = { lag_sec: NaN, overlap: 0, drift_m: Infinity, slow_drift_m: Infinity, correlation: 0, samples: 0 }

/**
 * Whether one of two recordings was made from the other. Chosen on 16,000 pairs of simulated walks and runs of the same way by the same person, of rounds on a track of
 * 400 m, of one park and of two people side by side, none of which is taken for a copy where the receiver is off by a metre and a half, as the best of phones are, and on
 * copies of 59 real recordings. A copy needs one sign:
 */
export function areCopies(first: Recording, second: Recording): boolean {
  const [one, other] = waysOf(first, second)
  if (one.count < LEAST_FIXES || other.count < LEAST_FIXES) return false
  // The shorter is compared with the longer.
  const [a, b] = isLonger(one, other) ? [one, other] : [other, one]
  const { lag_sec, overlap, drift_m, slow_drift_m, correlation, samples } = likenessOf(a, b)
  // Two owners side by side share all but the noise of their receivers, which is off by 0.9 m over minutes at the very least.
  if (Math.abs(lag_sec) < SAME_TIME_SEC) return overlap >= LEAST_OVERLAP && drift_m <= 0.6
  return (
    // A part of as good as the same noise, or of the same pace second by second.
    (overlap >= LEAST_OVERLAP && (drift_m <= 0.6 || (correlation >= 0.8 && samples >= 20))) ||
    // The whole at nearly the same pace, under noise that somebody added. By chance a few samples agree more easily than many.
    (overlap >= 0.9 && correlation >= 0.3 + 1.8 / Math.sqrt(samples)) ||
    (overlap >= 0.9 && slow_drift_m <= 6 * correlation && durationOf(b) >= LONG_SEC) ||
    // At whatever pace, places that lie on the other's way more exactly than any receiver returns to it.
    asideOf(a, b) <= 0.4 ||
    asideOf(b, a) <= 0.4
  )
}

function likenessOf(a: Way, b: Way): Likeness {
  const sample = thin(b, SAMPLE)
  let best = UNLIKE
  for (const { lag, isReversed } of lagsOf(a, sample)) {
    const found = inTime(isReversed ? reversed(a) : a, b, sample, lag)
    if (found.overlap * found.correlation > best.overlap * best.correlation) best = found
  }
  return best
}

/** Which of two is taken for the longer one never depends on the order they are given in. */
function isLonger(one: Way, other: Way): boolean {
  const more = durationOf(one) - durationOf(other) || one.count - other.count || one.t[0]! - other.t[0]! || one.x[0]! - other.x[0]!
  return more >= 0
}

const durationOf = ({ t, count }: Way) => t[count - 1]! - t[0]!

/** The likeliest lags, forwards and backwards, by votes: each fix of `b` votes for how much earlier the other was there. */
function lagsOf(whole: Way, b: Way): { lag: number; isReversed: boolean }[] {
  const a = thin(whole, DETAIL)
  const near = nearOf(a)
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

function inTime(a: Way, b: Way, sample: Way, coarseLag: number): Likeness {
  const lag = fineLag(a, sample, coarseLag)
  const apart = differences(a, b, lag)
  const offset = offsetOf(apart)
  const isClose = Uint8Array.from(apart.x, (dx, j) => Number(Math.hypot(dx - offset.x, apart.y[j]! - offset.y) <= CLOSE_M))
  return {
    lag_sec: lag,
    overlap: isClose.reduce((sum, is) => sum + is, 0) / b.count,
    drift_m: driftOf(b, apart, offset, isClose, MINUTE_SEC),
    slow_drift_m: driftOf(b, apart, offset, isClose, Math.max(MINUTE_SEC, durationOf(b) / 16)),
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

/**
 * The lag about `coarse` at which they are nearest, to a tenth of a second. Who walks slowly is within reach of a place for most of a minute, so the right lag may lie
 * some bins from the one with the most votes.
 */
function fineLag(a: Way, b: Way, coarse: number): number {
  let best = coarse
  for (const step of [6, 1.5, 0.4, 0.1]) {
    let least = Infinity
    const middle = best
    for (let n = -6; n <= 6; n++) {
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

/** How far the differences of so many seconds, averaged, are off those of all, at the median. */
function driftOf({ t, count }: Way, { x, y }: Shifts, offset: Shift, isClose: Uint8Array, seconds: number): number {
  const drifts: number[] = []
  for (let from = 0, to = 0; from < count; from = to) {
    let sumX = 0
    let sumY = 0
    let size = 0
    for (; to < count && t[to]! - t[from]! < seconds; to++) {
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
  const seconds = (durationOf(b) * u.length) / b.count
  return { correlation: correlate(u, clipped(pacesB)), samples: seconds / h }
}

/** Pearson's correlation. */
function correlate(u: Float64Array, v: Float64Array): number {
  const mean = (of: Float64Array) => of.reduce((sum, value) => sum + value, 0) / of.length
  const [meanU, meanV] = [mean(u), mean(v)]
  let uv = 0
  let uu = 0
  let vv = 0
  for (let k = 0; k < u.length; k++) {
    const du = u[k]! - meanU
    const dv = v[k]! - meanV
    uv += du * dv
    uu += du * du
    vv += dv * dv
  }
  return uu * vv > 0 ? uv / Math.sqrt(uu * vv) : 0
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

/**
 * Moves places onto a way, as iterated closest points do, and says within how many metres of it seven in ten of its fixes lie. Infinite where the places do not
 * follow each other as they do on the way: on rounds, or about a park, some other part of the way is always near.
 */
function asideOf(a: Way, places: Way): number {
  const b = thin(places, SAMPLE)
  const near = nearOf(a)
  const apart = new Float64Array(b.count)
  const passedAt = new Float64Array(b.count)
  let offX = 0
  let offY = 0
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
          passedAt[j] = a.t[k]!
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
    if (!(Math.abs(correlate(passedAt, b.t)) >= IN_ORDER)) return Infinity
    if (round === ROUNDS) return apart.sort()[Math.floor(0.7 * b.count)]!
    const det = xx * yy - xy * xy
    offX += (yy * xd - xy * yd) / det
    offY += (xx * yd - xy * xd) / det
  }
}
