import { between, distance, gauss, randomFrom, type XY } from './geometry.ts'

export type Kind = 'city' | 'county'
export interface Edge {
  readonly a: number
  readonly b: number
  readonly length: number
}
/** A place on a street: `at` metres from the first node of its edge. */
export interface Place {
  readonly edge: number
  readonly at: number
  readonly xy: XY
}
export interface World {
  readonly kind: Kind
  readonly nodes: readonly XY[]
  readonly edges: readonly Edge[]
  readonly links: readonly (readonly { to: number; edge: number }[])[]
  /** Where anybody may live; the attacker's map has it too. Each 12 m of street in a city, the farmhouses and villages of a county. */
  readonly houses: readonly Place[]
  readonly dongOf: (p: XY) => number
  /** Nodes of parks, riversides and hills that everybody knows: about 1.7 per km². */
  readonly parks: readonly number[]
  readonly random: () => number
}

const HALF_M = 1_900

/** Streets of an irregular grid in any rotation, with gaps and alleys; houses along them, dongs and parks. `half_m` is half of its width. */
export function makeWorld(seed: number, kind: Kind, half_m = HALF_M): World {
  const random = randomFrom(seed)
  const { nodes, edges, links, crossings } = makeStreets(kind, half_m, random)
  const dongOf = makeDongs(kind, half_m, random)
  const parkCount = Math.round(24 * (half_m / HALF_M) ** 2)
  const parks = Array.from({ length: parkCount }, () => Math.floor(random() * crossings)).filter(
    (n) => Math.hypot(...nodes[n]!) < half_m && links[n]!.length > 0,
  )
  return { kind, nodes, edges, links, dongOf, parks, random, houses: makeHouses(kind, half_m, { nodes, edges }, random) }
}

function makeStreets(kind: Kind, half_m: number, random: () => number) {
  const gap = kind === 'city' ? () => 60 + 90 * random() : () => 150 + 300 * random()
  const missing = kind === 'city' ? 0.15 : 0.25
  const wobble = kind === 'city' ? 10 : 40
  const lines = () => {
    const at: number[] = []
    for (let v = -half_m * 1.2; v < half_m * 1.2; v += gap()) at.push(v)
    return at
  }
  const [xs, ys] = [lines(), lines()]
  const turn = random() * Math.PI
  const nodes: XY[] = []
  for (const y of ys)
    for (const x of xs) {
      const [u, v] = [x + gauss(random) * wobble, y + gauss(random) * wobble]
      nodes.push([u * Math.cos(turn) - v * Math.sin(turn), u * Math.sin(turn) + v * Math.cos(turn)])
    }
  const edges: Edge[] = []
  const links: { to: number; edge: number }[][] = nodes.map(() => [])
  const link = (a: number, b: number) => {
    links[a]!.push({ to: b, edge: edges.length })
    links[b]!.push({ to: a, edge: edges.length })
    edges.push({ a, b, length: distance(nodes[a]!, nodes[b]!) })
  }
  for (let i = 0; i < ys.length; i++)
    for (let j = 0; j < xs.length; j++) {
      const n = i * xs.length + j
      if (j + 1 < xs.length && random() > missing) link(n, n + 1)
      if (i + 1 < ys.length && random() > missing) link(n, n + xs.length)
    }
  // Alleys into the blocks, which end there.
  const crossings = nodes.length
  for (let k = edges.length * 0.12; k > 0; k--) {
    const from = Math.floor(random() * crossings)
    const angle = random() * 2 * Math.PI
    const long = (kind === 'city' ? 25 : 80) + random() * 45
    nodes.push([nodes[from]![0] + long * Math.cos(angle), nodes[from]![1] + long * Math.sin(angle)])
    links.push([])
    link(from, nodes.length - 1)
  }
  return { nodes, edges, links, crossings }
}

/** Irregular dongs, about 0.9 km² in a city and 8 km² in a county. */
function makeDongs(kind: Kind, half_m: number, random: () => number): (p: XY) => number {
  const centres: XY[] = []
  for (let x = -half_m - 950; x < half_m + 950; x += 950)
    for (let y = -half_m - 950; y < half_m + 950; y += 950) centres.push([x + 700 * (random() - 0.5), y + 700 * (random() - 0.5)])
  const scale = kind === 'city' ? 1 : 3
  return ([x, y]) => {
    let best = 0
    let near = Infinity
    centres.forEach((centre, i) => {
      const away = Math.hypot(x / scale - centre[0], y / scale - centre[1])
      if (away < near) [near, best] = [away, i]
    })
    return best
  }
}

