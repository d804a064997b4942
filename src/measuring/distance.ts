import { BLOCK_SEC, LONGEST_MOMENT_SEC, type Blocks } from './blocks.ts'
import { LINK, type Linked } from './links.ts'
import { STATE } from './motion.ts'
import { type Path } from './smoother.ts'
import { medianOf, type Fixes } from './track.ts'

/** The way on foot in strides of about five seconds: long enough for noise to average out, short enough for corners. */
export interface Strides {
  readonly count: number
  /** The fix each stride ends at; it begins at the fix of the stride before. */
  readonly fix: Int32Array
  /** Metres gone in each, noise taken off; 0 where nobody was on foot. The first ends where the track begins. */
  readonly length_m: Float64Array
  /** The straight lines along the smoothed path, noise and all. */
  readonly chord_m: Float64Array
  /** What was done meanwhile (`STATE`). */
  readonly state: Uint8Array
}

const STRIDE_SEC = 4
/** The smoother's noise at both ends of a stride has hardly anything in common after so many of its memories. */
const MEMORIES = 1.5
/** Noise takes no more than this share of the square of strides, on either axis, nor changes a stride by more metres. */
const MOST_NOISE = 0.35
const MOST_NOISE_M = 6
/** An arc is longer than its chord by a 24th of the square of the turn to the next chord; a way that bends many times between fixes that come rarely, by a quarter. */
const ARC = 24
const BROKEN_ARC = 4
const CURVED_SEC = 8
const JITTER_SEC = 0.5
const MOST_CURVED = 1.5
const LEAST_TRIPLES = 8
/** A lying phone's place drifts by some tens of metres, but slowly. */
/** A lying receiver's own speed is less. */
const LEAST_OWN_MPS = 0.3
const LEAST_DEPARTURE_M = 25
const LEAST_DEPARTURE_MPS = 0.04
/** Noise is taken as it is over so many strides on either side. */
const AROUND = 24
/** The mean size of a normal variable is 0.7979 deviations; 6 is the sum of the squares of 1, 2, 1. */
const CHANGE = 0.7979 * Math.sqrt(6)
/** A body's own pace and direction change by this share of a stride, squared, for each second of it. */
const BODY = 0.001
/** Lengths vary by the noise of one axis where it is short; where there is nothing but noise they vary by 0.215 of their square, and noise is half of it (Rayleigh). */

/**
 * Straight lines between places on the smoothed path, each shortened by what noise adds. Noise that drifts gives every stride a random part of its own; third
 * differences of places show it, in which an even pace and even turning cancel. Its square is taken off the square of the strides around.
 */
