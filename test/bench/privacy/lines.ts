import { type Guess, mostLikely } from './belief.ts'
import { along, between, distance, lengthOf, logSum, type XY } from './geometry.ts'
import { distancesFrom, type Place, snap, wayTo, type World } from './world.ts'

/** A piece of a way that is shown, from the side of one of its ends: the home lies beyond the first point. */
export interface End {
  /** From the end inwards. */
  readonly line: readonly XY[]
  /** Whether somewhere could not have been shown, for all an attacker knows. */
  readonly isHidden: (p: XY) => boolean
  /** The hidden length in metres as far as times tell it, or `null`. */
  readonly timed_m: number | null
}
/** One walk as it is shown, with what is told besides its line. */
export interface Seen {
  readonly ends: readonly End[]
  /** What the whole distance says of both hidden ends together, or `null`. */
  readonly hidden_m: number | null
}
export interface Knowledge {
  readonly distance?: boolean
  readonly times?: boolean
}

/** How much longer than a street a recorded way is. Any attacker can measure it. */
const STRETCH = 1.03
/** How many metres of detour people take for nothing; anything from 40 to 100 serves as well. */
const TAU_M = 60
const AROUND_M = 1_600

interface Gate {
  /** For each house, the log-odds that this exit was taken out of all, and how far it is. */
  readonly logs: Float64Array
  readonly ways_m: Float64Array
}

/** A2: an exit that is near on the way from the home to what comes after it is likelier than the others. A3 and A6: so is a way that is as long as distances and times say. */
export class LineAttack {
  readonly #world: World
  readonly #houses: readonly Place[]
  readonly #toNodes = new Map<string, Float64Array>()
  readonly #seen: readonly { gates: Gate[]; seen: Seen }[]

  constructor(world: World, houses: readonly Place[], seen: readonly Seen[]) {
    this.#world = world
    this.#houses = houses
    this.#seen = seen.map((one) => ({ gates: one.ends.map((end) => this.#gateOf(end)), seen: one }))
  }

  #nodesFrom(place: Place): Float64Array {
    const key = `${place.edge},${Math.round(place.at / 10)}`
    const known = this.#toNodes.get(key)
    if (known) return known
    const { far } = distancesFrom(this.#world, place, { most_m: 2_000 })
    this.#toNodes.set(key, far)
    return far
  }

  #gateOf({ line, isHidden }: End): Gate {
    const [gate, beyond] = [snap(this.#world, line[0]!), snap(this.#world, along(line, Math.min(300, lengthOf(line))))]
    const exits = exitsNear(this.#world, gate.xy, isHidden)
    const [fromGate, fromBeyond] = [this.#nodesFrom(gate), this.#nodesFrom(beyond)]
    const others = exits.map((exit) => ({ exit, far: this.#nodesFrom(exit), on_m: wayTo(this.#world, beyond, fromBeyond, exit) }))
    const ways_m = Float64Array.from(this.#houses, (house) => Math.min(5_000, wayTo(this.#world, gate, fromGate, house)))
    const on_m = wayTo(this.#world, gate, fromGate, beyond)
    const logs = Float64Array.from(this.#houses, (house, h) => {
      if (others.length === 0) return 0
      const all = logSum(others.map(({ exit, far, on_m }) => -(Math.min(5_000, wayTo(this.#world, exit, far, house)) + on_m) / TAU_M))
      return Math.log(0.93 * Math.exp(Math.min(0, -(ways_m[h]! + on_m) / TAU_M - all)) + 0.07 / 30)
    })
    return { logs, ways_m }
  }

  guess(walks: number, known: Knowledge): Guess {
    const scores = this.#houses.map((_, h) => {
      let score = 0
      for (const { gates, seen } of this.#seen.slice(0, walks)) {
        gates.forEach(({ logs, ways_m }, i) => {
          score += logs[h]!
          const timed_m = seen.ends[i]!.timed_m
          const mean = STRETCH * ways_m[h]! - 7
          if (known.times && timed_m !== null) score += logNear(timed_m, mean, Math.hypot(40, 0.15 * mean))
        })
        if (!known.distance || seen.hidden_m === null || gates.length < 2) continue
        const both = STRETCH * (gates[0]!.ways_m[h]! + gates[1]!.ways_m[h]!) - 14
        score += logNear(seen.hidden_m, both, Math.hypot(30, 0.1 * both))
      }
      return score
    })
    return mostLikely(this.#houses.map(({ xy }) => xy), scores) // prettier-ignore
  }
}

/** Where streets lead out of what is hidden, within 1.6 km. */
function exitsNear(world: World, centre: XY, isHidden: (p: XY) => boolean): Place[] {
  return world.edges.flatMap(({ a, b, length }, edge): Place[] => {
    const [p, q] = [world.nodes[a]!, world.nodes[b]!]
    if (distance(p, centre) > AROUND_M || isHidden(p) === isHidden(q)) return []
    let [low, high] = [0, 1]
    for (let k = 0; k < 12; k++) {
      const middle = (low + high) / 2
      if (isHidden(between(p, q, middle)) === isHidden(p)) low = middle
      else high = middle
    }
    return [{ edge, at: low * length, xy: between(p, q, low) }]
  })
}

/** Normal around the mean, and one in seven anywhere. */
function logNear(value: number, mean: number, spread: number): number {
  return Math.log((0.86 * 0.3989 * Math.exp(-0.5 * ((value - mean) / spread) ** 2)) / spread + 0.14 / 3_000)
}

/** A0 needs no map: the middle of the circle on which most ends lie. */
export function circleThrough(ends: readonly XY[], radius_m: number): XY | null {
  let best: { centre: XY; score: number } | null = null
  for (const [i, a] of ends.entries())
    for (const b of ends.slice(i + 1)) {
      const apart = distance(a, b)
      if (apart < 15 || apart > 2 * radius_m) continue
      const high = Math.sqrt(radius_m ** 2 - apart ** 2 / 4) / apart
      for (const side of [high, -high]) {
        const centre: XY = [(a[0] + b[0]) / 2 - side * (b[1] - a[1]), (a[1] + b[1]) / 2 + side * (b[0] - a[0])]
        const score = ends.reduce((sum, end) => sum + Math.exp(-(((distance(end, centre) - radius_m) / 8) ** 2) / 2), 0)
        if (!best || score > best.score) best = { centre, score }
      }
    }
  return best?.centre ?? null
}
