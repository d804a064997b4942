import { along, distance, gauss, lengthOf, oneOf, type XY } from './geometry.ts'
import { distancesFrom, type Kind, makeWorld, nodePlace, type Place, type World } from './world.ts'

export interface Walk {
  /** What the phone recorded. */
  readonly track: readonly XY[]
  readonly duration_sec: number
  /** `forgot`: recorded from somewhere on the way. `away`: begun elsewhere, after a drive. */
  readonly kind: 'home' | 'away' | 'forgot'
  /** Which of the owner's habitual ways it follows, or `null`. */
  readonly habit: number | null
}
export interface Owner {
  readonly world: World
  readonly home: XY
  /** Where the home's door meets the street. */
  readonly door: Place
  readonly pace_mps: number
  readonly walks: readonly Walk[]
}

/** How people choose their ways: `sway` is how much longer or shorter streets feel than they are; with `habits`, so many ways are walked again and again. */
export interface Manner {
  readonly sway?: number
  readonly habits?: number
}

/** How far away the places are that people walk to, in metres. */
const REACH_M: Readonly<Record<Kind, readonly [number, number]>> = { city: [300, 1_100], county: [400, 1_400] }

/** Somebody with a home, three favourite places and walks of 0.8 to 4.5 km. */
export function makeOwner(seed: number, kind: Kind, count: number, { sway = 0.15, habits = 0 }: Manner = {}): Owner {
  const world = makeWorld(seed, kind)
  const { random } = world
  const { door, home } = makeHome(world)
  const reach = REACH_M[kind]
  const near = world.parks.filter((n) => distance(world.nodes[n]!, home) > reach[0] && distance(world.nodes[n]!, home) < reach[1])
  const favourites = [0, 1, 2].map((i) => (near[i] === undefined ? placeAround(world, home, reach) : nodePlace(world, near[i]!)))
  const parking = placeAround(world, home, [700, 1_400])
  const pace_mps = Math.max(0.8, 1.15 + 0.15 * gauss(random))
  const usual: XY[][] = []
  const walks: Walk[] = []
  while (walks.length < count) {
    const dice = random()
    const isAway = dice < 0.1
    const from = isAway ? parking : door
    const repeated = !isAway && usual.length > 0 && usual.length >= habits ? Math.floor(random() * habits) : null
    const line = repeated === null ? roundTrip(world, from, isAway ? from.xy : home, favourites, sway) : usual[repeated]!
    const length = line ? lengthOf(line) : 0
    if (!line || length < 800 || length > 4_500) continue
    const habit = repeated ?? (habits > 0 && !isAway ? usual.push(line) - 1 : null)
    const forgot = !isAway && dice > 0.95
    const from_m = forgot ? 50 + 250 * random() : 15 * random()
    walks.push({
      track: record(random, line, from_m, length - 15 * random()),
      duration_sec: (length - from_m) / (pace_mps * (1 + 0.08 * gauss(random))) - 60 * Math.log(1 - random()),
      kind: isAway ? 'away' : forgot ? 'forgot' : 'home',
      habit,
    })
  }
  return { world, home, door, pace_mps, walks }
}

function makeHome(world: World): { door: Place; home: XY } {
  const { random } = world
  for (;;) {
    const door = oneOf(world.houses, random)
    if (Math.hypot(...door.xy) > 400) continue
    const { a, b, length } = world.edges[door.edge]!
    const off = (random() < 0.5 ? 1 : -1) * (6 + 14 * random())
    const [p, q] = [world.nodes[a]!, world.nodes[b]!]
    const reachable = distancesFrom(world, door).far.filter(Number.isFinite).length
    if (reachable < world.nodes.length * 0.7) continue
    return { door, home: [door.xy[0] - (off * (q[1] - p[1])) / length, door.xy[1] + (off * (q[0] - p[0])) / length] }
  }
}

export function placeAround(world: World, centre: XY, [least, most]: readonly [number, number]): Place {
  for (;;) {
    const n = Math.floor(world.random() * world.nodes.length)
    const away = distance(world.nodes[n]!, centre)
    if (away > least && away < most && world.links[n]!.length > 0) return nodePlace(world, n)
  }
}

/** From a place and back: 35 % there and back, the rest by one to three stops, of which 60 % are favourites. */
function roundTrip(world: World, from: Place, start: XY, favourites: readonly Place[], sway: number): XY[] | null {
  const { random } = world
  const [least, most] = REACH_M[world.kind]
  const aim = () => (random() < 0.6 ? oneOf(favourites, random) : placeAround(world, from.xy, [least * 0.6, most]))
  const stops = random() < 0.35 ? [aim()] : Array.from({ length: 1 + Math.floor(random() * 3) }, aim)
  const way = wayThrough(world, [from, ...stops, from], sway)
  return way && [start, ...way, start]
}

/** A way through places as somebody walks it: near the shortest, a little different each time. */
export function wayThrough(world: World, places: readonly Place[], sway = 0.15): XY[] | null {
  const way: XY[] = []
  for (let k = 1; k < places.length; k++) {
    const leg = legBetween(world, places[k - 1]!, places[k]!, sway)
    if (!leg) return null
    way.push(...leg)
  }
  return way
}

function legBetween(world: World, from: Place, to: Place, sway: number): XY[] | null {
  const weights = Float64Array.from(world.edges, () => 1 - sway + 2 * sway * world.random())
  const { far, by } = distancesFrom(world, from, { weights })
  const e = world.edges[to.edge]!
  const share = to.at / (e.length || 1)
  const long = e.length * weights[to.edge]!
  let n = far[e.a]! + share * long <= far[e.b]! + (1 - share) * long ? e.a : e.b
  if (!Number.isFinite(far[n]!)) return null
  const back: XY[] = [to.xy]
  for (; n !== -1; n = by[n]!) back.push(world.nodes[n]!)
  back.push(from.xy)
  return back.toReversed()
}

/** A position each 6 m, off by 4 m (errors last for about 30 m, as after the smoothing of a phone's fixes). */
export function record(random: () => number, line: readonly XY[], from_m: number, to_m: number): XY[] {
  const out: XY[] = []
  const keep = Math.exp(-6 / 30)
  const fresh = Math.sqrt(1 - keep * keep) * 4
  let [ex, ey] = [5 * gauss(random), 5 * gauss(random)]
  for (let at = from_m; at < to_m; at += 6) {
    const p = along(line, at)
    out.push([p[0] + ex, p[1] + ey])
    ex = keep * ex + fresh * gauss(random)
    ey = keep * ey + fresh * gauss(random)
  }
  return out
}
