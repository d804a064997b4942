import type { RoomKind } from '../../../src/modules/rooms/room-state.ts'
import { distance, gauss, lengthOf, oneOf, type XY } from './geometry.ts'
import type { End, Seen } from './lines.ts'
import { seenLive } from './live.ts'
import { type Owner, placeAround, record, wayThrough } from './owner.ts'
import { nodePlace, type Place } from './world.ts'

const STEP_M = 6

/** What a companion sees of meetings, or a stranger of meetups: the owner walks to an agreed place, both go round together, and each goes home. */
export function meetings(owner: Owner, count: number, kind: RoomKind): Seen[] {
  const { world, home } = owner
  const [least, most] = world.kind === 'city' ? ([300, 1_100] as const) : ([400, 1_400] as const)
  const parks = world.parks.filter((n) => distance(world.nodes[n]!, home) > least && distance(world.nodes[n]!, home) < most).slice(0, 3)
  const places = parks.length > 0 ? parks.map((n) => nodePlace(world, n)) : [placeAround(world, home, [least, most])]
  const origin: XY = [500 * world.random(), 500 * world.random()]
  const seen: Seen[] = []
  while (seen.length < count) {
    const one = meeting(owner, oneOf(places, world.random), placeAround(world, home, [least * 0.6, most]), { kind, origin })
    if (one) seen.push(one)
  }
  return seen
}

function meeting(
  { world, home, door, pace_mps }: Owner,
  place: Place,
  stop: Place,
  { kind, origin }: { kind: RoomKind; origin: XY },
): Seen | null {
  const { random } = world
  const [there, together, back] = [
    [door, place],
    [place, stop, place],
    [place, door],
  ].map((places) => wayThrough(world, places))
  if (!there || !together || !back) return null
  const line = [home, ...there, ...together, ...back, home]
  const track = record(random, line, 15 * random(), lengthOf(line) - 15 * random())
  const [metAt, partedAt] = [lengthOf([home, ...there]), lengthOf([home, ...there, ...together])].map((m) => Math.round(m! / STEP_M))
  const pace = pace_mps * (1 + 0.08 * gauss(random))
  // The companion waits at the place, goes along, and stays there in the end.
  const steps = track.map((at, i) => ({ owner: at, companion: i < metAt! || i > partedAt! ? place.xy : at }))
  const shown = seenLive(steps, { kind, place: place.xy, door: track[0]!, east: origin, stepMs: (1_000 * STEP_M) / pace })
  const first = shown.indexOf(true)
  const last = shown.lastIndexOf(true)
  if (first < 0 || last - first < 5) return { ends: [], hidden_m: null }
  // The pace is the walk's own, off by as much as between walks of one person; the walk's times are told to the minute.
  const timed = (steps: number) => steps * STEP_M * (1 + 0.08 * gauss(random)) + 60 * pace * (random() - 0.5)
  const piece = track.slice(first, last + 1)
  const end = (inwards: readonly XY[], hidden_m: number): End => {
    // To 50 m, so that ends of many meetings at one place share their exits.
    const radius = Math.max(100, 50 * Math.round(distance(inwards[0]!, place.xy) / 50))
    return { line: inwards, isHidden: (p) => distance(p, place.xy) > radius, timed_m: timed(hidden_m / STEP_M) }
  }
  return {
    ends: [end(piece, first * STEP_M), end(piece.toReversed(), (track.length - last) * STEP_M)],
    hidden_m: lengthOf(track) - lengthOf(piece),
  }
}
