import { METRES_PER_DEGREE } from '../core/geo.ts'
import { unpackTrace, type Residuals } from './residuals.ts'
import { medianOf } from './track.ts'

/** A recording in metres about one place, its time in seconds. */
interface Way {
  readonly count: number
  readonly t: Float64Array
  readonly x: Float64Array
  readonly y: Float64Array
}

/** Fewer fixes than these tell nothing. */
const LEAST_FIXES = 10
/** A place of one is at that of another within this: an offset of 10 m and noise. */
const NEAR_M = 25
const LAG_SEC = 10

export interface Likeness {
  /** How far the fixes of one lie from the way of the other, once it is moved onto it, at the median and for the best 70 %. */
  readonly aside_m: number
  readonly aside70_m: number
  /** At the best lag: the share of the shorter that overlaps; how far apart at equal times; the correlation of noise; independent samples. */
  readonly overlap: number
  readonly apart_m: number
  readonly apart90_m: number
  readonly correlation: number
  readonly fine: number
  readonly samples: number
  readonly lag_sec: number
}

export function likenessOf(first: Residuals, second: Residuals): Likeness | null {
  const [one, other] = waysOf(first, second)
  if (one.count < LEAST_FIXES || other.count < LEAST_FIXES) return null
  // The shorter is compared with the longer.
  const [a, b] = durationOf(one) >= durationOf(other) ? [one, other] : [other, one]
  const aside = asideOf(a, b)
  let best: Likeness | null = null
  for (const { lag, isReversed } of lagsOf(a, b)) {
    const found = inTime(isReversed ? reverse(a) : a, b, lag)
    if (found && (!best || found.overlap * Math.max(found.correlation, 0.01) > best.overlap * Math.max(best.correlation, 0.01)))
      best = { ...aside, ...found }
  }
  return best ?? { ...aside, overlap: 0, apart_m: Infinity, apart90_m: Infinity, correlation: 0, fine: 0, samples: 0, lag_sec: 0 }
}

const durationOf = ({ t, count }: Way) => t[count - 1]! - t[0]!

function waysOf(first: Residuals, second: Residuals): [Way, Way] {
  const traces = [unpackTrace(first.trace), unpackTrace(second.trace)] as const
  const [origin] = traces
  const perLng = METRES_PER_DEGREE * Math.cos(((origin.lat[0] ?? 0) * Math.PI) / 180e6)
  const toWay = ({ count, time, lat, lng }: (typeof traces)[number]): Way => ({
    count,
    t: time.map((at) => (at - (origin.time[0] ?? 0)) / 10),
    x: lng.map((at) => ((at - (origin.lng[0] ?? 0)) / 1e6) * perLng),
    y: lat.map((at) => ((at - (origin.lat[0] ?? 0)) / 1e6) * METRES_PER_DEGREE),
  })
  return [toWay(traces[0]), toWay(traces[1])]
}

/** The same way walked back to front at the mirrored times. */
function reverse({ count, t, x, y }: Way): Way {
  return { count, t: t.map((at) => -at).reverse(), x: x.toReversed(), y: y.toReversed() }
}

/** Fixes by squares of `NEAR_M`. */
function squaresOf({ count, x, y }: Way): (x: number, y: number) => number[][] {
  const squares = new Map<number, number[]>()
  const keyOf = (column: number, row: number) => column * 0x100000 + row
  for (let i = 0; i < count; i++) {
    const key = keyOf(Math.floor(x[i]! / NEAR_M), Math.floor(y[i]! / NEAR_M))
    const square = squares.get(key)
    if (square) square.push(i)
    else squares.set(key, [i])
  }
  return (atX, atY) => {
    const column = Math.floor(atX / NEAR_M)
    const row = Math.floor(atY / NEAR_M)
    const found: number[][] = []
    for (let dx = -1; dx <= 1; dx++) {
      for (let dy = -1; dy <= 1; dy++) {
        const square = squares.get(keyOf(column + dx, row + dy))
        if (square) found.push(square)
      }
    }
    return found
  }
}

