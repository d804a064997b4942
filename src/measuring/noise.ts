import { LINK, type Linked } from './links.ts'
import { medianOf, quantileOf, type Fixes } from './track.ts'

/**
 * How far a receiver is off, on one axis. It has two parts: a white one, new at every fix, and one that drifts like a random walk. Both show in third
 * differences of places, in which even pace and even turning cancel: over longer means the white part shrinks and the drift grows.
 */
export interface Noise {
  readonly interval_sec: number
  /** The standard deviation of each fix by itself, as short-time behaviour shows it. */
  readonly fix_m: number
  /** The variance of the white part, in m², and by how much the drift's grows a second. */
  readonly white: number
  readonly drift: number
}

/** Coordinates are rounded to about a metre, so no receiver's noise is less. */
const LEAST_NOISE_M = 0.3
/** What it is taken for where fixes come too rarely, or are too few, to tell. */
const USUAL_NOISE_M = 2
/** Within so many seconds a body keeps its acceleration, so third differences of fixes are noise alone. */
const STEADY_SEC = 6
/** Over much longer its own way makes third differences of about this share of the square of what lies between two fixes. */
const OWN_SHARE = 0.27
const LEAST_DIFFERENCES = 10
/** Over means of so many seconds white noise and drift are told apart: shorter ones hold too much of the former, longer ones too much of the body's own way. */
const MEANS_SEC = 4
/** Intervals are alike if the longest of four is no longer than so many times the shortest. */
const ALIKE = 1.5
/** What moves faster than so many times the usual pace, and 20 m, is no noise. */
const FAST = 3
const FAST_M = 20
const JITTER_SEC = 0.5

/** A third difference holds 1, 3, 3 and 1 of white noise: 20 is the sum of their squares. */
const WHITE = 20
/** And of a drift so much of what it grows from mean to mean, each of `n` fixes. */
const driftShare = (n: number) => 8 / 3 + 10 / 3 / n ** 2

/**
 * Which quantile of the differences stands for all. It lies below the middle, since a body's turns and stops only add to them. The square of a plane vector of
 * unit deviations is less than `UNIT` in so many cases.
 */
const QUANTILE = 0.3
const UNIT = -2 * Math.log(1 - QUANTILE)
/** The median square of a normal variable, and of a plane vector of two. */
const UNIT_SQUARE = 0.455
const UNIT_PLANE_SQUARE = 2 * Math.LN2
/** Where there is nothing but noise, lengths show so much of it (Rayleigh), and then third differences of them come to so many squares of the length. */
const RAYLEIGH = 0.6
const RAYLEIGH_RATIO = 1.29

/** The standard deviation of each fix by itself. A median, so corners and spikes do not raise it. */
export function fixNoiseM({ count, t, x, y }: Pick<Fixes, 'count' | 't' | 'x' | 'y'>): number {
  const squares = new Float64Array(Math.max(0, count - 3))
  let n = 0
  for (let i = 3; i < count; i++) {
    const a = t[i - 2]! - t[i - 3]!
    const b = t[i - 1]! - t[i - 2]!
    const c = t[i]! - t[i - 1]!
    if (Math.max(a, b, c) > Math.min(STEADY_SEC, ALIKE * Math.min(a, b, c))) continue
    const offX = x[i]! - 3 * x[i - 1]! + 3 * x[i - 2]! - x[i - 3]!
    const offY = y[i]! - 3 * y[i - 1]! + 3 * y[i - 2]! - y[i - 3]!
    squares[n++] = offX * offX + offY * offY
  }
  if (n < LEAST_DIFFERENCES) return USUAL_NOISE_M
  const square = medianOf(squares.subarray(0, n)) / UNIT_PLANE_SQUARE
  return Math.max(LEAST_NOISE_M, Math.sqrt(square / WHITE))
}

/** Noise of the track, where a body goes at about `paceMps`. */
export function estimateNoise(linked: Linked, paceMps: number): Noise {
  const { fixes } = linked
  const intervalSec = medianOf(fixes.t.subarray(1).map((at, i) => at - fixes.t[i]!)) || 1
  const fixM = fixNoiseM(fixes)
  const sec = Math.max(MEANS_SEC, intervalSec)
  const means = meansOf(linked, sec)
  const n = means.size
  // What fixes show by themselves is noise, whichever way it points, and shrinks no faster than white noise does.
  const least = n >= 2 && intervalSec <= STEADY_SEC ? (WHITE * fixM * fixM) / n : 0
  const ownShare = ownShareOf(intervalSec)
  const short = Math.max(least, differences(means, 1, paceMps, ownShare))
  const long = differences(means, 2, paceMps, ownShare)
  if (short !== short) return { interval_sec: intervalSec, fix_m: fixM, white: USUAL_NOISE_M ** 2, drift: 0 }
  // Two unknowns, two equations: short = WHITE · white / n + driftShare · drift · sec, and the same with twice as many fixes and seconds.
  const growth = 4 * n * sec * driftShare(2 * n) - n * sec * driftShare(n)
  let drift = short / (sec * driftShare(n))
  if (long === long) drift = Math.min(drift, Math.max(0, (2 * n * long - n * short) / growth))
  // No part can be more than what fixes show by themselves.
  const isSteady = intervalSec <= STEADY_SEC
  if (isSteady) drift = Math.min(drift, (WHITE * fixM * fixM) / (driftShare(1) * intervalSec))
  const white = Math.max(0, ((short - drift * sec * driftShare(n)) * n) / WHITE)
  return { interval_sec: intervalSec, fix_m: fixM, white: isSteady ? Math.min(white, fixM * fixM) : white, drift }
}

