import type { Blocks, Evidence } from './blocks.ts'
import { LINK } from './links.ts'

/** What somebody does, block by block. */
export const STATE = { still: 0, foot: 1, ride: 2 } as const
const STATES = 3

/** The turn between two ways of so many seconds, or metres, tells walking from drifting. */
const TURN_SEC = 8
const TURN_M = 12
/** Who is slow takes longer for a way that is longer than its noise. */
const SLOW_M = 3.2
const SLOW_NOISES = 2
const SLOW_SEC = 40
/** A chord longer than this says nothing of turning or speed. */
const LONGEST_CHORD_SEC = 120
/** Log-odds it takes to believe that a state changed, from row to column. */
const CHANGE = [
  [0, 7, 6],
  [7, 0, 10],
  [6, 10, 0],
] as const

/**
 * Log densities of the speed in each state, by straight lines between corners [m/s, log]. Still and on foot differ only where it is slow: noise makes a lying
 * phone as fast as it likes. Foot covers walking, runs and sprints; a ride is of any speed, and waits.
 */
const STILL_SPEED: Corners = [0, 0, 0.15, -0.1, 0.35, -0.7, 1, -0.5, 1.6, -0.4, 2.2, -1.3, 3, -2.5, 4.2, -4.5, 9, -7]
const FOOT_SPEED: Corners = [
  0, -1.6, 0.15, -1.3, 0.35, -0.7, 1, -0.4, 1.6, -0.4, 2.2, -1.2, 3, -1.9, 4.2, -2.2, 5, -3, 6, -4.2, 7, -6, 9, -10,
]
const RIDE_SPEED: Corners = [0, -1.6, 0.3, -2, 1, -2.3, 3, -2.5, 9, -2.7, 20, -3.5, 40, -5]
/** The receiver's own speed does not drift: a lying phone shows none. */
const STILL_DOPPLER: Corners = [0, 0, 0.1, -0.3, 0.25, -1.2, 0.5, -3, 1, -5, 2, -7]
const FOOT_DOPPLER: Corners = [
  0, -1.2, 0.1, -1.1, 0.25, -0.8, 0.5, -0.5, 1, -0.4, 1.6, -0.4, 2.2, -1.2, 3, -1.9, 4.2, -2.2, 5, -3, 6, -4.2, 7, -6, 9, -10,
]
const MOST_NOISE_MPS = 2
type Corners = readonly number[]

/**
 * Who walks goes on in his direction: a share of turns is of a von Mises distribution, the rest is any. Its concentration grows with the length of both ways
 * against those around, since the turn of a short one is noise.
 */
const STEADY = 1
const STEADY_MOST = 3
const STEADY_SHARE = 0.85
const AROUND = 30
/** Who drives keeps it as well, but for standing in traffic. */
const RIDE_STEADY_SHARE = 0.65

/** From one arm to the next a body changes its speed by about so much, what has brakes and an engine by more. */
const BODY_CHANGE_MPS = 0.31
/** Noise at the ends of both arms makes a change as well. */
const NOISE_CHANGE = 1.3
const RIDE_CHANGE_MPS = 1.5
const FAST_FROM = 1
const MOST_CHANGE_ODDS = 4
/** Where fixes come rarely there is little to see of turning, but a lying phone's place moves within so many radii of its accuracy. */
const SPARSE_SEC = 40
const UNKNOWN_M = 35
const DRIFT_RADII = 1.5
const MOST_RADII = 4
/** Where accuracy is worse than this, and ten minutes keep within so many radii, nothing says that the phone moved. */
const VAGUE_M = 20
const VAGUE_SPREAD = 2
const VAGUE_SEC = 600
const VAGUE_ODDS = 4

