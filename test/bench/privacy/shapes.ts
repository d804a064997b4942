import { between, turnedBy, type XY } from './geometry.ts'
import type { World } from './world.ts'

const STEP_M = 8
const HALF_M = 5_200
const FAR_M = 60
const SIDE = Math.ceil((2 * HALF_M) / STEP_M)

/** The square of how far it is to the nearest street, each 8 m, up to 60 m. */
export type Streets = Float32Array

export function streetsOf(world: World): Streets {
  const field = new Float32Array(SIDE * SIDE).fill(FAR_M)
  for (const { a, b, length } of world.edges) {
    const [p, q] = [world.nodes[a]!, world.nodes[b]!]
    for (let at = 0; at <= length; at += 4) field[cellAt(between(p, q, at / (length || 1)))] = 0
  }
  // Distances spread from cell to cell, once down and once up (a chamfer, right to 8 %).
  const [straight, slanted] = [STEP_M, STEP_M * Math.SQRT2]
  for (const [from, to, way] of [
    [SIDE + 1, field.length, -1],
    [field.length - SIDE - 2, -1, 1],
  ] as const)
    for (let i = from; i !== to; i -= way) {
      const row = i + way * SIDE
      const near = Math.min(field[i + way]! + straight, field[row]! + straight, field[row - 1]! + slanted, field[row + 1]! + slanted)
      if (near < field[i]!) field[i] = near
    }
  return field.map((away) => away * away)
}

const cellAt = ([x, y]: XY) => Math.round((x + HALF_M) / STEP_M) * SIDE + Math.round((y + HALF_M) / STEP_M)

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
  const weight = -worth / points.length / 2 / spread_m ** 2
  const offsets = Array.from({ length: turns }, (_, t) =>
    Int32Array.from(points, (point) => {
      const [x, y] = turnedBy(point, (2 * Math.PI * t) / turns)
      return Math.round(x / STEP_M) * SIDE + Math.round(y / STEP_M)
    }),
  )
  houses.forEach((house, h) => {
    const base = cellAt(house)
    let likely = 0
    for (const turned of offsets) {
      let cost = 0
      for (const offset of turned) cost += streets[base + offset]!
      likely += Math.exp(cost * weight)
    }
    logs[h] = logs[h]! + Math.log(likely / turns + 1e-12)
  })
}
