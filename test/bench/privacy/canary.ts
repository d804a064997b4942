import simplify from 'simplify-js'
import { type Guess, isFromHome, mostLikely } from './belief.ts'
import { distance, resampled, type XY } from './geometry.ts'
import { circleThrough } from './lines.ts'
import type { Owner } from './owner.ts'
import { addFit, type Streets } from './shapes.ts'

/** The rule before: no line within 200 m of its own ends. An attacker that does not find these homes is broken. */
const CUT_M = 200
const CUT_POINTS = 33

function cutAt200(track: readonly XY[]): XY[] {
  const [first, last] = [track[0]!, track.at(-1)!]
  return track.slice(CUT_POINTS, -CUT_POINTS).filter((p) => distance(p, first) >= CUT_M && distance(p, last) >= CUT_M)
}

/** A0 on lines that were cut on a circle. */
export function findByCircle({ walks }: Owner): Guess {
  const ends = walks.map(({ track }) => cutAt200(track)).flatMap((line) => (line.length > 1 ? [line[0]!, line.at(-1)!] : []))
  return { at: circleThrough(ends.slice(0, 40), CUT_M) ?? [0, 0], sure: 1 }
}

/** A7 on cards that were drawn with north above. */
export function findByCard({ walks, home }: Owner, houses: readonly XY[], streets: Streets): Guess {
  const logs = new Float64Array(houses.length)
  for (const { track } of walks.filter(isFromHome)) {
    const shown = cutAt200(track)
    if (shown.length < 20) continue
    const line = simplify(shown.map(([x, y]) => ({ x, y })), 8, true) // prettier-ignore
    const path = resampled(line.map(({ x, y }): XY => [x - home[0], y - home[1]]), 48) // prettier-ignore
    addFit(logs, houses, streets, path, { turns: 1, spread_m: 8, worth: 8 })
  }
  return mostLikely(houses, logs)
}
