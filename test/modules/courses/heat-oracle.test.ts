import { sql } from 'drizzle-orm'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { metresToCell } from '../../../src/core/grid.ts'
import { createTestDeps } from '../../support/api.ts'
import { cellsOf, freshGround, giveWays, homeAround, jitterOf, makePeople, night, type Way } from '../../support/heat.ts'
import { type GridXY, type ModelWalk, publishedCells } from '../../support/heat-model.ts'
import { listRows } from '../../support/rows.ts'

const { db } = createTestDeps()
const DAYS = 400

/** A town: people with a home each, who walk along some of its streets, some in rooms. Homes lie away from the streets, and sometimes beside them. */
const towns = fc.record({
  homes: fc.array(fc.record({ angle: fc.double({ min: 0, max: 6.28, noNaN: true }), away: fc.integer({ min: 1_000, max: 3_500 }) }), { minLength: 6, maxLength: 16 }), // prettier-ignore
  streets: fc.array(fc.tuple(fc.integer({ min: 0, max: 1_500 }), fc.integer({ min: 0, max: 1_500 }), fc.double({ min: 0, max: 6.28, noNaN: true })), { minLength: 1, maxLength: 3 }), // prettier-ignore
  walks: fc.array(
    fc.record({ who: fc.nat(), street: fc.nat(), daysAgo: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 6 }) }, { weight: 1, arbitrary: fc.integer({ min: 340, max: DAYS }) }), room: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) }) }), // prettier-ignore
    { minLength: 15, maxLength: 60 },
  ),
})
type Town = typeof towns extends fc.Arbitrary<infer T> ? T : never

/** The ways of a town, around the middle of a ground. Whoever was in a room has walked with everybody else of it. */
function waysOf({ homes, streets, walks }: Town, people: readonly string[], [x0, y0]: GridXY): (Way & { room: number })[] {
  const middle: GridXY = [x0 + 5_500.37, y0 + 5_500.71]
  const rooms = Map.groupBy(walks.filter(({ room }) => room > 0), ({ room }) => room) // prettier-ignore
  return walks.map(({ who, street, daysAgo, room }) => {
    const n = who % homes.length
    const { angle, away } = homes[n]!
    const home: GridXY = [middle[0] + away * Math.cos(angle), middle[1] + away * Math.sin(angle)]
    const [x, y, turn] = streets[street % streets.length]!
    const from: GridXY = [middle[0] - 750 + x, middle[1] - 750 + y]
    const to: GridXY = [from[0] + 700 * Math.cos(turn), from[1] + 700 * Math.sin(turn)]
    const others = new Set((rooms.get(room) ?? []).map((walk) => people[walk.who % homes.length]!))
    others.delete(people[n]!)
    return { user: people[n]!, path: [home, from, to, home], daysAgo, together: [...others], room }
  })
}

async function modelOf(ways: readonly (Way & { room: number })[], today: number) {
  const cells = await listRows<{ user_id: string; cell_x: number; cell_y: number }>(sql`
    SELECT user_id, cell_x, cell_y FROM hidden_areas WHERE user_id = ANY (${`{${ways.map(({ user }) => user).join(',')}}`}::uuid[])`)
  const hidden = new Map([...Map.groupBy(cells, ({ user_id }) => user_id)].map(([id, areas]) => [id, areas.map(({ cell_x, cell_y }): GridXY => [cell_x, cell_y])])) // prettier-ignore
  const walks = ways.map(({ user, path, daysAgo, room }): ModelWalk => ({ person: user, day: today - daysAgo, path, ...(room > 0 && daysAgo < 365 && { rooms: [`${room}`] }) })) // prettier-ignore
  const jitters = new Map<string, number>()
  // Who has walked together are one, whoever counts: it is asked of all cells that anybody passes.
  const all = publishedCells({ today, walks, hidden, jitter: () => 0 })
  for (const cell of all.keys()) {
    const [x, y] = cell.split(',').map(Number) as [number, number]
    jitters.set(cell, await jitterOf(x, y))
  }
  return publishedCells({ today, walks, hidden, jitter: (x, y) => jitters.get(`${x},${y}`) ?? 0 })
}