export function measureStrides(linked: Linked, path: Path, blocks: Blocks, states: Uint8Array, noiseM: number): Strides {
  const { fixes, link } = linked
  if (process.env.FOOT) states = states.map((q) => q === 0 ? 1 : q)
  const { count, t } = fixes
  const interval = (t[count - 1] ?? 0) / count
  const base = Math.max(STRIDE_SEC, interval)
  const paces: number[] = []
  for (let b = 1; b < blocks.count; b++) {
    if (states[b] !== STATE.foot || blocks.link[b] !== LINK.walked) continue
    paces.push(Math.hypot(blocks.x[b]! - blocks.x[b - 1]!, blocks.y[b]! - blocks.y[b - 1]!) / (blocks.t[b]! - blocks.t[b - 1]!))
  }
  const pace = Math.max(1, medianOf(Float64Array.from(paces)) || 1)
  const { sec: strideSec, nu2 } = noiseAt(linked, interval, base, pace)
  if (process.env.DBG) console.log('noise', noiseM.toFixed(2), 'base', base.toFixed(1), 'stride', strideSec.toFixed(1), 'nu', Math.sqrt(nu2).toFixed(2))
  const fix = new Int32Array(count)
  const dx = new Float64Array(count)
  const dy = new Float64Array(count)
  const kind = new Uint8Array(count)
  const state = new Uint8Array(count)
  const rests = new Uint8Array(count)
  let n = 0
  let block = 0
  for (let i = 0; i < count; i++) {
    while (blocks.first[block + 1]! <= i) block++
    const from = n > 0 ? fix[n - 1]! : -1
    const isLast = i + 1 === count || link[i + 1] !== LINK.walked
    if (from >= 0 && link[i] === LINK.walked && t[i]! - t[from]! < strideSec - JITTER_SEC && !isLast) continue
    fix[n] = i
    if (from >= 0 && link[i]! <= LINK.bridged && states[block] === STATE.foot) {
      dx[n] = path.x[i]! - path.x[from]!
      dy[n] = path.y[i]! - path.y[from]!
      kind[n] = 1
    }
    state[n] = states[block]!
    rests[n] = from >= 0 && link[i]! <= LINK.bridged && states[block] === STATE.still ? 1 : 0
    n++
  }
  markDepartures(linked, path, fix.subarray(0, n), state, rests, kind, dx)
  const length_m = withoutNoise(linked, path, fix, kind, dx, n, strideSec, nu2)
  for (let k = 1; k < n; k++) {
    const own = receiverLength(fixes, fix[k - 1]!, fix[k]!)
    // A receiver's speed is as good as places are, but nobody goes farther than places do with all their noise.
    if (kind[k] === 1 && own >= 0) length_m[k] = (length_m[k]! + 2 * Math.min(own, MOST_CURVED * Math.hypot(dx[k]!, dy[k]!) + 2)) / 3
    else if (kind[k] === 0 && rests[k] === 1 && own >= LEAST_OWN_MPS * (fixes.t[fix[k]!]! - fixes.t[fix[k - 1]!]!))
      length_m[k] = Math.min(
        own,
        MOST_CURVED * Math.hypot(path.x[fix[k]!]! - path.x[fix[k - 1]!]!, path.y[fix[k]!]! - path.y[fix[k - 1]!]!),
      )
  }
  const chord_m = length_m.map((_, k) => (k > 0 ? Math.hypot(path.x[fix[k]!]! - path.x[fix[k - 1]!]!, path.y[fix[k]!]! - path.y[fix[k - 1]!]!) : 0))
  return { count: n, fix: fix.subarray(0, n), length_m, chord_m, state: state.subarray(0, n) }
}

/** Metres by the receiver's own speed from fix `a` to fix `b`; NaN where it is not known all along. */
function receiverLength({ t, speed_mps: speed }: Fixes, a: number, b: number): number {
  let metres = 0
  for (let i = a + 1; i <= b; i++) {
    const seconds = t[i]! - t[i - 1]!
    metres += seconds <= LONGEST_MOMENT_SEC && speed[i]! >= 0 ? speed[i]! * seconds : NaN
  }
  return metres
}

/**
 * A stillness that ends elsewhere was a slow way after all, slower than its own noise: whoever sniffs from tree to tree. It counts in moves of 25 m, shared
 * out among its strides.
 */
function markDepartures(
  { fixes: { t }, lost }: Linked,
  path: Path,
  fix: Int32Array,
  state: Uint8Array,
  rests: Uint8Array,
  kind: Uint8Array,
  dx: Float64Array,
): void {
  for (let from = 1; from < fix.length; from++) {
    if (rests[from] === 0) continue
    let to = from
    while (to + 1 < fix.length && rests[to + 1] === 1) to++
    const start = fix[from - 1]!
    const end = fix[to]!
    const x = path.x[end]! - path.x[start]!
    const y = path.y[end]! - path.y[start]!
    const metres = Math.sqrt(x * x + y * y)
    // What creeps beside a ride belongs to it.
    const isBesideRide = state[from - 1] === STATE.ride || (to + 1 < fix.length && state[to + 1] === STATE.ride)
    if (
      !isBesideRide &&
      lost[end] === lost[start] &&
      metres >= LEAST_DEPARTURE_M &&
      metres >= LEAST_DEPARTURE_MPS * (t[end]! - t[start]!)
    ) {
      let length = 0
      for (let k = from, anchor = start; k <= to; k++) {
        const move = Math.hypot(path.x[fix[k]!]! - path.x[anchor]!, path.y[fix[k]!]! - path.y[anchor]!)
        if (move < LEAST_DEPARTURE_M && k < to) continue
        length += move
        anchor = fix[k]!
      }
      for (let k = from; k <= to; k++) {
        dx[k] = length / (to - from + 1)
        kind[k] = 2
      }
    }
    from = to
  }
}