/** The likeliest lags, by votes: each fix of `b` votes for how much earlier `a` was there. */
function lagsOf(a: Way, b: Way): { lag: number; isReversed: boolean }[] {
  const near = squaresOf(a)
  const ballots = [new Map<number, number>(), new Map<number, number>()]
  for (let j = 0; j < b.count; j++) {
    const voted = [new Set<number>(), new Set<number>()]
    for (const square of near(b.x[j]!, b.y[j]!)) {
      for (const i of square) {
        if (Math.hypot(a.x[i]! - b.x[j]!, a.y[i]! - b.y[j]!) > NEAR_M) continue
        voted[0]!.add(Math.round((a.t[i]! - b.t[j]!) / LAG_SEC))
        voted[1]!.add(Math.round((-a.t[i]! - b.t[j]!) / LAG_SEC))
      }
    }
    voted.forEach((bins, way) => bins.forEach((bin) => ballots[way]!.set(bin, (ballots[way]!.get(bin) ?? 0) + 1)))
  }
  return ballots.flatMap((ballot, way) => {
    const most = [...ballot].sort(([, m], [, n]) => n - m)
    const picked: number[] = []
    for (const [bin, votes] of most) {
      if (picked.length === 2 || votes < 0.3 * b.count) break
      if (picked.every((other) => Math.abs(other - bin) > 3)) picked.push(bin)
    }
    return picked.map((bin) => ({ lag: bin * LAG_SEC, isReversed: way === 1 }))
  })
}

/** Where `a` was at second `at`; NaN in its holes. `k` is a fix near there. */
function placeAt({ count, t, x, y }: Way, at: number, from: number, to: Float64Array): number {
  let k = from
  while (k < count - 1 && t[k]! < at) k++
  while (k > 1 && t[k - 1]! > at) k--
  const seconds = t[k]! - t[k - 1]!
  const share = (at - t[k - 1]!) / seconds
  const isIn = share >= 0 && share <= 1 && seconds <= 65
  to[0] = isIn ? x[k - 1]! + (x[k]! - x[k - 1]!) * share : NaN
  to[1] = isIn ? y[k - 1]! + (y[k]! - y[k - 1]!) * share : NaN
  return k
}

function inTime(a: Way, b: Way, coarse: number) {
  const lag = bestLag(a, b, coarse)
  const { x: dx, y: dy } = differences(a, b, lag)
  const offX = medianOf(dx.filter((value) => Math.abs(value) < NEAR_M))
  const offY = medianOf(dy.filter((value) => Math.abs(value) < NEAR_M))
  const isClose = dx.map((value, j) => Number(Math.hypot(value - offX, dy[j]! - offY) <= 15))
  const off = Float64Array.from(dx, (value, j) => Math.hypot(value - offX, dy[j]! - offY)).filter((value) => value === value)
  off.sort()
  const overlap = isClose.reduce((sum, is) => sum + is, 0) / b.count
  if (overlap < 0.3) return null
  const interval = Math.max(intervalOf(a), intervalOf(b))
  const wide = correlation(a, b, lag, isClose, Math.max(10, interval))
  const fine = correlation(a, b, lag, isClose, interval)
  return {
    overlap,
    apart_m: off[off.length >> 1]!,
    apart90_m: off[Math.floor(off.length * 0.9)]!,
    correlation: wide.correlation,
    fine: fine.correlation,
    samples: wide.samples,
    lag_sec: lag,
  }
}

const intervalOf = ({ t }: Way) => medianOf(t.subarray(1).map((at, k) => at - t[k]!))

function differences(a: Way, b: Way, lag: number): { x: Float64Array; y: Float64Array } {
  const x = new Float64Array(b.count)
  const y = new Float64Array(b.count)
  const place = new Float64Array(2)
  let k = 1
  for (let j = 0; j < b.count; j++) {
    k = placeAt(a, b.t[j]! + lag, k, place)
    x[j] = b.x[j]! - place[0]!
    y[j] = b.y[j]! - place[1]!
  }
  return { x, y }
}

/** The lag near `coarse` at which they are nearest, to a tenth of a second. */
function bestLag(a: Way, b: Way, coarse: number): number {
  let best = coarse
  for (const step of [3, 1, 0.3, 0.1]) {
    let least = Infinity
    const middle = best
    for (let n = -4; n <= 4; n++) {
      const { x, y } = differences(a, b, middle + n * step)
      const offX = medianOf(x.filter((value) => Math.abs(value) < NEAR_M))
      const offY = medianOf(y.filter((value) => Math.abs(value) < NEAR_M))
      let cost = 0
      for (let j = 0; j < b.count; j++) {
        const apart = Math.hypot(x[j]! - offX, y[j]! - offY)
        cost += apart < 15 ? apart : 15
      }
      if (cost < least) {
        least = cost
        best = middle + n * step
      }
    }
  }
  return best
}