/** The variance, on one axis, of a line between means of fixes `sec` seconds apart, each over that time. */
export function lineVariance(noise: Noise, sec: number): number {
  const n = Math.max(1, sec / noise.interval_sec)
  return whiteVariance(noise, sec) + noise.drift * sec * (2 / 3 + 1 / (3 * n * n))
}

/** The part of it that is white. */
export function whiteVariance({ interval_sec, white }: Noise, sec: number): number {
  return (2 * white) / Math.max(1, sec / interval_sec)
}

/** The same noise with the drift as it shows over `sec` seconds: it does not go on for ever. */
export function noiseOver(noise: Noise, linked: Linked, sec: number, paceMps: number): Noise {
  if (sec <= ALIKE * Math.max(MEANS_SEC, noise.interval_sec)) return noise
  const means = meansOf(linked, sec)
  const drift =
    (differences(means, 1, paceMps, ownShareOf(noise.interval_sec)) - (WHITE * noise.white) / means.size) / (driftShare(means.size) * sec)
  return drift < noise.drift ? { ...noise, drift: Math.max(0, drift) } : noise
}

const ownShareOf = (intervalSec: number) => OWN_SHARE * Math.max(0, 1 - STEADY_SEC / intervalSec)

interface Means {
  readonly count: number
  readonly t: Float64Array
  readonly x: Float64Array
  readonly y: Float64Array
  /** Whether the way from the mean before was broken. */
  readonly isBroken: Uint8Array
  /** How many fixes each holds, on average. */
  readonly size: number
}

/** Mean places over so many seconds each. */
function meansOf({ fixes: { count, t, x, y }, link }: Linked, sec: number): Means {
  const column = () => new Float64Array(count)
  const means = { t: column(), x: column(), y: column(), isBroken: new Uint8Array(count) }
  let n = 0
  for (let i = 0; i < count; n++) {
    const start = i
    means.isBroken[n] = Number(link[start] !== LINK.walked)
    do {
      means.t[n] = means.t[n]! + t[i]!
      means.x[n] = means.x[n]! + x[i]!
      means.y[n] = means.y[n]! + y[i]!
      i++
    } while (i < count && link[i] === LINK.walked && t[i]! - t[start]! < sec - JITTER_SEC)
    means.t[n] = means.t[n]! / (i - start)
    means.x[n] = means.x[n]! / (i - start)
    means.y[n] = means.y[n]! / (i - start)
  }
  return { count: n, size: count / n, ...means }
}

/**
 * The variance, on one axis, of third differences of `means`, or of every two of them together, less the share of the body's own way in them. A bend changes directions and not lengths, a change of pace
 * lengths and not directions, and noise both: neither the part along the way nor that across it can be less than noise makes it.
 */
function differences({ count, t, x, y, isBroken }: Means, of: 1 | 2, paceMps: number, ownShare: number): number {
  const all = new Float64Array(count)
  const alongs = new Float64Array(count)
  const acrosses = new Float64Array(count)
  const chords = new Float64Array(count)
  // Between the first and the last mean of four.
  const span = 4 * of - 1
  const place = (values: Float64Array, k: number) => (of === 1 ? values[k]! : (values[k]! + values[k + 1]!) / 2)
  let n = 0
  for (let k = span, broken = 0; k < count; k++) {
    if (k === span) for (let m = 1; m < k; m++) if (isBroken[m] === 1) broken = m
    if (isBroken[k] === 1) broken = k
    const from = k - span
    if (broken > from) continue
    const a = place(t, from + of) - place(t, from)
    const b = place(t, from + 2 * of) - place(t, from + of)
    const c = place(t, from + 3 * of) - place(t, from + 2 * of)
    if (Math.max(a, b, c) > ALIKE * Math.min(a, b, c)) continue
    const bx = place(x, from + 2 * of) - place(x, from + of)
    const by = place(y, from + 2 * of) - place(y, from + of)
    const chord = bx * bx + by * by
    if (chord > (FAST * paceMps * b) ** 2 + FAST_M ** 2) continue
    // Ways of unequal times are compared as if they took as long as the middle one.
    const ax = ((place(x, from + of) - place(x, from)) * b) / a
    const ay = ((place(y, from + of) - place(y, from)) * b) / a
    const cx = ((place(x, from + 3 * of) - place(x, from + 2 * of)) * b) / c
    const cy = ((place(y, from + 3 * of) - place(y, from + 2 * of)) * b) / c
    const along = Math.sqrt(ax * ax + ay * ay) - 2 * Math.sqrt(chord) + Math.sqrt(cx * cx + cy * cy)
    const square = (ax - 2 * bx + cx) ** 2 + (ay - 2 * by + cy) ** 2
    all[n] = square
    alongs[n] = along * along
    acrosses[n] = Math.max(0, square - along * along)
    chords[n] = chord
    n++
  }
  if (n < LEAST_DIFFERENCES - 2) return NaN
  const along = medianOf(alongs.subarray(0, n)) / UNIT_SQUARE
  const across = medianOf(acrosses.subarray(0, n)) / UNIT_SQUARE
  const square = medianOf(chords.subarray(0, n)) / UNIT_PLANE_SQUARE
  const hidden = 1 + (1 / RAYLEIGH - 1) * Math.min(1, along / (RAYLEIGH_RATIO * square))
  return Math.max(0, Math.min(quantileOf(all.subarray(0, n), QUANTILE) / UNIT, along * hidden, across) - ownShare * square)
}

