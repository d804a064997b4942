import { type Guess, mostLikely } from './belief.ts'
import { randomFrom, type XY } from './geometry.ts'
import type { Seen } from './lines.ts'
import type { Owner } from './owner.ts'
import { cellOf, mayBeOpened, openedLine, outsideOfSquare, SQUARE_M, squareOf, type UsedCell } from './rules.ts'

/** People drive to walk, to places that grow rarer with the distance. */
const DRIVE_M = 2_500
const FAR_M = 2_000
const WAIT_DAYS = 14

/** So many maps, all that their owner may open, and where they begin to count on the grid of the country. */
export interface Opened {
  readonly maps: readonly (readonly XY[])[]
  readonly origin: XY
}

/** Rings of 400 to 1,600 m all around. */
export function openedMaps({ home, door }: Owner, count: number, seed: number): Opened {
  const random = randomFrom(seed)
  const origin: XY = [SQUARE_M * random(), SQUARE_M * random()]
  const onGrid = ([x, y]: XY): XY => [x + origin[0], y + origin[1]]
  const cells: UsedCell[] = [{ ...cellOf(onGrid(door.xy)), days: 30 }]
  const maps: XY[][] = []
  while (maps.length < count) {
    const [away, angle] = [-DRIVE_M * Math.log(1 - random()), 2 * Math.PI * random()]
    const centre: XY = [home[0] + away * Math.cos(angle), home[1] + away * Math.sin(angle)]
    const radius = 64 + 190 * random()
    const around = (share: number): XY => [
      centre[0] + radius * Math.cos(2 * Math.PI * share),
      centre[1] + radius * Math.sin(2 * Math.PI * share),
    ]
    const track = Array.from({ length: 121 }, (_, i) => around(i / 120))
    const line = mayBeOpened(track.map(onGrid), cells, 30) ? openedLine(track) : []
    if (line.length > 0) maps.push(line)
  }
  return { maps, origin }
}

/** The hole: nothing is ever opened within 2 km of the home's square, and most lies as near as may be. */
export function holeGuess({ maps, origin }: Opened, houses: readonly XY[]): Guess {
  const middles = maps.map((line) => line[line.length >> 1]!)
  const bySquare = new Map<string, number>()
  const isFar = (square: { x: number; y: number }) =>
    maps.every((line) => line.every(([x, y]) => outsideOfSquare([x + origin[0], y + origin[1]], square) >= FAR_M))
  const logs = houses.map((house) => {
    const square = squareOf(cellOf([house[0] + origin[0], house[1] + origin[1]]))
    const key = `${square.x},${square.y}`
    const isPossible = bySquare.get(key) ?? (isFar(square) ? 0 : -50)
    bySquare.set(key, isPossible)
    return middles.reduce((sum, [x, y]) => sum - Math.hypot(x - house[0], y - house[1]) / DRIVE_M, isPossible)
  })
  return mostLikely(houses, logs)
}

/** Somebody has moved, and opens their first walks from the new home as soon as they may: a fortnight later, when they have walked there on other days. */
export function openedAfterMoving({ walks, home, door }: Owner): Seen[] {
  const known: UsedCell[] = [
    { ...cellOf([home[0] + 30_000, home[1]]), days: 200 },
    { ...cellOf(door.xy), days: WAIT_DAYS },
  ]
  return walks
    .filter(({ kind }) => kind === 'home')
    .slice(0, 2)
    .map(({ track }) => {
      const line = mayBeOpened(track, known, 200) ? openedLine(track) : []
      if (line.length < 10) return { ends: [], hidden_m: null }
      // Where the line ends nothing else could have been shown: what is left is that the door is 200 m farther along some street.
      const end = (inwards: readonly XY[]) => ({ line: inwards, timed_m: 200, isHidden: () => false })
      return { ends: [end(line), end(line.toReversed())], hidden_m: 400 }
    })
}