it('a night publishes what the rules say, in towns of any kind', async () => {
  let published = 0
  await fc.assert(
    fc.asyncProperty(towns, async (town) => {
      const ground = freshGround()
      const people = await makePeople(town.homes.length, { ageDays: 600 })
      const ways = waysOf(town, people, ground)
      await giveWays(ways)
      await night()
      const cells = await cellsOf(ground)
      expect(cells).toEqual(await modelOf(ways, 0))
      published += cells.size
    }),
    { numRuns: 24 },
  )
  expect(published).toBeGreaterThan(20)
})

it('no point that counts lies within 400 m of a hidden cell, nor within 200 m along the way of an end', async () => {
  let shown = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.double({ min: 0, max: 8_000, noNaN: true }), fc.double({ min: 0, max: 8_000, noNaN: true })), {
        minLength: 2,
        maxLength: 12,
      }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 16 }), fc.integer({ min: 0, max: 16 })), { maxLength: 6 }),
      async (corners, cells) => {
        const [x0, y0] = freshGround()
        const [user] = await makePeople(1)
        const path = corners.map(([x, y]): GridXY => [x0 + x, y0 + y])
        const [id] = await giveWays([{ user: user!, path, daysAgo: 1 }])
        const [left, low] = [Math.floor(x0 / 500), Math.floor(y0 / 500)]
        for (const [x, y] of cells)
          await db.execute(sql`
            INSERT INTO hidden_areas VALUES (${user!}, ${left + x}, ${low + y}, now(), now(), 1) ON CONFLICT DO NOTHING`)
        const hidden = await listRows(sql`SELECT cell_x, cell_y FROM hidden_areas WHERE user_id = ${user!}`)
        const points = await listRows<{ piece: number; x: number; y: number }>(sql`SELECT * FROM shown_line(${id!})`)
        for (const [i, point] of points.entries()) {
          for (const { cell_x, cell_y } of hidden) {
            expect(metresToCell(point, [cell_x, cell_y])).toBeGreaterThan(399.99)
            const next = points[i + 1]
            // Neither does the way from one point to the next.
            if (next?.piece === point.piece) expect(metresToCell({ x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 }, [cell_x, cell_y])).toBeGreaterThan(399.99) // prettier-ignore
          }
          const next = points[i + 1]
          if (next?.piece === point.piece) expect(Math.hypot(next.x - point.x, next.y - point.y)).toBeLessThanOrEqual(16.001)
        }
        // It leaves nothing out that it need not.
        const length = path.slice(1).reduce((sum, at, i) => sum + Math.hypot(at[0] - path[i]![0], at[1] - path[i]![1]), 0)
        if (length < 400) expect(points).toEqual([])
        shown += points.length
      },
    ),
    { numRuns: 60 },
  )
  expect(shown).toBeGreaterThan(1_000)
})

