import { BLOCK_SEC, LONGEST_MOMENT_SEC, type Blocks, type Evidence } from './blocks.ts'
import { LINK, type Linked } from './links.ts'
import { STATE } from './motion.ts'
import { estimateNoise, lineVariance, noiseOver, trueSpeeds, whiteVariance, type Noise } from './noise.ts'
import type { Path } from './smoother.ts'
import { medianOf, type Fixes, typicalRadiusM } from './track.ts'

/** The way on foot in strides of some seconds: long enough for noise to be the smaller part, short enough for corners. */
export interface Strides {
  readonly count: number
  /** The fix each stride ends at; it begins at the fix of the stride before. */
  readonly fix: Int32Array
  /** Metres gone in each, noise taken off; 0 where nobody was on foot. The first ends where the track begins. */
  readonly length_m: Float64Array
  /** The straight line along the smoothed path, noise and all. */
  readonly chord_m: Float64Array
  /** What was done meanwhile (`STATE`). */
  readonly state: Uint8Array
}

const LEAST_STRIDE_SEC = 4
const LONGEST_STRIDE_SEC = 16
/** A stride is long enough when noise is this share of it. */
const MOST_NOISE = 0.4
/** An old dog's pace, in m/s. */
const SLOWEST_MPS = 0.65
const JITTER_SEC = 0.5
/** On no axis is a fix off by more than this, nor by more than its accuracy says. */
const MOST_NOISE_M = 9

/** Bends are taken as they are over so many strides on either side. */
const AROUND = 24
const LEAST_TURNS = 8
/** An arc is longer than its chord by a 24th of the square of the turn to the next chord; the longer a chord takes, the more bends it cuts. Chosen on real ways of known length. */
const ARC_SEC = 90
const MOST_TURN = 1
/** Noise adds this many of its variances to the square of a turn: two where it drifts, four where it is white, less what the smoothing of bends took away. */
const TURN_NOISE = 1.6

/** A lying receiver's own speed is less. */
const LEAST_OWN_MPS = 0.3
/** Nobody goes farther than places do with all their noise. */
const MOST_CURVED = 1.5
const MOST_OWN_MPS = 0.5
/** How well the length of a step is known, as a share of it. */
const STEP_UNKNOWN = 0.03
/** A lying phone's place drifts by some tens of metres, but slowly. */
const LEAST_DEPARTURE_M = 25
const LEAST_DEPARTURE_MPS = 0.04

/**
 * The way on foot, stride by stride. Straight lines between mean places are freed of their noise (deconvolution), and what they cut off bends is given back.
 */
export function measureStrides(linked: Linked, path: Path, blocks: Blocks, states: Uint8Array, evidence: Evidence): Strides {
  const paceMps = paceOf(blocks, states)
  const usual = estimateNoise(linked, paceMps)
  const sec = strideSec(usual, paceMps)
  const noise = noiseOver(usual, linked, sec, paceMps)
  const { count, fix, state } = cut(linked, blocks, states, noise.interval_sec > LONGEST_STRIDE_SEC ? LEAST_STRIDE_SEC : sec)
  const { fixes, link } = linked
  const chord_m = Float64Array.from(fix, (to, k) => (k > 0 ? lineOf(path, fix[k - 1]!, to) : 0))
  const length_m = lengthsOf(linked, { count, fix, chord_m, state }, noise)
  addDepartures(linked, path, { count, fix, state }, length_m)
  const bySpeed = metresBySpeed(fixes)
  const bySteps = metresBySteps(fixes, blocks, evidence)
  // Of what noise adds nobody knows about as much as it is, and of the length of a step some per cent.
  const unknown = (lineVariance(noise, sec) / (paceMps * sec) ** 2) ** 2
  const trust = unknown / (unknown + STEP_UNKNOWN ** 2)
  for (let k = 1; k < count; k++) {
    if (state[k] === STATE.ride || link[fix[k]!]! > LINK.bridged) continue
    const seconds = fixes.t[fix[k]!]! - fixes.t[fix[k - 1]!]!
    // A receiver's own speed is as good as places are, twice over; where it moved, nobody stood.
    const most = MOST_CURVED * Math.max(chord_m[k]!, length_m[k]!) + MOST_OWN_MPS * seconds * Number(state[k] === STATE.foot)
    const stepped = sumOf(bySteps, fix[k - 1]!, fix[k]!)
    if (state[k] === STATE.foot && stepped >= 0) length_m[k] = length_m[k]! + trust * (stepped - length_m[k]!)
    const own = Math.min(sumOf(bySpeed, fix[k - 1]!, fix[k]!), most)
    if (state[k] === STATE.foot && own >= 0) length_m[k] = (length_m[k]! + 2 * own) / 3
    else if (length_m[k] === 0 && own >= LEAST_OWN_MPS * seconds) length_m[k] = own
  }
  return { count, fix, length_m, chord_m, state }
}