/** Over so many blocks who goes somewhere gets farther than a place that only drifts, on average over so many blocks before and after. */
const SPREAD_BLOCKS = 30
const SPREAD_AROUND = 60
/** A drift's spread is about 1; each unit beyond this is odds against lying still. */
const MOST_DRIFT_SPREAD = 2
/** A walk beside a rest says no more of the rest than this. */
const MOST_SPREAD = 6
/** Faster than a walk over minutes is a ride, which says nothing of a stop beside it. */
const SLOW_SPREAD_MPS = 1.6
const SPREAD_ODDS = 0.15

const STEPPING = 0.5
const STEP_ODDS = 2
const ACTIVITY_ODDS = 1.5

/** The likeliest course of still, foot and ride: a hidden Markov model, solved by Viterbi's algorithm. */
export function findStates(blocks: Blocks, evidence: Evidence, noiseM: number): Uint8Array {
  const { count } = blocks
  const states = new Uint8Array(count)
  if (count === 0) return states
  const vague = vagueBlocks(blocks)
  const typical = typicalProducts(blocks, noiseM)
  const spreads = spreadsOf(blocks)
  const from = new Uint8Array(STATES * count)
  let score = [0, 0, 0]
  const odds = [0, 0, 0]
  for (let b = 0; b < count; b++) {
    weigh(blocks, evidence, b, typical[b]!, noiseM, odds)
    if (vague[b] === 1) odds[STATE.still] = odds[STATE.still]! + VAGUE_ODDS
    else odds[STATE.still] = odds[STATE.still]! - SPREAD_ODDS * Math.max(0, spreads[b]! - MOST_DRIFT_SPREAD)
    const next = [0, 0, 0]
    for (let to = 0; to < STATES; to++) {
      let best = -Infinity
      for (let was = 0; was < STATES; was++) {
        const value = score[was]! - CHANGE[was]![to]!
        if (value <= best) continue
        best = value
        from[STATES * b + to] = was
      }
      next[to] = best + odds[to]!
    }
    score = next
  }
  let state = score.indexOf(Math.max(...score))
  for (let b = count - 1; b >= 0; b--) {
    states[b] = state
    state = from[STATES * b + state]!
  }
  return states
}