/** How alike their bends and changes of speed are over `h` seconds: the clipped correlation of second differences. */
function correlation(a: Way, b: Way, lag: number, isClose: Float64Array, h: number) {
  const place = new Float64Array(2)
  const pairs: number[][] = []
  let k = 1
  let m = 1
  const second = (way: Way, at: number, hint: number): [number, number, number] => {
    let from = placeAt(way, at - h, hint, place)
    let sx = place[0]!
    let sy = place[1]!
    from = placeAt(way, at, from, place)
    sx -= 2 * place[0]!
    sy -= 2 * place[1]!
    from = placeAt(way, at + h, from, place)
    return [sx + place[0]!, sy + place[1]!, from]
  }
  let seconds = 0
  for (let j = 1; j < b.count; j++) {
    if (isClose[j] === 0) continue
    const [bx, by, m2] = second(b, b.t[j]!, m)
    const [ax, ay, k2] = second(a, b.t[j]! + lag, k)
    m = m2
    k = k2
    if (!(ax + ay + bx + by === ax + ay + bx + by)) continue
    pairs.push([ax, bx], [ay, by])
    seconds += b.t[j]! - b.t[j - 1]!
  }
  const clipA = 3 * medianOf(Float64Array.from(pairs, ([u]) => Math.abs(u!))) + 0.01
  const clipB = 3 * medianOf(Float64Array.from(pairs, ([, v]) => Math.abs(v!))) + 0.01
  let uv = 0
  let uu = 0
  let vv = 0
  for (const [u0, v0] of pairs) {
    const u = Math.max(-clipA, Math.min(clipA, u0!))
    const v = Math.max(-clipB, Math.min(clipB, v0!))
    uv += u * v
    uu += u * u
    vv += v * v
  }
  return { correlation: uv / Math.sqrt(uu * vv || 1), samples: (2 * seconds) / h }
}

/** How far the fixes of `b` lie from the way of `a`, once `b` is moved onto it: iterated closest lines. */
function asideOf(a: Way, b: Way): { aside_m: number; aside70_m: number } {
  const near = squaresOf(a)
  let offX = 0
  let offY = 0
  let sizes: number[] = []
  for (let round = 0; round < 8; round++) {
    let xx = 0
    let xy = 0
    let yy = 0
    let xd = 0
    let yd = 0
    sizes = []
    const limit = sizes.length
    for (let j = 0; j < b.count; j++) {
      const px = b.x[j]! - offX
      const py = b.y[j]! - offY
      let least = Infinity
      let nx = 0
      let ny = 0
      for (const square of near(px, py)) {
        for (const i of square) {
          for (const k of [i, i + 1]) {
            if (k < 1 || k >= a.count || a.t[k]! - a.t[k - 1]! > 65) continue
            const ux = a.x[k]! - a.x[k - 1]!
            const uy = a.y[k]! - a.y[k - 1]!
            const length2 = ux * ux + uy * uy
            const share = length2 > 0 ? Math.max(0, Math.min(1, ((px - a.x[k - 1]!) * ux + (py - a.y[k - 1]!) * uy) / length2)) : 0
            const ex = px - a.x[k - 1]! - share * ux
            const ey = py - a.y[k - 1]! - share * uy
            const apart = ex * ex + ey * ey
            if (apart < least) {
              least = apart
              nx = ex
              ny = ey
            }
          }
        }
      }
      const size = Math.sqrt(least)
      sizes.push(size)
      if (!(size < NEAR_M) || size === 0) continue
      // Robust: those far off weigh less.
      const w = 1 / (0.3 + size)
      const ux = nx / size
      const uy = ny / size
      xx += w * ux * ux
      xy += w * ux * uy
      yy += w * uy * uy
      xd += w * ux * size
      yd += w * uy * size
    }
    void limit
    const det = xx * yy - xy * xy + 1e-9
    const stepX = (yy * xd - xy * yd) / det
    const stepY = (xx * yd - xy * xd) / det
    if (round < 7) {
      offX += stepX
      offY += stepY
    }
  }
  const sorted = Float64Array.from(sizes).sort()
  return { aside_m: sorted[sorted.length >> 1]!, aside70_m: sorted[Math.floor(0.7 * sorted.length)]! }
}

export function areCopies(a: Residuals, b: Residuals): boolean {
  const like = likenessOf(a, b)
  return like !== null && like.aside70_m < 0.4
}