const lineOf = ({ x, y }: Path, a: number, b: number) => Math.hypot(x[b]! - x[a]!, y[b]! - y[a]!)

/** The usual speed on foot from block to block, noise and all. */
function paceOf({ count, t, x, y, link }: Blocks, states: Uint8Array): number {
  const speeds = new Float64Array(count)
  let n = 0
  for (let b = 1; b < count; b++) {
    if (states[b] !== STATE.foot || link[b] !== LINK.walked) continue
    speeds[n++] = Math.hypot(x[b]! - x[b - 1]!, y[b]! - y[b - 1]!) / (t[b]! - t[b - 1]!)
  }
  return Math.max(SLOWEST_MPS, medianOf(speeds.subarray(0, n)) || 1)
}

/** How long a stride must be at this pace for noise to be the smaller part of it. */
function strideSec(noise: Noise, paceMps: number): number {
  const slowest = Math.max(SLOWEST_MPS, Math.sqrt(Math.max(0, paceMps ** 2 - (2 * lineVariance(noise, BLOCK_SEC)) / BLOCK_SEC ** 2)))
  let sec = Math.max(LEAST_STRIDE_SEC, noise.interval_sec)
  while (sec < LONGEST_STRIDE_SEC && lineVariance(noise, sec) > (MOST_NOISE * slowest * sec) ** 2) sec += Math.max(1, noise.interval_sec)
  return sec
}

/** Cuts the track into strides of about so many seconds; a link that was not simply walked is a stride of its own. */
function cut(
  { fixes: { count, t }, link }: Linked,
  { first }: Blocks,
  states: Uint8Array,
  sec: number,
): Pick<Strides, 'count' | 'fix' | 'state'> {
  const fix = new Int32Array(count)
  const state = new Uint8Array(count)
  let n = 0
  for (let i = 0, block = 0; i < count; i++) {
    while (first[block + 1]! <= i) block++
    const isLast = i + 1 === count || link[i + 1] !== LINK.walked
    if (n > 0 && link[i] === LINK.walked && t[i]! - t[fix[n - 1]!]! < sec - JITTER_SEC && !isLast) continue
    fix[n] = i
    state[n] = states[block]!
    n++
  }
  return { count: n, fix: fix.subarray(0, n), state: state.subarray(0, n) }
}

/** Straight lines between the mean places of neighbouring strides, in unbroken runs; NaN where there is none. */
interface Lines {
  /** When each stride was in its mean place. */
  readonly t: Float64Array
  /** The line that leads there from the place before: seconds and metres. */
  readonly seconds: Float64Array
  readonly dx: Float64Array
  readonly dy: Float64Array
  readonly length: Float64Array
}

