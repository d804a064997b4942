import { type Guess, housesInDong, isFromHome, mostLikely } from './belief.ts'
import { findByCard, findByCircle } from './canary.ts'
import { type Drawn, drawAll, LATTICE_M } from './drawn.ts'
import { distance, randomFrom, type XY } from './geometry.ts'
import { meanWays } from './habits.ts'
import { attackHeat } from './heat.ts'
import { LineAttack, type Seen } from './lines.ts'
import { holeGuess, openedAfterMoving, openedMaps } from './opened.ts'
import { makeOwner, type Owner } from './owner.ts'
import { meetings } from './room.ts'
import { addFit, type Fit, streetsOf, type Streets } from './shapes.ts'
import { SimulatedWalks } from './simulated.ts'
import type { Kind, Place } from './world.ts'

/** What one attacker made of one home. */
export interface Result {
  readonly attacker: string
  /** Walks, maps or meetings that were seen. */
  readonly seen: number
  readonly error_m: number
  readonly sure: number
}
export interface AttackedHome {
  readonly results: readonly Result[]
  /** How likely a random house of the dong is within 50 m. */
  readonly blind: number
  /** Corners of each walk's sketch, 0 where it has none. */
  readonly corners: readonly number[]
}

export const CARD = 'canary: cards with north above (A7)'
export const WITH_DISTANCE = 'sketch and distance against simulated walks (A9)'
const DISTANCE = 'exact distance alone (A8)'
export const CIRCLE = 'canary: lines cut at 200 m (A0)'
/** A companion is told neither times nor length of the walk; whoever has another account as well sees both. */
export const SECOND_ACCOUNT = 'room, times and length by a second account (A2 + A3 + A6)'
export const AT_MEETUPS = 'live room of a meetup (A2)'
/** A second account of a stranger at meetups. */
export const STRANGERS_SECOND_ACCOUNT = 'meetup, times and length by a second account (A2 + A3 + A6)'
export const THREE_MONTHS = 60
const COUNTS = [1, 5, 20]
const HABITS = 4

type Found = (attacker: string, seen: number, guess: Guess) => void

/** All attackers on one home; or those that are quick, which still notice when shapes tell much more than they should. */
export async function attackHome(seed: number, kind: Kind, { isQuick = false } = {}): Promise<AttackedHome> {
  const owner = makeOwner(seed, kind, isQuick ? 20 : THREE_MONTHS)
  const results: Result[] = []
  const found: Found = (attacker, seen, { at, sure }) => results.push({ attacker, seen, error_m: distance(at, owner.home), sure })
  const houses = housesInDong(owner, 30)
  const streets = streetsOf(owner.world)
  const drawn = await drawAll(owner, `${kind}/${seed}`)
  const first20 = { ...owner, walks: owner.walks.slice(0, 20) }
  found(CIRCLE, 20, findByCircle(first20))
  found(CARD, 20, findByCard(first20, xyOf(houses), streets))
  attackFigures(owner, drawn, { seed, isQuick }, found)
  if (!isQuick) {
    attackShapes(xyOf(houses), streets, drawn, found)
    await attackHabits(seed, kind, results)
    attackLines(owner, houses, seed, found)
    attackHeat(seed, kind, found)
  }
  const random = Math.floor(randomFrom(seed)() * houses.length)
  found('a random house of the dong', 0, { at: houses[random]!.xy, sure: 0 })
  return {
    results,
    blind: houses.filter(({ xy }) => distance(xy, owner.home) <= 50).length / houses.length,
    corners: drawn.map((one) => one?.sketch.length ?? 0),
  }
}

const xyOf = (houses: readonly Place[]): XY[] => houses.map(({ xy }) => xy)

function attackShapes(houses: readonly XY[], streets: Streets, drawn: readonly (Drawn | null)[], found: Found): void {
  const ways: readonly [string, (one: Drawn) => { points: readonly XY[]; fit: Fit }][] = [
    ['sketches: the line on streets (A7)', ({ path }) => ({ points: path, fit: { turns: 90, spread_m: LATTICE_M / 10, worth: 8 } })],
    ['sketches: corners on streets (A7)', ({ corners }) => ({ points: corners, fit: { turns: 90, spread_m: LATTICE_M / 6, worth: corners.length } })], // prettier-ignore
  ]
  for (const [name, partOf] of ways) {
    const logs = new Float64Array(houses.length)
    drawn.slice(0, 20).forEach((one, k) => {
      if (one && isFromHome(one.walk)) {
        const { points, fit } = partOf(one)
        addFit(logs, houses, streets, points, fit)
      }
      if (COUNTS.includes(k + 1)) found(name, k + 1, mostLikely(houses, logs))
    })
  }
}

function attackFigures(
  owner: Owner,
  drawn: readonly (Drawn | null)[],
  { seed, isQuick }: { seed: number; isQuick: boolean },
  found: Found,
): void {
  const places = housesInDong(owner, 40)
  const houses = xyOf(places)
  const simulated = new SimulatedWalks(owner, places, seed)
  for (const name of isQuick ? [WITH_DISTANCE] : [WITH_DISTANCE, DISTANCE]) {
    const logs = new Float64Array(houses.length)
    owner.walks.forEach((walk, k) => {
      if (isFromHome(walk)) simulated.add(logs, walk, name === WITH_DISTANCE ? drawn[k]! : null)
      if ([...COUNTS, THREE_MONTHS].includes(k + 1)) found(name, k + 1, mostLikely(houses, logs))
    })
  }
  if (isQuick) return
  const totals = new Float64Array(houses.length)
  for (let k = 0; k < owner.walks.length; k += 5) simulated.addTotal(totals, owner.walks.slice(k, k + 5))
  found('weekly totals (A5)', THREE_MONTHS, mostLikely(houses, totals))
}

/** Somebody of habit walks four ways again and again. */
async function attackHabits(seed: number, kind: Kind, results: Result[]): Promise<void> {
  const owner = makeOwner(seed + 500_000, kind, 20, { habits: HABITS })
  const drawn = await drawAll(owner, `${kind}/${seed}/habits`)
  const houses = xyOf(housesInDong(owner, 30))
  const streets = streetsOf(owner.world)
  const logs = new Float64Array(houses.length)
  for (const { path } of meanWays(drawn.filter((one) => one !== null)))
    addFit(logs, houses, streets, path, { turns: 240, spread_m: 15, worth: 12 })
  const { at, sure } = mostLikely(houses, logs)
  results.push({ attacker: 'sketches of four habitual ways, averaged (A10)', seen: 20, error_m: distance(at, owner.home), sure })
}

function attackLines(owner: Owner, houses: readonly Place[], seed: number, found: Found): void {
  const lines = (seen: readonly Seen[]) => new LineAttack(owner.world, houses, seen)
  const room = lines(meetings(owner, 20, 'invitation'))
  for (const n of [1, 20]) {
    found('live room (A2)', n, room.guess(n, {}))
    found(SECOND_ACCOUNT, n, room.guess(n, { times: true, distance: true }))
  }
  for (const count of [5, 10, 20, 60])
    found('opened maps: the hole they leave', count, holeGuess(openedMaps(owner, count, seed), xyOf(houses)))
  const moved = lines(openedAfterMoving(owner))
  for (const n of [1, 2]) found('first maps from a new home (A2)', n, moved.guess(n, { times: true }))
  const meetup = lines(meetings(owner, 20, 'meetup'))
  for (const n of [1, 20]) {
    found(AT_MEETUPS, n, meetup.guess(n, {}))
    found(STRANGERS_SECOND_ACCOUNT, n, meetup.guess(n, { times: true, distance: true }))
  }
}
