import { BLOCK_SEC, LONGEST_MOMENT_SEC, type Blocks } from './blocks.ts'
import { LINK, type Linked } from './links.ts'
import { STATE } from './motion.ts'
import { estimateNoiseM, memorySec, type Path } from './smoother.ts'
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
const MOST_SHARE = 0.215
const RICE = (1 - 2 * MOST_SHARE) / MOST_SHARE

/**
 * Straight lines between places on the smoothed path, each shortened by what noise adds. Noise that drifts gives every stride a random part of its own; third
 * differences of places show it, in which an even pace and even turning cancel. Its square is taken off the square of the strides around.
 */
export function measureStrides(linked: Linked, path: Path, blocks: Blocks, states: Uint8Array, noiseM: number): Strides {
  const { fixes, link } = linked
  const { count, t } = fixes
  const memories = [memorySec(noiseM, (t[count - 1] ?? 0) / count), memorySec(estimateNoiseM(blocks), BLOCK_SEC)]
  const strideSec = Math.max(STRIDE_SEC, MEMORIES * Math.max(...memories))
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
  const length_m = withoutNoise(t, fix, dx, dy, kind, n)
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

/**
 * The length of each stride without what noise adds to it. From stride to stride noise changes lengths and directions alike, a change of pace only the length
 * and a bend only the direction; so the smaller of both changes, over the strides around, is noise. Its square is taken off the square of the length.
 */
function withoutNoise(t: Float64Array, fix: Int32Array, dx: Float64Array, dy: Float64Array, kind: Uint8Array, n: number): Float64Array {
  const length = new Float64Array(n)
  for (let k = 0; k < n; k++) if (kind[k] !== 0) length[k] = Math.sqrt(dx[k]! * dx[k]! + dy[k]! * dy[k]!)
  // Sums up to each stride, so that any window is a difference of two.
  const along = new Float64Array(n + 1)
  const across = new Float64Array(n + 1)
  const turns = new Float64Array(n + 1)
  const triples = new Float64Array(n + 1)
  const squares = new Float64Array(n + 1)
  const strides = new Float64Array(n + 1)
  const seconds = new Float64Array(n + 1)
  for (let k = 0; k < n; k++) {
    const isOne = kind[k] === 1
    const isTriple = isOne && k >= 3 && kind[k - 1] === 1 && kind[k - 2] === 1
    squares[k + 1] = squares[k]! + (isOne ? length[k]! * length[k]! : 0)
    strides[k + 1] = strides[k]! + Number(isOne)
    seconds[k + 1] = seconds[k]! + (isOne ? t[fix[k]!]! - t[fix[k - 1]!]! : 0)
    triples[k + 1] = triples[k]! + Number(isTriple)
    along[k + 1] = along[k]!
    across[k + 1] = across[k]!
    turns[k + 1] = turns[k]!
    if (!isTriple) continue
    // The square of the chord of a turn, on a circle as large as the strides are long.
    turns[k + 1] = turns[k]! + 2 * (length[k]! * length[k - 1]! - dx[k]! * dx[k - 1]! - dy[k]! * dy[k - 1]!)
    // Strides of unequal times are compared as if they took as long as the middle one.
    const seconds1 = t[fix[k - 1]!]! - t[fix[k - 2]!]!
    const before = seconds1 / (t[fix[k - 2]!]! - t[fix[k - 3]!]!)
    const after = seconds1 / (t[fix[k]!]! - t[fix[k - 1]!]!)
    const ux = after * dx[k]! - 2 * dx[k - 1]! + before * dx[k - 2]!
    const uy = after * dy[k]! - 2 * dy[k - 1]! + before * dy[k - 2]!
    const u = after * length[k]! - 2 * length[k - 1]! + before * length[k - 2]!
    along[k + 1] = along[k]! + Math.abs(u)
    across[k + 1] = across[k]! + Math.sqrt(Math.max(0, ux * ux + uy * uy - u * u))
  }
  for (let k = 0; k < n; k++) {
    if (kind[k] !== 1) continue
    const from = Math.max(0, k - AROUND)
    const to = Math.min(n, k + AROUND + 1)
    const around = triples[to]! - triples[from]!
    if (around < LEAST_TRIPLES) continue
    const off = Math.min(along[to]! - along[from]!, across[to]! - across[from]!) / (around * CHANGE)
    const size = strides[to]! - strides[from]!
    const square = (squares[to]! - squares[from]!) / size
    const share = Math.max(0, (off * off) / square - (BODY * (seconds[to]! - seconds[from]!)) / size)
    const noise = Math.min(MOST_NOISE, MOST_NOISE_M ** 2 / square, share < MOST_SHARE ? share / (1 - RICE * share) : 0.5)
    const turn = Math.max(0, (turns[to]! - turns[from]!) / (around * square) - 2 * noise)
    length[k] = length[k]! * Math.sqrt(1 - 2 * noise) * (1 + turn / (t[fix[k]!]! - t[fix[k - 1]!]! > CURVED_SEC ? BROKEN_ARC : ARC))
  }
  return length
}
