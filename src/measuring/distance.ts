import { LONGEST_MOMENT_SEC, type Blocks } from './blocks.ts'
import { LINK, type Linked } from './links.ts'
import { STATE } from './motion.ts'
import type { Path } from './smoother.ts'
import type { Fixes } from './track.ts'

/** The way on foot in strides of about five seconds: long enough for noise to average out, short enough for corners. */
export interface Strides {
  readonly count: number
  /** The fix each stride ends at; it begins at the fix of the stride before. */
  readonly fix: Int32Array
  /** Metres gone in each, noise taken off; 0 where nobody was on foot. The first ends where the track begins. */
  readonly length_m: Float64Array
  /** What was done meanwhile (`STATE`). */
  readonly state: Uint8Array
}

const STRIDE_SEC = 5
const JITTER_SEC = 0.5
/** Where fixes come more rarely the way between two curves as their speeds say. */
const CURVED_SEC = 8
const CURVE_PARTS = 6
const MOST_CURVED = 1.5
/** Strides longer than this turn too much to tell bends from noise, and are long enough for noise not to matter. */
const LONGEST_M = 10
const LEAST_TRIPLES = 8
/** A lying phone's place drifts by some tens of metres, but slowly. */
/** A lying receiver's own speed is less. */
const LEAST_OWN_MPS = 0.3
const LEAST_DEPARTURE_M = 25
const LEAST_DEPARTURE_MPS = 0.04
/** Noise is taken as it is over so many strides on either side. */
const AROUND = 24
/** A body's own way bends: the squares of third differences of a walk without noise are this share of the squares of its strides, for each second of theirs. */
const BEND = 0.004
const MOST_BEND = 0.2
/** Squares make more of an uneven pace than it is, by about so much for a dog's. */
const UNEVEN = 0.05
/** The mean length of a plane vector of unit deviations is 1.2533; 6 is the sum of the squares of 1, 2, 1. */
const THIRD = 1.2533 * Math.sqrt(6)

/**
 * Straight lines between places on the smoothed path, each shortened by what noise adds. Noise that drifts gives every stride a random part of its own; third
 * differences of places show it, in which an even pace and even turning cancel. Its square is taken off the square of the strides around.
 */
