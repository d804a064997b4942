import { expect, it } from 'vitest'
import { randomFrom } from '../../bench/privacy/geometry.ts'
import { cellKey, type GridXY, type ModelWalk, publishedCells, shownPoints } from '../../support/heat-model.ts'

const TOWNS = 1_000
const NEAR_M = 300

/** The rules as test/support/heat-model.ts has them. That the database follows them is for heat-oracle.test.ts to say. */
it('a house walked from sixty times adds no cell within 300 m of it, in a thousand towns', () => {
  let published = 0
  for (let seed = 0; seed < TOWNS; seed++) {
    const random = randomFrom(seed)
    const kind = seed % 4 === 0 ? ('county' as const) : ('city' as const)
    const home: GridXY = [1_000_000 + 9_000 * random(), 1_900_000 + 9_000 * random()]
    const around = (away: number): GridXY => [home[0] + away * (2 * random() - 1), home[1] + away * (2 * random() - 1)]
    const streets = Array.from({ length: 3 }, () => [around(1_400), around(1_400)] as const)
    const walks: ModelWalk[] = []
    for (let k = 0; k < 60; k++) walks.push({ person: 'lone', day: -k, path: [home, around(1_800), ...streets[k % 3]!, home] })
    // Neighbours walk the same streets, and some go past the house.
    for (let n = 0; n < 7; n++) {
      const theirs = around(5_000)
      for (let k = 0; k < 3; k++) {
        const past = random() < 0.3 ? [around(150)] : []
        walks.push({ person: `n${n}`, day: -(n + 2 * k), path: [theirs, ...streets[k]!, ...past, theirs] })
      }
    }
    const hidden = new Map(
      [...Map.groupBy(walks, ({ person }) => person)].map(([person, own]) => [
        person,
        own.flatMap(({ path }) => [path[0]!, path.at(-1)!]).map(([x, y]): GridXY => [Math.floor(x / 500), Math.floor(y / 500)]),
      ]),
    )
    const isNear = (cell: string) => {
      const [x, y] = cell.split(',').map((n) => Number(n) * 32 + 16) as [number, number]
      return Math.hypot(x - home[0], y - home[1]) < NEAR_M
    }
    const own = walks.slice(0, 60).flatMap(({ path }) => shownPoints(path, hidden.get('lone')!, kind).map(cellKey))
    expect(own.some(isNear)).toBe(false)
    // What follows from it for the map is computed for some, because it takes longer.
    if (seed % 25 > 0) continue
    const town = { today: 0, hidden, jitter: () => 0, kind }
    const cells = publishedCells({ ...town, walks })
    const others = publishedCells({ ...town, walks: walks.filter(({ person }) => person !== 'lone') })
    for (const [cell, band] of cells) if (isNear(cell)) expect(others.get(cell)).toBe(band)
    published += cells.size
  }
  expect(published).toBeGreaterThan(100)
}, 300_000)