/** Log-odds of the three states at block `b`. */
function weigh(blocks: Blocks, { cadence, activity }: Evidence, b: number, typical: number, noiseM: number, odds: number[]): void {
  const { t, x, y, speed_mps: doppler, accuracy_m: accuracy, link } = blocks
  odds.fill(0)
  const back = armOf(blocks, b, -1, noiseM)
  const ahead = armOf(blocks, b, 1, noiseM)
  const ax = back < 0 ? 0 : x[b]! - x[back]!
  const ay = back < 0 ? 0 : y[b]! - y[back]!
  const bx = ahead < 0 ? 0 : x[ahead]! - x[b]!
  const by = ahead < 0 ? 0 : y[ahead]! - y[b]!
  const a = Math.sqrt(ax * ax + ay * ay)
  const c = Math.sqrt(bx * bx + by * by)
  const seconds = (back < 0 ? 0 : t[b]! - t[back]!) + (ahead < 0 ? 0 : t[ahead]! - t[b]!)
  // Arms overlap those of the neighbours, so that each block tells a part only.
  const share = back >= 0 && ahead >= 0 ? 2 / Math.max(2, ahead - back) : 0.5
  const speed = seconds > 0 ? (a + c) / seconds : NaN
  if (doppler[b]! >= 0) {
    // The receiver may say less than the places do, but by no more than noise could be.
    const own = Math.max(doppler[b]!, speed - MOST_NOISE_MPS || 0)
    odds[STATE.still] = at(STILL_DOPPLER, own)
    odds[STATE.foot] = at(FOOT_DOPPLER, own)
    odds[STATE.ride] = at(RIDE_SPEED, own)
  } else if (seconds > 0) {
    odds[STATE.still] = share * at(STILL_SPEED, speed)
    odds[STATE.foot] = share * at(FOOT_SPEED, speed)
    odds[STATE.ride] = share * at(RIDE_SPEED, speed)
  }
  if (a > 0 && c > 0) {
    const change = Math.abs(a / (t[b]! - t[back]!) - c / (t[ahead]! - t[b]!))
    const body = Math.min(RIDE_CHANGE_MPS, BODY_CHANGE_MPS + (NOISE_CHANGE * noiseM) / seconds)
    const wheels = change / body - change / RIDE_CHANGE_MPS - Math.log(RIDE_CHANGE_MPS / body)
    odds[STATE.foot] = odds[STATE.foot]! - share * Math.min(1, Math.max(0, speed - FAST_FROM)) * Math.min(MOST_CHANGE_ODDS, wheels)
  }
  if (seconds > SPARSE_SEC) {
    const radii = Math.min(MOST_RADII, (a + c) / 2 / (accuracy[b]! > 0 ? accuracy[b]! : UNKNOWN_M))
    if (radii > DRIFT_RADII) odds[STATE.still] = odds[STATE.still]! - (radii - DRIFT_RADII)
  }
  if (a > 0 && c > 0) {
    const concentration = Math.min(STEADY_MOST, (STEADY * a * c) / typical)
    const steady = Math.exp((concentration * (ax * bx + ay * by)) / (a * c)) / besselI0(concentration)
    odds[STATE.foot] = odds[STATE.foot]! + share * Math.log(1 - STEADY_SHARE + STEADY_SHARE * steady)
    odds[STATE.ride] = odds[STATE.ride]! + share * Math.log(1 - RIDE_STEADY_SHARE + RIDE_STEADY_SHARE * steady)
  }
  if (cadence[b]! >= 0) odds[STATE.foot] = odds[STATE.foot]! + (cadence[b]! >= STEPPING ? STEP_ODDS : -STEP_ODDS)
  const kind = activity?.[b]
  if (kind === 'still') odds[STATE.still] = odds[STATE.still]! + ACTIVITY_ODDS
  else if (kind === 'walking' || kind === 'running') odds[STATE.foot] = odds[STATE.foot]! + ACTIVITY_ODDS
  else if (kind) odds[STATE.ride] = odds[STATE.ride]! + ACTIVITY_ODDS
  // Across a hole or a leap nothing is known but what the hole's own speed says.
  if (b > 0 && link[b] === LINK.ridden) odds[STATE.ride] = odds[STATE.ride]! + 2 * CHANGE[STATE.still][STATE.ride]
}

/** How long the ways before and after each block are, as their product, on average over some minutes. */
function typicalProducts(blocks: Blocks, noiseM: number): Float64Array {
  const { count, x, y } = blocks
  const sums = new Float64Array(count + 1)
  const sizes = new Float64Array(count + 1)
  for (let b = 0; b < count; b++) {
    const back = armOf(blocks, b, -1, noiseM)
    const ahead = armOf(blocks, b, 1, noiseM)
    const isBoth = back >= 0 && ahead >= 0
    const product = isBoth ? Math.hypot(x[b]! - x[back]!, y[b]! - y[back]!) * Math.hypot(x[ahead]! - x[b]!, y[ahead]! - y[b]!) : 0
    sums[b + 1] = sums[b]! + product
    sizes[b + 1] = sizes[b]! + (isBoth ? 1 : 0)
  }
  return Float64Array.from({ length: count }, (_, b) => {
    const from = Math.max(0, b - AROUND)
    const to = Math.min(count, b + AROUND + 1)
    return (sums[to]! - sums[from]!) / (sizes[to]! - sizes[from]!)
  })
}

/**
 * How far places get over some minutes: the square of that way to the sum of the squares of its steps, each of two blocks for there to be less white noise in
 * it. A random walk comes to 1 and a leap too, a drift that returns to less; who goes straight on comes to the number of his steps, whatever his pace.
 */