/** So much of a stride may be noise, at a walking pace of 1 m/s: that makes it long enough. */
const MOST_SHARE = Number(process.env.SHARE ?? 0.4)
const LONGEST_STRIDE_SEC = Number(process.env.LONG ?? 20)
const QUANTILE = Number(process.env.QT ?? 0.4)
const AL = Number(process.env.AL ?? 0.6)
const AC = Number(process.env.AC ?? 1)
const SPEEDS = 40
const TYPICAL_SPEED = 12
const ROUNDS = Number(process.env.ROUNDS ?? 30)

function gather(linked: Linked, blocks: Blocks, states: Uint8Array, sec: number) {
  const { fixes: { count, t }, link } = linked
  const fix = new Int32Array(count)
  const state = new Uint8Array(count)
  let n = 0
  let block = 0
  for (let i = 0; i < count; i++) {
    while (blocks.first[block + 1]! <= i) block++
    const from = n > 0 ? fix[n - 1]! : -1
    const isLast = i + 1 === count || link[i + 1] !== LINK.walked
    if (from >= 0 && link[i] === LINK.walked && t[i]! - t[from]! < sec - JITTER_SEC && !isLast) continue
    fix[n] = i
    state[n] = states[block]!
    n++
  }
  return { count: n, fix: fix.subarray(0, n), state: state.subarray(0, n) }
}

interface Means { count: number; t: number[]; x: number[]; y: number[]; isBroken: boolean[]; size: number }

function means({ fixes: { count, t, x, y }, link }: Linked, sec: number): Means {
  const to: Means = { count: 0, t: [], x: [], y: [], isBroken: [], size: 0 }
  for (let i = 0; i < count;) {
    const start = i
    let st = 0, sx = 0, sy = 0
    do { st += t[i]!; sx += x[i]!; sy += y[i]!; i++ } while (i < count && link[i] === LINK.walked && t[i]! - t[start]! < sec - JITTER_SEC)
    const n = i - start
    to.t.push(st / n); to.x.push(sx / n); to.y.push(sy / n); to.isBroken.push(link[start]! !== LINK.walked)
    to.count++
  }
  to.size = count / to.count
  return to
}