/** Speeds are told apart in so many steps, of which the usual one is so many. */
const STEPS = 40
const USUAL = 12
const LEAST_STEP_MPS = 0.05
/** After so many rounds what is found hardly changes any more. */
const ROUNDS = 30

/**
 * What speeds truly were, by what they seemed to be: noise of `deviationMps` on both axes makes every way longer, and a short one most (Rice's distribution).
 * How often each true speed occurs is what the seeming ones come from likeliest (Richardson and Lucy's deconvolution); a seeming speed then stands for the mean
 * of the true ones it may have been. Over all, nothing is added and nothing lost.
 */
export function trueSpeeds(seeming: Float64Array, deviationMps: number): (seeming: number) => number {
  const step = Math.max(LEAST_STEP_MPS, medianOf(seeming) / USUAL)
  // Noise of less than a step cannot be resolved, and hardly lengthens anything.
  const deviation = deviationMps / step
  if (!(deviation > 0.2)) return (speed) => speed
  const kernel = riceKernel(Math.max(deviation, 0.8))
  const counts = new Float64Array(STEPS + 1)
  for (const speed of seeming) {
    const at = Math.min(STEPS - 1e-6, speed / step)
    const below = Math.floor(at)
    counts[below] = counts[below]! + 1 - (at - below)
    counts[below + 1] = counts[below + 1]! + at - below
  }
  let odds = new Float64Array(STEPS + 1).fill(1 / (STEPS + 1))
  for (let round = 0; round < ROUNDS; round++) {
    const next = new Float64Array(STEPS + 1)
    for (let seen = 0; seen <= STEPS; seen++) {
      if (counts[seen] === 0) continue
      const row = kernel[seen]!
      const whole = row.reduce((sum, likelihood, speed) => sum + likelihood * odds[speed]!, 0)
      for (let speed = 0; speed <= STEPS && whole > 0; speed++)
        next[speed] = next[speed]! + (counts[seen]! * odds[speed]! * row[speed]!) / whole
    }
    odds = next.map((value) => value / seeming.length)
  }
  const means = kernel.map((row, seen) => {
    const whole = row.reduce((sum, likelihood, speed) => sum + likelihood * odds[speed]!, 0)
    return whole > 0 ? row.reduce((sum, likelihood, speed) => sum + speed * likelihood * odds[speed]!, 0) / whole : seen
  })
  return (speed) => {
    const at = speed / step
    if (!(at < STEPS)) return speed
    const below = Math.floor(at)
    return step * (means[below]! + (means[below + 1]! - means[below]!) * (at - below))
  }
}

/** How likely each true speed (column) seems another (row), all in steps. */
function riceKernel(deviation: number): Float64Array[] {
  const variance = deviation * deviation
  const kernel = Array.from({ length: STEPS + 1 }, (_, seen) =>
    Float64Array.from({ length: STEPS + 1 }, (__, speed) => {
      // The first step is half as wide, and its mean a quarter of one.
      const density = (seen === 0 ? 0.25 : seen) / variance
      return density * Math.exp(-((seen - speed) ** 2) / (2 * variance)) * scaledBesselI0((seen * speed) / variance)
    }),
  )
  for (let speed = 0; speed <= STEPS; speed++) {
    const whole = kernel.reduce((sum, row) => sum + row[speed]!, 0)
    for (const row of kernel) row[speed] = row[speed]! / whole
  }
  return kernel
}

/** The modified Bessel function of the first kind and order 0, times e to the −x (Abramowitz and Stegun 9.8.1 and 9.8.2). */
function scaledBesselI0(x: number): number {
  const small = [1, 3.5156229, 3.0899424, 1.2067492, 0.2659732, 0.0360768, 0.0045813]
  const large = [0.39894228, 0.01328592, 0.00225319, -0.00157565, 0.00916281, -0.02057706, 0.02635537, -0.01647633, 0.00392377]
  const polynomial = (terms: readonly number[], y: number) => terms.reduceRight((sum, term) => sum * y + term, 0)
  return x < 3.75 ? Math.exp(-x) * polynomial(small, (x / 3.75) ** 2) : polynomial(large, 3.75 / x) / Math.sqrt(x)
}
