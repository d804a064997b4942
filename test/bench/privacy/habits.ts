import { PATH_POINTS, type Drawn } from './drawn.ts'
import type { XY } from './geometry.ts'

/**
 * A10: sketches of one way, laid upon each other and averaged. Each is off by another rounding, so that the mean of many is finer than the lattice. Granted: which
 * walks went one way (their distances are nearly equal), and how each sketch is turned against the others.
 */
export function meanWays(drawn: readonly Drawn[]): { readonly path: readonly XY[]; readonly count: number }[] {
  const ways = Map.groupBy(drawn.filter(({ walk }) => walk.habit !== null), ({ walk }) => walk.habit) // prettier-ignore
  return [...ways.values()].map((sketches) => ({
    count: sketches.length,
    path: Array.from({ length: PATH_POINTS }, (_, i): XY => [meanOf(sketches, i, 0), meanOf(sketches, i, 1)]),
  }))
}

const meanOf = (sketches: readonly Drawn[], i: number, k: 0 | 1) =>
  sketches.reduce((sum, { path }) => sum + path[i]![k], 0) / sketches.length