/** Variance per axis of third differences of means of `pair` blocks. */
function thirds({ count, t, x, y, isBroken }: Means, pair: number, pace: number): number {
  const off: number[] = []
  const alongs: number[] = []
  const acrosses: number[] = []
  const last = 4 * pair - 1
  for (let k = last; k < count; k++) {
    let isWhole = true
    let shortest = Infinity
    let longest = 0
    for (let m = k - last + 1; m <= k; m++) {
      if (isBroken[m]) isWhole = false
      const sec = t[m]! - t[m - 1]!
      if (sec < shortest) shortest = sec
      if (sec > longest) longest = sec
    }
    if (!isWhole || longest > 1.5 * shortest) continue
    const at = (of: number[], n: number) => pair === 1 ? of[k - 3 + n]! : (of[k - 7 + 2 * n]! + of[k - 6 + 2 * n]!) / 2
    const a = at(t, 1) - at(t, 0)
    const b = at(t, 2) - at(t, 1)
    const c = at(t, 3) - at(t, 2)
    const bx = at(x, 2) - at(x, 1)
    const by = at(y, 2) - at(y, 1)
    if (bx * bx + by * by > (3 * pace * b) ** 2 + 400) continue
    const ax = ((at(x, 1) - at(x, 0)) * b) / a
    const ay = ((at(y, 1) - at(y, 0)) * b) / a
    const ex = ((at(x, 3) - at(x, 2)) * b) / c
    const ey = ((at(y, 3) - at(y, 2)) * b) / c
    const dx = ex - 2 * bx + ax
    const dy = ey - 2 * by + ay
    const u = Math.hypot(ax, ay) - 2 * Math.hypot(bx, by) + Math.hypot(ex, ey)
    off.push(dx * dx + dy * dy)
    alongs.push(u * u)
    acrosses.push(Math.max(0, dx * dx + dy * dy - u * u))
  }
  if (off.length < 8) return NaN
  off.sort((p, q) => p - q)
  alongs.sort((p, q) => p - q)
  acrosses.sort((p, q) => p - q)
  const full = off[Math.floor(QUANTILE * off.length)]! / (-2 * Math.log(1 - QUANTILE))
  const along = alongs[alongs.length >> 1]! / 0.455
  const across = acrosses[acrosses.length >> 1]! / 0.455
  if (process.env.DBG) console.log('full', full.toFixed(1), 'along', along.toFixed(1), 'across', across.toFixed(1))
  return Math.min(full, along / AL, across / AC)
}

function noiseAt(linked: Linked, interval: number, least: number, pace: number): { sec: number; nu2: number } {
  const h = Math.max(Number(process.env.H ?? 4), interval)
  const m = means(linked, h)
  const of = (pair: number) => {
    const n = m.size * pair
    return { v: thirds(m, pair, pace), n, share: 8 / 3 + 10 / 3 / n ** 2 }
  }
  const one = of(1)
  const two = of(2)
  if (one.v !== one.v) return { sec: least, nu2: 0 }
  // v = white / n + rate · lag · share
  let rate = one.v / (h * one.share)
  if (two.v === two.v) rate = Math.min(rate, Math.max(0, (two.v * two.n - one.v * one.n) / (two.n * 2 * h * two.share - one.n * h * one.share)))
  const white2 = Math.max(0, (one.v - rate * h * one.share) * one.n / 20)
  const noise2 = (sec: number) => {
    const n = Math.max(1, sec / interval)
    return rate * sec * (2 / 3 + 1 / 3 / n ** 2) + (2 * white2) / n
  }
  const brisk = Math.sqrt(Math.max(1, pace * pace - (2 * noise2(5)) / 25))
  let sec = least
  while (sec < LONGEST_STRIDE_SEC && noise2(sec) > (MOST_SHARE * brisk * sec) ** 2) sec += interval > 3 ? interval : 1
  if (process.env.DBG) console.log('white', Math.sqrt(white2).toFixed(2), 'rate', rate.toFixed(2))
  if (sec > 1.5 * h && !process.env.NOSAT) {
    const long = means(linked, sec)
    const v = thirds(long, 1, pace)
    const other = (v - 20 * white2 / long.size) / (8 / 3 + 10 / 3 / long.size ** 2) / sec
    if (process.env.DBG) console.log('sat', rate.toFixed(2), other.toFixed(2))
    rate = Math.max(0, Math.min(rate, other === other ? other : rate))
  }
  return { sec, nu2: noise2(sec) }
}

/** exp(−x)·I₀(x) */
function besselI0e(x: number): number {
  if (x < 3.75) {
    const y = (x / 3.75) ** 2
    return (
      Math.exp(-x) *
      (1 + y * (3.5156229 + y * (3.0899424 + y * (1.2067492 + y * (0.2659732 + y * (0.0360768 + y * 0.0045813))))))
    )
  }
  const y = 3.75 / x
  return (
    (0.39894228 + y * (0.01328592 + y * (0.00225319 + y * (-0.00157565 + y * (0.00916281 + y * (-0.02057706 + y * (0.02635537 + y * (-0.01647633 + y * 0.00392377)))))))) /
    Math.sqrt(x)
  )
}

