import { turnedBy, type XY } from './geometry.ts'
import type { World } from './world.ts'

const STEP_M = 8
const HALF_M = 5_200
const FAR_M = 60
const SIDE = Math.ceil((2 * HALF_M) / STEP_M)

/** How far it is to the nearest street, each 8 m, up to 60 m. */
export type Streets = Float32Array

export function streetsOf(world: World): Streets {
  const field = new Float32Array(SIDE * SIDE).fill(FAR_M)
  const reach = Math.ceil(FAR_M / STEP_M)
  for (const { a, b, length } of world.edges) {
    const [p, q] = [world.nodes[a]!, world.nodes[b]!]
    for (let at = 0; at <= length; at += 6) {
      const [x, y] = [p[0] + ((q[0] - p[0]) * at) / (length || 1), p[1] + ((q[1] - p[1]) * at) / (length || 1)]
      const [ci, cj] = [Math.round((x + HALF_M) / STEP_M), Math.round((y + HALF_M) / STEP_M)]
      for (let i = Math.max(0, ci - reach); i <= Math.min(SIDE - 1, ci + reach); i++)
        for (let j = Math.max(0, cj - reach); j <= Math.min(SIDE - 1, cj + reach); j++) {
          const away = Math.hypot(i * STEP_M - HALF_M - x, j * STEP_M - HALF_M - y)
          if (away < field[i * SIDE + j]!) field[i * SIDE + j] = away
        }
    }
  }
  return field
}

export interface Fit {
  /** How many angles are tried. */
  readonly turns: number
  /** How far the points of the drawing are believed to be off, in metres. */
  readonly spread_m: number
  /** How many independent points those of the drawing are worth. */
  readonly worth: number
}

/** A7: for each house and each turn, do the points lie on streets? Adds to `logs` the log-likelihood of each house, averaged over turns. */
export function addFit(
  logs: Float64Array,
  houses: readonly XY[],
  streets: Streets,
  points: readonly XY[],
  { turns, spread_m, worth }: Fit,
): void {
  const costs = streets.map((away) => (away / spread_m) ** 2)
  const weight = -worth / points.length / 2
  const offsets = Array.from({ length: turns }, (_, t) =>
    Int32Array.from(points, (point) => {
      const [x, y] = turnedBy(point, (2 * Math.PI * t) / turns)
      return Math.round(x / STEP_M) * SIDE + Math.round(y / STEP_M)
    }),
  )
  houses.forEach(([x, y], h) => {
    const base = Math.round((x + HALF_M) / STEP_M) * SIDE + Math.round((y + HALF_M) / STEP_M)
    let likely = 0
    for (const turned of offsets) {
      let cost = 0
      for (const offset of turned) cost += costs[base + offset]!
      likely += Math.exp(cost * weight)
    }
    logs[h] = logs[h]! + Math.log(likely / turns + 1e-12)
  })
}