function makeHouses(
  kind: Kind,
  half_m: number,
  { nodes, edges }: { nodes: readonly XY[]; edges: readonly Edge[] },
  random: () => number,
): Place[] {
  const houses: Place[] = []
  const villageCount = kind === 'county' ? Math.round(9 * (half_m / HALF_M) ** 2) : 0
  const reach = (2 * half_m * 1_300) / HALF_M
  const villages = Array.from({ length: villageCount }, (): XY => [(random() - 0.5) * reach, (random() - 0.5) * reach])
  edges.forEach((e, edge) => {
    for (let at = 6; at < e.length; at += 12) {
      const xy = between(nodes[e.a]!, nodes[e.b]!, at / e.length)
      // A village has a house each 24 m of street within 220 m; elsewhere there is one each 200 m.
      if (kind === 'county' && random() > (villages.some((v) => distance(v, xy) < 220) ? 0.5 : 0.06)) continue
      houses.push({ edge, at, xy })
    }
  })
  return houses
}

/** Distances along streets from a place to every node, up to `most_m`; `weights` says how much longer an edge feels. `by` is the node before. */
export function distancesFrom(world: World, from: Place, { weights, most_m = Infinity }: { weights?: Float64Array; most_m?: number } = {}) {
  const { links, edges } = world
  const far = new Float64Array(world.nodes.length).fill(Infinity)
  const by = new Int32Array(world.nodes.length).fill(-1)
  const heap = new Heap()
  const felt = (e: number) => edges[e]!.length * (weights ? weights[e]! : 1)
  const { a, b, length } = edges[from.edge]!
  const share = from.at / (length || 1)
  for (const [n, d] of [
    [a, share * felt(from.edge)],
    [b, (1 - share) * felt(from.edge)],
  ] as const)
    if (d < far[n]!) {
      far[n] = d
      heap.push(d, n)
    }
  const done = new Uint8Array(world.nodes.length)
  while (heap.size > 0) {
    const n = heap.pop()
    const d = far[n]!
    if (done[n] || d > most_m) continue
    done[n] = 1
    for (const { to, edge } of links[n]!) {
      const next = d + felt(edge)
      if (next >= far[to]!) continue
      far[to] = next
      by[to] = n
      heap.push(next, to)
    }
  }
  return { far, by }
}

/** A binary heap of nodes by distance. */
class Heap {
  readonly #distances: number[] = []
  readonly #nodes: number[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  push(distance_m: number, node: number): void {
    const [distances, nodes] = [this.#distances, this.#nodes]
    let i = this.#size++
    while (i > 0) {
      const up = (i - 1) >> 1
      if (distances[up]! <= distance_m) break
      distances[i] = distances[up]!
      nodes[i] = nodes[up]!
      i = up
    }
    distances[i] = distance_m
    nodes[i] = node
  }

  /** The nearest node; its distance is the one by which it was pushed. */
  pop(): number {
    const [distances, nodes] = [this.#distances, this.#nodes]
    const top = nodes[0]!
    const size = --this.#size
    const [last, lastNode] = [distances[size]!, nodes[size]!]
    let i = 0
    for (let child = 1; child < size; child = 2 * i + 1) {
      if (child + 1 < size && distances[child + 1]! < distances[child]!) child++
      if (last <= distances[child]!) break
      distances[i] = distances[child]!
      nodes[i] = nodes[child]!
      i = child
    }
    distances[i] = last
    nodes[i] = lastNode
    return top
  }
}

/** From a place whose distances to nodes are known to another place. */
export function wayTo(world: World, from: Place, far: Float64Array, to: Place): number {
  const e = world.edges[to.edge]!
  const round = Math.min(far[e.a]! + to.at, far[e.b]! + e.length - to.at)
  return from.edge === to.edge ? Math.min(round, Math.abs(from.at - to.at)) : round
}

export function nodePlace(world: World, n: number): Place {
  const { edge } = world.links[n]![0]!
  return { edge, at: world.edges[edge]!.a === n ? 0 : world.edges[edge]!.length, xy: world.nodes[n]! }
}

/** The place on a street nearest to a point, or else the nearest house. */
export function snap(world: World, p: XY): Place {
  let best: Place | null = null
  let near = Infinity
  world.edges.forEach((e, edge) => {
    const [a, b] = [world.nodes[e.a]!, world.nodes[e.b]!]
    if (Math.min(a[0], b[0]) - 40 > p[0] || Math.max(a[0], b[0]) + 40 < p[0]) return
    if (Math.min(a[1], b[1]) - 40 > p[1] || Math.max(a[1], b[1]) + 40 < p[1]) return
    const t = ((p[0] - a[0]) * (b[0] - a[0]) + (p[1] - a[1]) * (b[1] - a[1])) / (e.length * e.length || 1)
    const share = Math.max(0, Math.min(1, t))
    const xy = between(a, b, share)
    const away = distance(p, xy)
    if (away < near) [near, best] = [away, { edge, at: share * e.length, xy }]
  })
  return best ?? world.houses.reduce((nearest, house) => (distance(house.xy, p) < distance(nearest.xy, p) ? house : nearest))
}