it('computing all tiles from nothing gives what the nights have left, after any history', async () => {
  const changes = fc.array(
    fc.record({ what: fc.constantFrom('walk', 'delete', 'restore', 'unshare', 'share', 'zone', 'opt_out', 'opt_in', 'suspend', 'night'), who: fc.nat(), n: fc.nat() }), // prettier-ignore
    { minLength: 5, maxLength: 15 },
  )
  await fc.assert(
    fc.asyncProperty(towns, changes, async (town, history) => {
      const ground = freshGround()
      const people = await makePeople(town.homes.length, { ageDays: 600 })
      const ways = waysOf(town, people, ground)
      await giveWays(ways)
      await night()
      for (const { what, who, n } of history) {
        const user = people[who % people.length]!
        const some = sql`user_id = ${user} AND abs(hashtext(id::text)) % 3 = ${n % 3}`
        if (what === 'walk') await giveWays([{ ...ways[n % ways.length]!, user, daysAgo: 2 }])
        if (what === 'delete') await db.execute(sql`UPDATE walks SET deleted_at = now() WHERE ${some}`)
        if (what === 'restore') await db.execute(sql`UPDATE walks SET deleted_at = NULL WHERE ${some}`)
        if (what === 'delete' || what === 'restore') await db.execute(sql`SELECT fold_hidden_areas(id) FROM walks WHERE user_id = ${user}`)
        if (what === 'unshare') await db.execute(sql`UPDATE walks SET shared_to_feed = false WHERE ${some}`)
        if (what === 'share') await db.execute(sql`UPDATE walks SET shared_to_feed = true WHERE ${some}`)
        if (what === 'zone') {
          await db.execute(sql`
            UPDATE users
            SET privacy_zone_radius_m = 300,
                privacy_zone_center = (SELECT ST_Force2D(ST_LineInterpolatePoint(ST_GeometryN(line, 1), 0.5))::geography FROM walks WHERE user_id = ${user} LIMIT 1)
            WHERE id = ${user} AND EXISTS (SELECT FROM walks WHERE user_id = ${user})`)
        }
        if (what === 'opt_out') await db.execute(sql`UPDATE users SET settings = '{"contribute_to_heatmap": false}' WHERE id = ${user}`)
        if (what === 'opt_in') await db.execute(sql`UPDATE users SET settings = '{}' WHERE id = ${user}`)
        if (what === 'suspend') await db.execute(sql`UPDATE users SET suspended_until = '2030-01-01' WHERE id = ${user}`)
        if (what === 'night') await night()
      }
      await night()
      const left = await cellsOf(ground)
      const all = `{${people.join(',')}}`
      const tiles = await listRows(sql`SELECT count(*)::int AS ways FROM heat_ways WHERE user_id = ANY (${all}::uuid[])`)
      // From nothing: no ways, no tiles, and every walk changed.
      await db.execute(sql`DELETE FROM heat_ways WHERE user_id = ANY (${all}::uuid[])`)
      await db.execute(sql`DELETE FROM heat_company WHERE user_id = ANY (${all}::uuid[])`)
      await db.execute(sql`
        DELETE FROM heat_tiles
        WHERE tile_x BETWEEN ${ground[0] / 1_024}::int AND ${ground[0] / 1_024 + 11}::int AND tile_y BETWEEN ${ground[1] / 1_024}::int AND ${ground[1] / 1_024 + 11}::int`)
      await db.execute(sql`INSERT INTO heat_changes (user_id, walk_id) SELECT user_id, id FROM walks WHERE user_id = ANY (${all}::uuid[])`)
      await night()
      expect(await cellsOf(ground)).toEqual(left)
      expect(await listRows(sql`SELECT count(*)::int AS ways FROM heat_ways WHERE user_id = ANY (${all}::uuid[])`)).toEqual(tiles)
    }),
    { numRuns: 12 },
  )
})

it('the difference of two nights shows no way of whoever went, where enough others remain', async () => {
  const ground = freshGround()
  const [x, y] = [ground[0] + 5_000.3, ground[1] + 5_000.9]
  const people = await makePeople(9)
  const path = (n: number): GridXY[] => {
    const home = homeAround([x, y], n, 9)
    return [home, [x - 400, y], [x + 400, y], home]
  }
  const ids = await giveWays(people.flatMap((user, n) => [1, 2, 3].map((daysAgo) => ({ user, path: path(n), daysAgo }))))
  await night()
  const before = await cellsOf(ground)
  expect(before.size).toBeGreaterThan(20)
  // One of nine deletes all: eight remain on the street.
  await db.execute(sql`UPDATE walks SET deleted_at = now() WHERE id = ANY (${`{${ids.slice(0, 3).join(',')}}`}::uuid[])`)
  await night()
  const after = await cellsOf(ground)
  // Cells where homes come together may go. On the street nothing does.
  const gone = [...before.keys()].filter((cell) => !after.has(cell))
  for (const cell of gone) {
    const [cx, cy] = cell.split(',').map(Number) as [number, number]
    expect(
      Math.min(Math.hypot(cx * 32 + 16 - (x - 400), cy * 32 + 16 - y), Math.hypot(cx * 32 + 16 - (x + 400), cy * 32 + 16 - y)),
    ).toBeLessThan(150)
  }
  for (const [cell, band] of after) expect(before.get(cell)).toBe(band)
})