/** What a stride's speed is likeliest to have been, by what it seemed to be: deconvolved (Richardson and Lucy). */
function trueSpeeds(seen: Float64Array, nu: number): (speed: number) => number {
  const SPEED_STEP = Math.max(0.05, medianOf(seen) / TYPICAL_SPEED)
  if (!(nu > 0.02)) return (speed) => speed
  const counts = new Float64Array(SPEEDS + 1)
  for (const speed of seen) {
    const at = Math.min(SPEEDS - 1e-6, speed / SPEED_STEP)
    const low = Math.floor(at)
    counts[low] = counts[low]! + 1 - (at - low)
    counts[low + 1] = counts[low + 1]! + at - low
  }
  const sd = Math.max(nu, SPEED_STEP * 0.8)
  const kernel: number[][] = []
  for (let c = 0; c <= SPEEDS; c++) {
    kernel.push([])
    for (let a = 0; a <= SPEEDS; a++) {
      const u = c * SPEED_STEP, v = a * SPEED_STEP
      kernel[c]!.push(Math.exp(-((u - v) ** 2) / (2 * sd * sd)) * besselI0e((u * v) / (sd * sd)) * (c === 0 ? SPEED_STEP / 4 : u) / (sd * sd) )
    }
  }
  for (let a = 0; a <= SPEEDS; a++) { let sum = 0; for (let c = 0; c <= SPEEDS; c++) sum += kernel[c]![a]!; for (let c = 0; c <= SPEEDS; c++) kernel[c]![a] = kernel[c]![a]! / sum }
  let prior = new Float64Array(SPEEDS + 1).fill(1 / (SPEEDS + 1))
  for (let round = 0; round < ROUNDS; round++) {
    const next = new Float64Array(SPEEDS + 1)
    for (let c = 0; c <= SPEEDS; c++) {
      if (counts[c] === 0) continue
      let sum = 0
      for (let a = 0; a <= SPEEDS; a++) sum += prior[a]! * kernel[c]![a]!
      for (let a = 0; a <= SPEEDS; a++) next[a] = next[a]! + (counts[c]! * prior[a]! * kernel[c]![a]!) / (sum || 1) / seen.length
    }
    prior = next
  }
  const table = Float64Array.from({ length: SPEEDS + 1 }, (_, c) => {
    let sum = 0
    let mean = 0
    for (let a = 0; a <= SPEEDS; a++) { const p = prior[a]! * kernel[c]![a]!; sum += p; mean += p * a * SPEED_STEP }
    return sum > 0 ? mean / sum : c * SPEED_STEP
  })
  return (speed) => {
    const at = speed / SPEED_STEP
    if (at >= SPEEDS) return speed
    const low = Math.floor(at)
    return table[low]! + (table[low + 1]! - table[low]!) * (at - low)
  }
}

