import { distance, type XY } from './geometry.ts'
import type { Owner, Walk } from './owner.ts'
import type { Place } from './world.ts'

/** Where an attacker says the home is, and how sure they are to be within 50 m. */
export interface Guess {
  readonly at: XY
  readonly sure: number
}

/** One house each so many metres in the home's dong, which rankings tell. */
export function housesInDong({ world, home }: Owner, apart_m: number): Place[] {
  const dong = world.dongOf(home)
  const kept = new Map<string, XY[]>()
  const cell = ([x, y]: XY, dx = 0, dy = 0) => `${Math.floor(x / apart_m) + dx},${Math.floor(y / apart_m) + dy}`
  const houses: Place[] = []
  for (const house of world.houses) {
    const { xy } = house
    if (world.dongOf(xy) !== dong) continue
    const around = [-1, 0, 1].flatMap((dx) => [-1, 0, 1].flatMap((dy) => kept.get(cell(xy, dx, dy)) ?? []))
    if (around.some((other) => distance(other, xy) < apart_m)) continue
    kept.set(cell(xy), [...(kept.get(cell(xy)) ?? []), xy])
    houses.push(house)
  }
  return houses
}

/** The middle of the 50 m disc that holds most of the belief. */
export function mostLikely(places: readonly XY[], logs: ArrayLike<number>): Guess {
  let most = -Infinity
  for (let i = 0; i < places.length; i++) most = Math.max(most, logs[i]!)
  const bins = new Map<string, { x: number; y: number; mass: number }>()
  let all = 0
  places.forEach(([x, y], i) => {
    const mass = Math.exp(logs[i]! - most)
    if (mass < 1e-6) return
    const [bx, by] = [Math.round(x / 12), Math.round(y / 12)]
    const bin = bins.get(`${bx},${by}`) ?? { x: bx * 12, y: by * 12, mass: 0 }
    bin.mass += mass
    all += mass
    bins.set(`${bx},${by}`, bin)
  })
  const list = [...bins.values()].toSorted((a, b) => b.mass - a.mass)
  let best: Guess = { at: places[0] ?? [0, 0], sure: 0 }
  for (const from of list.slice(0, 60))
    for (const [dx, dy] of [
      [0, 0],
      [30, 0],
      [-30, 0],
      [0, 30],
      [0, -30],
    ] as const) {
      let mass = 0
      for (const bin of list) if (Math.hypot(bin.x - from.x - dx, bin.y - from.y - dy) <= 46) mass += bin.mass
      if (mass / all > best.sure) best = { at: [from.x + dx, from.y + dy], sure: mass / all }
    }
  return best
}

/** Walks that begin at home: of those that begin elsewhere an attacker knows, because their owner says so often enough. */
export const isFromHome = ({ kind }: Walk): boolean => kind !== 'away'
