import simplify from 'simplify-js'
import type { Drawn } from './drawn.ts'
import { distance, lengthOf, oneOf, randomFrom, resampled, type XY } from './geometry.ts'
import type { Owner, Walk } from './owner.ts'
import { distancesFrom, nodePlace, type Place, type World } from './world.ts'

/** Walks from one house as the attacker believes they would be: how long, and how far from the house at equal shares of the way. */
interface Expected {
  readonly distances_m: Float64Array
  readonly profiles: readonly Float64Array[]
}

const WALKS_A_HOUSE = 64
const PROFILE_POINTS = 24
/** Neighbouring points of a profile say nearly the same. */
const PROFILE_WORTH = 8
const SHAPE_SPREAD_M = 80
const DISTANCE_SPREAD_M = 80
const OUTLIER = 1e-3
/** How much longer than its streets a recorded way is. */
const STRETCH = 1.03

/** A9: does a walk look like walks from that house? It needs no turn: how far one is from home, along the way, is the same however a drawing is turned. */
export class SimulatedWalks {
  readonly #expected: readonly Expected[]

  constructor({ world }: Owner, houses: readonly Place[], seed: number) {
    const random = randomFrom(seed)
    const trees = targetsOf(world, random)
    this.#expected = houses.map((house) => expect(world, house, trees, random))
  }

  /** Adds the log-likelihood of each house: by the distance, and by the shape where there is one. */
  add(logs: Float64Array, walk: Walk, drawn: Drawn | null): void {
    const long = lengthOf(walk.track) / STRETCH
    const seen = drawn && profilesOf(drawn)
    this.#expected.forEach(({ distances_m, profiles }, h) => {
      let likely = 0
      for (let k = 0; k < distances_m.length; k++) {
        const log = -0.5 * ((long - distances_m[k]!) / DISTANCE_SPREAD_M) ** 2
        if (log > -6) likely += Math.exp(log) * (seen ? likeness(seen, profiles[k]!) : 1)
      }
      logs[h] = logs[h]! + Math.log(likely / WALKS_A_HOUSE + OUTLIER)
    })
  }

  /** A5: the total of so many walks in a row, which a ranking tells. */
  addTotal(logs: Float64Array, walks: readonly Walk[]): void {
    const total = walks.reduce((sum, { track }) => sum + lengthOf(track) / STRETCH, 0)
    this.#expected.forEach(({ distances_m }, h) => {
      const mean = distances_m.reduce((sum, d) => sum + d, 0) / distances_m.length
      const variance = distances_m.reduce((sum, d) => sum + (d - mean) ** 2, 0) / distances_m.length
      logs[h] = logs[h]! - 0.5 * ((total - walks.length * mean) ** 2 / (walks.length * variance)) - 0.5 * Math.log(variance)
    })
  }
}

interface Target {
  readonly xy: XY
  readonly isPark: boolean
  /** The next node on the way there. */
  readonly by: Int32Array
}

function targetsOf(world: World, random: () => number): Target[] {
  const nodes = [...world.parks.flatMap((n) => [n, n]), ...Array.from({ length: 60 }, () => Math.floor(random() * world.nodes.length))]
  return nodes
    .filter((n) => world.links[n]!.length > 0)
    .map((n) => {
      const weights = Float64Array.from(world.edges, () => 0.85 + 0.3 * random())
      return { xy: world.nodes[n]!, isPark: world.parks.includes(n), by: distancesFrom(world, nodePlace(world, n), { weights }).by }
    })
}

function expect(world: World, { edge, xy: house }: Place, targets: readonly Target[], random: () => number): Expected {
  const { a, b } = world.edges[edge]!
  const door = distance(world.nodes[a]!, house) < distance(world.nodes[b]!, house) ? a : b
  const [least, most] = world.kind === 'city' ? [300, 1_100] : [400, 1_400]
  const inReach = targets.filter(({ xy }) => distance(xy, house) > least * 0.6 && distance(xy, house) < most)
  const parks = inReach.filter(({ isPark, xy }) => isPark && distance(xy, house) > least)
  const aim = () => (parks.length > 0 && random() < 0.6 ? oneOf(parks, random) : oneOf(inReach, random))
  const distances: number[] = []
  const profiles: Float64Array[] = []
  for (let tries = 0; inReach.length > 0 && distances.length < WALKS_A_HOUSE && tries < 4 * WALKS_A_HOUSE; tries++) {
    const stops = random() < 0.35 ? [aim()] : Array.from({ length: 1 + Math.floor(random() * 3) }, aim)
    const nodes = [door]
    for (const { by } of stops) for (let n = by[nodes.at(-1)!]!; n !== -1; n = by[n]!) nodes.push(n)
    const back = [door]
    for (let n = stops.at(-1)!.by[door]!; n !== -1; n = stops.at(-1)!.by[n]!) back.push(n)
    const line = [house, ...nodes.map((n) => world.nodes[n]!), ...back.toReversed().map((n) => world.nodes[n]!), house]
    const long = lengthOf(line)
    if (long < 800 || long > 4_500) continue
    distances.push(long)
    // Drawn as coarsely as a sketch, but for its lattice.
    const coarse = simplify(line.map(([x, y]) => ({ x, y })), world.kind === 'city' ? 100 : 150, true).map(({ x, y }): XY => [x, y]) // prettier-ignore
    profiles.push(profileOf(resampled(coarse, PROFILE_POINTS)))
  }
  return { distances_m: Float64Array.from(distances), profiles }
}

/** Nothing in a loop tells where it began, so the home may be any of its points. Of an open way it is one of the ends. */
function profilesOf({ path, corners }: Drawn): Float64Array[] {
  const points = resampled(path, PROFILE_POINTS)
  if (distance(corners[0]!, corners.at(-1)!) > 1) return [profileOf(points), profileOf(points.toReversed())]
  const ring = points.slice(0, -1)
  return ring.flatMap((_, i) => {
    if (i % 2 > 0) return []
    const from = [...ring.slice(i), ...ring.slice(0, i), ring[i]!]
    return [profileOf(from), profileOf(from.toReversed())]
  })
}

function profileOf(points: readonly XY[]): Float64Array {
  return Float64Array.from(points, (point) => distance(point, points[0]!))
}

function likeness(seen: readonly Float64Array[], expected: Float64Array): number {
  let likely = 0
  for (const profile of seen) {
    let sum = 0
    for (let k = 0; k < PROFILE_POINTS; k++) sum += (profile[k]! - expected[k]!) ** 2
    likely += Math.exp(((-0.5 * sum) / SHAPE_SPREAD_M ** 2) * (PROFILE_WORTH / PROFILE_POINTS))
  }
  return likely / seen.length
}
