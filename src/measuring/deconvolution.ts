import { medianOf } from './track.ts'

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
