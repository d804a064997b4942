import { makeWalk } from '../tracks.ts'
import { wayThrough } from '../motion.ts'
import type { Domain } from './town.ts'
import { walkAct } from './walks.ts'

/** Along the Han below 잠실대교, where a stop of the metro brings everybody, and past 뚝섬한강공원, which is in the middle of the way. Far from homes, so that the middle counts. */
const BANK = { lat: 37.5262, lng: 127.0893 }
const WAY: readonly (readonly [east_m: number, north_m: number])[] = [
  [0, 0],
  [-900, 200],
  [-1_700, 400],
  [-2_600, 650],
  [-3_400, 850],
]
const EVERY_DAYS = 18

/** Every third week a dozen neighbours walk along the river and share it, each on another day. They make a heat map, and a course. */
export const riverside: Domain = (town, day) =>
  town
    .settled(day)
    .filter(({ number }) => number % 5 === 2 && (day.index + number) % EVERY_DAYS === 7)
    .map((owner) => {
      const random = town.random('riverside', owner.number, day.date)
      const { track } = makeWalk(Math.floor(random.next() * 2 ** 31), {
        is_hard: false,
        origin: BANK,
        way: wayThrough(WAY),
        pace_mps: 1.15 + 0.2 * random.next(),
        start_ms: day.at(13.2).getTime(),
      })
      return walkAct(town, owner, { id: town.id('riverside', owner.number, day.date), track, is_shared: true })
    })