function withoutNoise({ fixes: { t, x, y }, link }: Linked, path: Path, fix: Int32Array, kind: Uint8Array, dx: Float64Array, n: number, sec: number, nu2: number): Float64Array {
  const length = new Float64Array(n)
  // Places: means of the fixes of each stride; chords between them.
  const px = new Float64Array(n)
  const py = new Float64Array(n)
  const pt = new Float64Array(n)
  const chord = new Float64Array(n).fill(NaN)
  const cx = new Float64Array(n)
  const cy = new Float64Array(n)
  const apart = new Float64Array(n)
  const seen: number[] = []
  const secs: number[] = []
  for (let k = 1; k < n; k++) {
    const isOwn = link[fix[k]!] === LINK.walked
    if (!isOwn) continue
    const isFirst = k === 1 || link[fix[k - 1]!] !== LINK.walked
    let size = 0
    // A single fix at each end of a run stands for itself.
    for (let i = fix[k - 1]! + (isFirst && fix[k]! - fix[k - 1]! > 1 ? 0 : 1); i <= fix[k]!; i++) {
      px[k] = px[k]! + x[i]!
      py[k] = py[k]! + y[i]!
      pt[k] = pt[k]! + t[i]!
      size++
    }
    px[k] = px[k]! / size
    py[k] = py[k]! / size
    pt[k] = pt[k]! / size
    const a = fix[k - 1]!
    const [bx, by, bt] = isFirst ? [fix[k]! - a > 1 ? NaN : x[a]!, y[a]!, t[a]!] : [px[k - 1]!, py[k - 1]!, pt[k - 1]!]
    cx[k] = px[k]! - bx
    cy[k] = py[k]! - by
    apart[k] = pt[k]! - bt
    chord[k] = Math.sqrt(cx[k]! * cx[k]! + cy[k]! * cy[k]!)
    if (kind[k] === 1 && kind[k - 1] === 1 && chord[k] === chord[k]) { seen.push(chord[k]! / apart[k]!); secs.push(apart[k]!) }
  }
  const typical = secs.sort((a, b) => a - b)[secs.length >> 1] ?? sec
  const speedOf = trueSpeeds(Float64Array.from(seen), Math.sqrt(nu2 * Math.max(1, typical / sec)) / typical)
  const turns = new Float64Array(n + 1)
  const triples = new Float64Array(n + 1)
  const squares = new Float64Array(n + 1)
  const strides = new Float64Array(n + 1)
  for (let k = 0; k < n; k++) {
    const isOne = kind[k] === 1 && chord[k] === chord[k]
    const isPair = isOne && k >= 2 && kind[k - 1] === 1 && chord[k - 1] === chord[k - 1]
    squares[k + 1] = squares[k]! + (isOne ? chord[k]! ** 2 : 0)
    strides[k + 1] = strides[k]! + Number(isOne)
    triples[k + 1] = triples[k]! + Number(isPair)
    turns[k + 1] = turns[k]! + (isPair ? 2 * (chord[k]! * chord[k - 1]! - cx[k]! * cx[k - 1]! - cy[k]! * cy[k - 1]!) : 0)
  }
  const speed = Float64Array.from(chord, (metres, k) => {
    if (metres !== metres) return NaN
    const seemed = metres / apart[k]!
    const found = Math.max(0, seemed + (speedOf(seemed) - seemed) * Math.min(2, typical / apart[k]!))
    const from = Math.max(0, k - AROUND)
    const to = Math.min(n, k + AROUND + 1)
    const around = triples[to]! - triples[from]!
    if (around < LEAST_TRIPLES) return found
    const square = (squares[to]! - squares[from]!) / (strides[to]! - strides[from]!)
    const turn = Math.max(0, ((turns[to]! - turns[from]!) / around - Number(process.env.TN ?? 1.4) * nu2) / Math.max(square / 4, square - 2 * nu2))
    return found * (1 + Math.min(turn, 1) / (apart[k]! > CURVED_SEC ? BROKEN_ARC : ARC))
  })
  for (let k = 1; k < n; k++) {
    if (kind[k] === 0) continue
    const a = fix[k - 1]!
    const b = fix[k]!
    if (kind[k] === 2) { length[k] = dx[k]!; continue }
    if (link[b] !== LINK.walked) { length[k] = Math.hypot(path.x[b]! - path.x[a]!, path.y[b]! - path.y[a]!); continue }
    const before = speed[k]!
    const after = k + 1 < n ? speed[k + 1]! : NaN
    const one = before === before ? before : after
    const two = after === after ? after : before
    length[k] = one === one ? one * (pt[k]! - t[a]!) + two * (t[b]! - pt[k]!) : Math.hypot(path.x[b]! - path.x[a]!, path.y[b]! - path.y[a]!)
  }
  return length
}
