import { AROUND_M, SQUARE_CELLS, cellKey, type ModelWalk, publishedCells, shownPoints } from '../../support/heat-model.ts'
import { type Guess, housesInDong, mostLikely } from './belief.ts'
import { lengthOf, oneOf, randomFrom, type XY } from './geometry.ts'
import { makeOwner, type Owner, placeAround, record, wayThrough } from './owner.ts'
import { cellOf } from './rules.ts'
import { type Kind, nodePlace, type Place } from './world.ts'

/** So many neighbours walk around the home, so often each. They share parks and streets with its owner, as people do. */
const NEIGHBOURS = 30
const WALKS = 5
const TODAY = 100
const HIDDEN_M = 500
/** How far from the first cells that somebody adds their home may be thought to lie. */
const SPREAD_M = 700

interface Town {
  readonly kind: Kind
  readonly origin: XY
  readonly walks: readonly ModelWalk[]
  readonly hidden: ReadonlyMap<string, readonly XY[]>
  readonly jitter: (x: number, y: number) => number
}

const OWNER = 'owner'

/** The owner among neighbours, on the grid of the country, which begins somewhere. */
function makeTown(owner: Owner, kind: Kind, seed: number): Town {
  const random = randomFrom(seed + 900_000)
  const origin: XY = [500_000 + 8_000 * random(), 1_500_000 + 8_000 * random()]
  const onGrid = (track: readonly XY[]): XY[] => track.map(([x, y]) => [x + origin[0], y + origin[1]])
  const walks: ModelWalk[] = owner.walks.map(({ track }, k) => ({ person: OWNER, day: TODAY - (k % 40), path: onGrid(track) }))
  for (let n = 0; n < NEIGHBOURS; n++) {
    for (const [k, track] of walksOf(owner, kind, random).entries())
      walks.push({ person: `neighbour ${n}`, day: TODAY - ((7 * n + 3 * k) % 40), path: onGrid(track) })
  }
  const hidden = new Map<string, XY[]>()
  for (const { person, path } of walks) {
    const ends = [path[0]!, path.at(-1)!].map(cellOf).map(({ x, y }): XY => [x, y])
    hidden.set(person, [...(hidden.get(person) ?? []), ...ends])
  }
  const jitters = new Map<string, number>()
  const jitter = (x: number, y: number) => {
    const key = `${x},${y}`
    if (!jitters.has(key)) jitters.set(key, Math.floor(3 * random()))
    return jitters.get(key)!
  }
  return { kind, origin, walks, hidden, jitter }
}

/** Somebody's walks from a house within two kilometres, to the parks that are near. */
function walksOf({ world, home }: Owner, kind: Kind, random: () => number): XY[][] {
  const near = world.houses.filter(({ xy }) => Math.hypot(xy[0] - home[0], xy[1] - home[1]) < (kind === 'city' ? 1_300 : 2_200))
  const door = oneOf(near, random)
  const parks = world.parks.filter((n) => Math.hypot(world.nodes[n]![0] - door.xy[0], world.nodes[n]![1] - door.xy[1]) < 1_600)
  const aim = (): Place =>
    parks.length > 0 && random() < 0.7 ? nodePlace(world, oneOf(parks, random)) : placeAround(world, door.xy, [300, 1_400])
  const tracks: XY[][] = []
  for (let tries = 0; tracks.length < WALKS && tries < 3 * WALKS; tries++) {
    const way = wayThrough(world, [door, aim(), aim(), door])
    if (way) tracks.push(record(random, way, 0, lengthOf(way)))
  }
  return tracks
}

const publishedIn = ({ kind, walks, hidden, jitter }: Town, count: (walk: ModelWalk, nth: number) => boolean) => {
  let nth = 0
  const counted = walks.filter((walk) => (walk.person === OWNER ? count(walk, nth++) : true))
  return publishedCells({ today: TODAY, walks: counted, hidden, jitter, kind })
}

const middlesOf = (cells: Iterable<string>, [ox, oy]: XY): XY[] =>
  [...cells].map((cell) => {
    const [x, y] = cell.split(',').map(Number) as [number, number]
    return [x * 32 + 16 - ox, y * 32 + 16 - oy]
  })

/** Homes are looked for where the map ends: at cells that have one neighbour at most. */
function deadEnds(cells: ReadonlyMap<string, number>, origin: XY, houses: readonly XY[]): Guess {
  const ends = [...cells.keys()].filter((cell) => {
    const [x, y] = cell.split(',').map(Number) as [number, number]
    let beside = 0
    for (const dx of [-1, 0, 1]) for (const dy of [-1, 0, 1]) if ((dx !== 0 || dy !== 0) && cells.has(`${x + dx},${y + dy}`)) beside++
    return beside <= 1
  })
  const at = middlesOf(ends, origin)
  return mostLikely(
    houses,
    houses.map(([x, y]) => -Math.min(3_000, ...at.map((end) => Math.abs(Math.hypot(end[0] - x, end[1] - y) - 450))) / 150),
  )
}

/** Homes are looked for around what has come to the map, in the hole that nothing may come from, whose grid is known. */
function hole(gained: readonly XY[], { origin, kind }: Town, houses: readonly XY[]): Guess {
  const [around_m, wide_m] = [AROUND_M[kind] - 20, SQUARE_CELLS[kind] * HIDDEN_M]
  const logs = houses.map(([x, y]) => {
    const [west, south] = [x + origin[0], y + origin[1]].map((metres) => Math.floor(metres / wide_m) * wide_m) as [number, number]
    const isNear = (from: number, at: number) => at > from - around_m && at < from + wide_m + around_m
    let log = 0
    for (const [gx, gy] of gained) {
      const isInside = isNear(west, gx + origin[0]) && isNear(south, gy + origin[1])
      log -= isInside ? 5 : Math.hypot(gx - x, gy - y) / SPREAD_M / Math.sqrt(gained.length)
    }
    return log
  })
  return mostLikely(houses, logs)
}

/** What the cells of the heat map, and what the difference of two nights, say of a home. */
export function attackHeat(seed: number, kind: Kind, found: (attacker: string, seen: number, guess: Guess) => void): void {
  const owner = makeOwner(seed, kind, 60)
  const houses = housesInDong(owner, 30).map(({ xy }) => xy)
  const town = makeTown(owner, kind, seed)
  const before = publishedIn(town, () => false)
  for (const count of [20, 60]) {
    const after = publishedIn(town, (_, nth) => nth < count)
    const gained = [...after].filter(([cell, band]) => before.get(cell) !== band).map(([cell]) => cell)
    found('heat map: where it ends', count, deadEnds(after, town.origin, houses))
    found('heat map: the hole in what two nights differ by', count, hole(middlesOf(gained, town.origin), town, houses))
  }
  // The worst that a neighbourhood can do: all others stood at the threshold, so whatever counts of the owner's walks shows.
  const hidden = town.hidden.get(OWNER)!
  const own = town.walks.filter(({ person }) => person === OWNER).flatMap(({ path }) => shownPoints(path, hidden, kind).map(cellKey))
  found('heat map: the hole, if every cell had four others', 60, hole(middlesOf(new Set(own), town.origin), town, houses))
}