function linesOf({ fixes: { t, x, y }, link }: Linked, { count, fix }: Pick<Strides, 'count' | 'fix'>): Lines {
  const column = (value = 0) => new Float64Array(count).fill(value)
  const lines = { t: column(), seconds: column(), dx: column(), dy: column(), length: column(NaN) }
  let beforeX = NaN
  let beforeY = NaN
  let beforeT = NaN
  for (let k = 0; k < count; k++) {
    const isFirst = k === 0 || link[fix[k]!] !== LINK.walked
    // A run begins with a single fix. It is a place by itself where fixes come rarely, and otherwise belongs to the first mean.
    const isNext = k > 0 && !isFirst && (k === 1 || link[fix[k - 1]!] !== LINK.walked)
    const isGathered = isNext && fix[k]! - fix[k - 1]! > 1
    const from = isFirst ? fix[k]! : fix[k - 1]! + Number(!isGathered)
    let sumX = 0
    let sumY = 0
    let sumT = 0
    for (let i = from; i <= fix[k]!; i++) {
      sumX += x[i]!
      sumY += y[i]!
      sumT += t[i]!
    }
    const size = fix[k]! - from + 1
    lines.t[k] = sumT / size
    if (!isFirst && !isGathered) {
      lines.seconds[k] = lines.t[k]! - beforeT
      lines.dx[k] = sumX / size - beforeX
      lines.dy[k] = sumY / size - beforeY
      lines.length[k] = Math.sqrt(lines.dx[k]! ** 2 + lines.dy[k]! ** 2)
    }
    beforeX = sumX / size
    beforeY = sumY / size
    beforeT = lines.t[k]!
  }
  return lines
}

/** Metres of each stride on foot: the speeds of the lines before and after its mean place, freed of noise, each for its time. */
function lengthsOf(linked: Linked, strides: Pick<Strides, 'count' | 'fix' | 'chord_m' | 'state'>, noise: Noise): Float64Array {
  const { fixes, link } = linked
  const { fix, chord_m: chord, state } = strides
  const lines = linesOf(linked, strides)
  const isFoot = Uint8Array.from(state, (value, k) => Number(k > 0 && value === STATE.foot && link[fix[k]!]! <= LINK.bridged))
  const isSure = (k: number) => isFoot[k] === 1 && isFoot[k - 1] === 1 && lines.length[k]! >= 0
  const seconds = medianOf(lines.seconds.filter((_, k) => isSure(k)))
  const radius = typicalRadiusM(fixes)
  const variance = Math.min(lineVariance(noise, seconds), 2 * (radius || MOST_NOISE_M) ** 2)
  const seeming = lines.length.map((metres, k) => metres / lines.seconds[k]!)
  const trueOf = trueSpeeds(
    seeming.filter((_, k) => isSure(k)),
    Math.sqrt(variance) / seconds,
  )
  // White noise turns a line as much again as drift does, since both its ends are off by themselves.
  const whiteShare = whiteVariance(noise, seconds) / lineVariance(noise, seconds) || 0
  const bends = bendsOf(lines, isFoot, variance, TURN_NOISE * (1 + whiteShare) * variance)
  const speed = seeming.map((mps, k) => {
    // The longer a line, the less its noise.
    const less = Math.min(2, seconds / lines.seconds[k]!)
    const arc = (bends[k]! * Math.min(LONGEST_STRIDE_SEC, lines.seconds[k]!)) / ARC_SEC
    return Math.max(0, mps + (trueOf(mps) - mps) * less) * (1 + arc)
  })
  return Float64Array.from(fix, (b, k) => {
    if (isFoot[k] === 0) return 0
    const before = speed[k]!
    const after = speed[k + 1] ?? NaN
    const hasBefore = before === before
    if (link[b] !== LINK.walked || (!hasBefore && after !== after)) return chord[k]!
    const beforeSec = lines.t[k]! - fixes.t[fix[k - 1]!]!
    const afterSec = fixes.t[b]! - lines.t[k]!
    return (hasBefore ? before : after) * beforeSec + (after === after ? after : before) * afterSec
  })
}