export function measureStrides(linked: Linked, path: Path, blocks: Blocks, states: Uint8Array): Strides {
  const { fixes, link } = linked
  const { count, t } = fixes
  const fix = new Int32Array(count)
  const dx = new Float64Array(count)
  const dy = new Float64Array(count)
  const kind = new Uint8Array(count)
  const curves = new Float64Array(count).fill(1)
  const state = new Uint8Array(count)
  const rests = new Uint8Array(count)
  let n = 0
  let block = 0
  for (let i = 0; i < count; i++) {
    while (blocks.first[block + 1]! <= i) block++
    const from = n > 0 ? fix[n - 1]! : -1
    const isLast = i + 1 === count || link[i + 1] !== LINK.walked
    if (from >= 0 && link[i] === LINK.walked && t[i]! - t[from]! < STRIDE_SEC - JITTER_SEC && !isLast) continue
    fix[n] = i
    if (from >= 0 && link[i]! <= LINK.bridged && states[block] === STATE.foot) {
      dx[n] = path.x[i]! - path.x[from]!
      dy[n] = path.y[i]! - path.y[from]!
      kind[n] = 1
      if (t[i]! - t[from]! > CURVED_SEC && link[i] === LINK.walked) curves[n] = curveOf(path, from, i, t[i]! - t[from]!)
    }
    state[n] = states[block]!
    rests[n] = from >= 0 && link[i]! <= LINK.bridged && states[block] === STATE.still ? 1 : 0
    n++
  }
  markDepartures(linked, path, fix.subarray(0, n), state, rests, kind, dx)
  const length_m = withoutNoise(fixes.t, fix.subarray(0, n), dx, dy, kind, curves)
  for (let k = 1; k < n; k++) {
    const own = receiverLength(fixes, fix[k - 1]!, fix[k]!)
    // A receiver's speed is as good as places are, but nobody goes farther than places do with all their noise.
    if (kind[k] === 1 && own >= 0) length_m[k] = (2 * length_m[k]! + Math.min(own, MOST_CURVED * Math.hypot(dx[k]!, dy[k]!))) / 3
    else if (kind[k] === 0 && rests[k] === 1 && own >= LEAST_OWN_MPS * (fixes.t[fix[k]!]! - fixes.t[fix[k - 1]!]!))
      length_m[k] = Math.min(
        own,
        MOST_CURVED * Math.hypot(path.x[fix[k]!]! - path.x[fix[k - 1]!]!, path.y[fix[k]!]! - path.y[fix[k - 1]!]!),
      )
  }
  return { count: n, fix: fix.subarray(0, n), length_m, state: state.subarray(0, n) }
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

/** How much longer than its chord the cubic curve is that leaves and arrives with the speeds of the path. */
function curveOf({ x, y, vx, vy }: Path, a: number, b: number, seconds: number): number {
  let metres = 0
  let atX = x[a]!
  let atY = y[a]!
  for (let k = 1; k <= CURVE_PARTS; k++) {
    const u = k / CURVE_PARTS
    const arrived = u * u * (3 - 2 * u)
    const leave = u * (1 - u) * (1 - u) * seconds
    const arrive = u * u * (u - 1) * seconds
    const toX = x[a]! + (x[b]! - x[a]!) * arrived + leave * vx[a]! + arrive * vx[b]!
    const toY = y[a]! + (y[b]! - y[a]!) * arrived + leave * vy[a]! + arrive * vy[b]!
    metres += Math.sqrt((toX - atX) * (toX - atX) + (toY - atY) * (toY - atY))
    atX = toX
    atY = toY
  }
  const chord = Math.hypot(x[b]! - x[a]!, y[b]! - y[a]!)
  return chord > 0 ? Math.min(MOST_CURVED, metres / chord) : 1
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

function withoutNoise(
  t: Float64Array,
  fix: Int32Array,
  dx: Float64Array,
  dy: Float64Array,
  kind: Uint8Array,
  curves: Float64Array,
): Float64Array {
  const n = fix.length
  // Sums up to each stride, so that any window is a difference of two.
  const thirds = new Float64Array(n + 1)
  const squares = new Float64Array(n + 1)
  const strides = new Float64Array(n + 1)
  const seconds = new Float64Array(n + 1)
  const triples = new Float64Array(n + 1)
  const length = new Float64Array(n)
  for (let k = 0; k < n; k++) {
    thirds[k + 1] = thirds[k]!
    squares[k + 1] = squares[k]!
    triples[k + 1] = triples[k]!
    strides[k + 1] = strides[k]!
    seconds[k + 1] = seconds[k]!
    if (kind[k] === 0) continue
    const square = dx[k]! * dx[k]! + dy[k]! * dy[k]!
    length[k] = Math.sqrt(square)
    if (kind[k] !== 1) continue
    squares[k + 1] = squares[k + 1]! + square
    strides[k + 1] = strides[k + 1]! + 1
    seconds[k + 1] = seconds[k + 1]! + t[fix[k]!]! - t[fix[k - 1]!]!
    if (k < 3 || kind[k] !== 1 || kind[k - 1] !== 1 || kind[k - 2] !== 1) continue
    if (Math.max(length[k]!, length[k - 1]!, length[k - 2]!) > LONGEST_M) continue
    const ux = dx[k]! - 2 * dx[k - 1]! + dx[k - 2]!
    const uy = dy[k]! - 2 * dy[k - 1]! + dy[k - 2]!
    thirds[k + 1] = thirds[k + 1]! + Math.sqrt(ux * ux + uy * uy)
    triples[k + 1] = triples[k + 1]! + 1
  }
  for (let k = 0; k < n; k++) {
    if (kind[k] !== 1) continue
    const from = Math.max(0, k - AROUND)
    const to = Math.min(n, k + AROUND + 1)
    const around = triples[to]! - triples[from]!
    if (around < LEAST_TRIPLES) {
      length[k] = length[k]! * curves[k]!
      continue
    }
    const third = (thirds[to]! - thirds[from]!) / (around * THIRD)
    const size = strides[to]! - strides[from]!
    const square = (squares[to]! - squares[from]!) / size
    const bend = Math.min(MOST_BEND, (BEND * (seconds[to]! - seconds[from]!)) / size)
    const noise = Math.max(0, (third * third - bend * square) / (1 - 2 * bend))
    const share = Math.min(1, (2 * noise) / square)
    length[k] = length[k]! * curves[k]! * Math.sqrt(1 - share) * (1 - UNEVEN * share)
  }
  return length
}