function spreadsOf({ count, t, x, y }: Blocks): Float64Array {
  const square = (a: number, b: number) => (x[b]! - x[a]!) ** 2 + (y[b]! - y[a]!) ** 2
  // Sums up to each block, so that any window is a difference of two.
  const steps = new Float64Array(count + 1)
  const spreads = new Float64Array(count + 1)
  for (let b = 2; b < count; b++) steps[b + 1] = steps[b]! + square(b - 2, b) / 2
  for (let b = 0; b < count; b++) {
    const from = Math.max(0, b - SPREAD_BLOCKS / 2)
    const to = Math.min(count - 1, b + SPREAD_BLOCKS / 2)
    const sum = steps[to + 1]! - steps[from + 1]!
    const isSlow = sum > 0 && square(from, to) < (SLOW_SPREAD_MPS * (t[to]! - t[from]!)) ** 2
    spreads[b + 1] = spreads[b]! + (isSlow ? Math.min(MOST_SPREAD, square(from, to) / sum) : 0)
  }
  return Float64Array.from({ length: count }, (_, b) => {
    const from = Math.max(0, b - SPREAD_AROUND)
    const to = Math.min(count, b + SPREAD_AROUND + 1)
    // Where it keeps within its place for some minutes, what is around tells less: whoever walks rests as well.
    return (Math.min(1, spreads[b + 1]! - spreads[b]!) * (spreads[to]! - spreads[from]!)) / (to - from)
  })
}

/** The modified Bessel function of the first kind and order 0, for arguments up to about 4. */
function besselI0(x: number): number {
  const q = (x * x) / 4
  return 1 + q * (1 + (q / 4) * (1 + (q / 9) * (1 + (q / 16) * (1 + (q / 25) * (1 + (q / 36) * (1 + q / 49))))))
}

/** The block some seconds before or after `b` in the same unbroken run; −1 where there is none. */
function armOf({ t, x, y, link, count }: Blocks, b: number, step: -1 | 1, noiseM: number): number {
  let k = b
  const least = Math.max(SLOW_M, SLOW_NOISES * noiseM)
  const enough = Math.max(TURN_M, 2 * least)
  for (;;) {
    const next = k + step
    if (next < 0 || next >= count || link[Math.max(k, next)]! > LINK.bridged || Math.abs(t[next]! - t[b]!) > LONGEST_CHORD_SEC) break
    k = next
    const seconds = Math.abs(t[k]! - t[b]!)
    const dx = x[k]! - x[b]!
    const dy = y[k]! - y[b]!
    const metres = Math.sqrt(dx * dx + dy * dy)
    if (metres >= enough || (seconds >= TURN_SEC && metres >= least) || seconds >= SLOW_SEC) break
  }
  return k === b ? -1 : k
}

function at(corners: Corners, speed: number): number {
  let k = 2
  while (k < corners.length - 2 && corners[k]! < speed) k += 2
  const share = (speed - corners[k - 2]!) / (corners[k]! - corners[k - 2]!)
  return corners[k - 1]! + (corners[k + 1]! - corners[k - 1]!) * share
}

/** Minutes in which the phone says that it does not know where it is better than it moved, or is elsewhere at every fourth fix. */
function vagueBlocks({ count, first, t, x, y, accuracy_m: accuracy, lost }: Blocks): Uint8Array {
  const vague = new Uint8Array(count)
  for (let from = 0; from < count;) {
    let to = from
    let sx = 0
    let sy = 0
    let squares = 0
    let radius = 0
    for (; to < count && t[to]! - t[from]! < VAGUE_SEC; to++) {
      const dx = x[to]! - x[from]!
      const dy = y[to]! - y[from]!
      sx += dx
      sy += dy
      squares += dx * dx + dy * dy
      radius += accuracy[to]!
    }
    const n = to - from
    const spread = Math.sqrt(squares / n - (sx * sx + sy * sy) / (n * n))
    const isLost = 3 * (lost[to - 1]! - lost[from]!) > first[to]! - first[from]!
    if (isLost || (radius / n >= VAGUE_M && spread <= (VAGUE_SPREAD * radius) / n)) vague.fill(1, from, to)
    from = to
  }
  return vague
}