/** The square of the turn from line to line, in radians, on average over the lines around and without what noise adds. */
function bendsOf({ dx, dy, length }: Lines, isFoot: Uint8Array, variance: number, turnVariance: number): Float64Array {
  const count = length.length
  // Sums up to each line, so that any window is a difference of two.
  const turns = new Float64Array(count + 1)
  const pairs = new Float64Array(count + 1)
  const squares = new Float64Array(count + 1)
  const lines = new Float64Array(count + 1)
  for (let k = 0; k < count; k++) {
    const isOne = isFoot[k] === 1 && length[k]! >= 0
    const isPair = isOne && isFoot[k - 1] === 1 && length[k - 1]! >= 0
    squares[k + 1] = squares[k]! + (isOne ? length[k]! ** 2 : 0)
    lines[k + 1] = lines[k]! + Number(isOne)
    pairs[k + 1] = pairs[k]! + Number(isPair)
    turns[k + 1] = turns[k]! + (isPair ? 2 * (length[k]! * length[k - 1]! - dx[k]! * dx[k - 1]! - dy[k]! * dy[k - 1]!) : 0)
  }
  return Float64Array.from({ length: count }, (_, k) => {
    const from = Math.max(0, k - AROUND)
    const to = Math.min(count, k + AROUND + 1)
    const around = pairs[to]! - pairs[from]!
    if (around < LEAST_TURNS) return 0
    const square = (squares[to]! - squares[from]!) / (lines[to]! - lines[from]!)
    const turn = ((turns[to]! - turns[from]!) / around - turnVariance) / Math.max(square / 4, square - 2 * variance)
    return Math.min(MOST_TURN, Math.max(0, turn))
  })
}

/** Metres to each fix by the receiver's own speed; NaN where it is not known. */
function metresBySpeed({ t, speed_mps: speed }: Fixes): Float64Array {
  return speed.map((mps, i) => {
    const seconds = t[i]! - t[i - 1]!
    return seconds <= LONGEST_MOMENT_SEC && mps >= 0 ? mps * seconds : NaN
  })
}

/** Metres to each fix by steps; NaN where none were counted. */
function metresBySteps({ t, count }: Fixes, { first }: Blocks, { cadence, step_m }: Evidence): Float64Array {
  const metres = new Float64Array(count)
  for (let i = 1, b = 0; i < count; i++) {
    while (first[b + 1]! <= i) b++
    metres[i] = step_m * cadence[b]! * (t[i]! - t[i - 1]!)
  }
  return metres
}

/** The sum of all after `a` up to `b`. */
function sumOf(values: Float64Array, a: number, b: number): number {
  let sum = 0
  for (let i = a + 1; i <= b; i++) sum += values[i]!
  return sum
}

/**
 * A stillness that ends elsewhere was a slow way after all, slower than its own noise: whoever sniffs from tree to tree. It counts in moves of 25 m, shared
 * out among its strides.
 */
function addDepartures(
  { fixes: { t }, link, lost }: Linked,
  path: Path,
  { count, fix, state }: Pick<Strides, 'count' | 'fix' | 'state'>,
  length: Float64Array,
): void {
  const isRest = (k: number) => k > 0 && k < count && state[k] === STATE.still && link[fix[k]!]! <= LINK.bridged
  for (let from = 1; from < count; from++) {
    if (!isRest(from)) continue
    let to = from
    while (isRest(to + 1)) to++
    const start = fix[from - 1]!
    const end = fix[to]!
    const metres = lineOf(path, start, end)
    // What creeps beside a ride belongs to it.
    const isBesideRide = state[from - 1] === STATE.ride || state[to + 1] === STATE.ride
    const isDeparture = lost[end] === lost[start] && metres >= Math.max(LEAST_DEPARTURE_M, LEAST_DEPARTURE_MPS * (t[end]! - t[start]!))
    if (isDeparture && !isBesideRide) {
      let moved = 0
      for (let k = from, anchor = start; k <= to; k++) {
        const move = lineOf(path, anchor, fix[k]!)
        if (move < LEAST_DEPARTURE_M && k < to) continue
        moved += move
        anchor = fix[k]!
      }
      length.fill(moved / (to - from + 1), from, to + 1)
    }
    from = to
  }
}
