import { type Way, wayThrough } from '../motion.ts'
import type { Owner } from './owners.ts'
import type { Town } from './town.ts'

/** Streets cross about this far from each other. */
const BLOCK = { east_m: 85, north_m: 65 }
const USUAL_WAYS = 4
type Point = readonly [x: number, y: number]

/**
 * A round through the streets about somebody's home, about so long. It begins and ends at the door. Everybody has a few usual rounds, so that walks of one
 * owner look alike, as real ones do.
 */
export function roundFrom(town: Town, owner: Owner, number: number, lengthM: number): Way {
  const random = town.random('round', owner.number, number % USUAL_WAYS)
  const corner = ([column, row]: Point): Point => {
    const { next } = town.random('corner', owner.number, column, row)
    return [column * BLOCK.east_m + (next() - 0.5) * 24, row * BLOCK.north_m + (next() - 0.5) * 20]
  }
  // A round is two sides of a rectangle out and two back, with a step aside in each.
  const blocks = Math.max(2, Math.round(lengthM / 2 / ((BLOCK.east_m + BLOCK.north_m) / 2)))
  const wide = Math.max(1, Math.round(blocks * random.between(0.35, 0.65)))
  const high = Math.max(1, blocks - wide)
  const [east, north] = [random.pick([-1, 1]), random.pick([-1, 1])]
  const corners: Point[] = [[0, 0]]
  const go = (columns: number, rows: number) => {
    for (let k = 0; k < Math.max(Math.abs(columns), Math.abs(rows)); k++) {
      const [column, row] = corners.at(-1)!
      corners.push([column + Math.sign(columns), row + Math.sign(rows)])
    }
  }
  const step = wide > 2 ? Math.floor(random.between(1, wide)) : 0
  go(step * east, 0)
  go(0, Math.ceil(high / 2) * north)
  go((wide - step) * east, 0)
  go(0, Math.floor(high / 2) * north)
  go(-wide * east, 0)
  go(0, -high * north)
  const door: Point = [(random.next() - 0.5) * 30, (random.next() - 0.5) * 30]
  const vertices = [door, ...corners.map(corner), door]
  // The way is told from its first vertex.
  return wayThrough(vertices.map(([x, y]) => [x - door[0], y - door[1]] as const))
}
