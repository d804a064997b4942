import fc from 'fast-check'
import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { cellOf, metresToCell, toGrid } from '../../../src/core/grid.ts'
import { METRES_PER_DEGREE } from '../../../src/core/geo.ts'
import { seoulDate } from '../../../src/core/time.ts'
import { purgeWalks } from '../../../src/modules/walks/jobs.ts'
import { createTestDeps } from '../../support/api.ts'
import { daysBefore, giveWalks } from '../../support/facts.ts'
import { signUp } from '../../support/login.ts'
import { runTask } from '../../support/tasks.ts'
import { addPet, walk } from '../../support/walks.ts'

const { db } = createTestDeps()
type Person = Awaited<ReturnType<typeof signUp>>

interface Area {
  readonly cell_x: number
  readonly cell_y: number
  readonly last_used_on: string
  readonly days_used: number
  readonly first_ms: number
}
const areasOf = async ({ user }: Person): Promise<Area[]> =>
  (
    await db.execute<Area & Record<string, unknown>>(sql`
      SELECT cell_x, cell_y, last_used_on::text AS last_used_on, days_used, (extract(epoch FROM first_used_at) * 1000)::float8 AS first_ms
      FROM hidden_areas
      WHERE user_id = ${user.user_id}
      ORDER BY cell_x, cell_y`)
  ).rows
/** The first and last positions of all valid walks, by their day. */
const endsOf = async ({ user }: Person) =>
  (
    await db.execute<{ started_at: string; from: string; to: string }>(sql`
      SELECT started_at::text AS started_at, ST_AsGeoJSON(ST_StartPoint(ST_GeometryN(line, 1))) AS "from",
             ST_AsGeoJSON(ST_EndPoint(ST_GeometryN(line, ST_NumGeometries(line)))) AS "to"
      FROM walks
      WHERE user_id = ${user.user_id} AND is_valid AND deleted_at IS NULL`)
  ).rows.map(({ started_at, from, to }) => ({
    day: seoulDate(new Date(started_at)),
    points: [from, to].map((text) => {
      const [lng, lat] = JSON.parse(text).coordinates
      return toGrid({ lat, lng })!
    }),
  }))

it('completing a walk notes the cells in which it starts and ends, and deleting it forgets them until it is restored', async () => {
  const owner = await signUp()
  const { id, json } = await walk(owner, [await addPet(owner)])
  expect(json.valid).toBe(true)
  const [ends] = await endsOf(owner)
  const areas = await areasOf(owner)
  for (const point of ends!.points)
    expect(areas.map(({ cell_x, cell_y }) => metresToCell(point, [cell_x, cell_y])).toSorted()[0]).toBeLessThanOrEqual(100)
  expect(areas.map(({ cell_x, cell_y }) => [cell_x, cell_y])).toContainEqual(cellOf(ends!.points[0]!))
  expect(areas.map(({ days_used, last_used_on }) => ({ days_used, last_used_on }))).toEqual(
    areas.map(() => ({ days_used: 1, last_used_on: ends!.day })),
  )
  await owner.delete(`/walks/${id}`)
  expect(await areasOf(owner)).toEqual([])
  await owner.post(`/walks/${id}/restore`)
  expect(await areasOf(owner)).toEqual(areas)
})

it('a walk far from Korea has none', async () => {
  const owner = await signUp()
  await giveWalks(owner, [{ started_at: new Date('2026-05-01T03:00:00Z'), lat: 40.7, lng: -74 }])
  expect(await areasOf(owner)).toEqual([])
})

describe('a start near a cell that is used', () => {
  // Where a cell ends is found by search.
  const atMetres = (east: number) => ({ lat: 37.5, lng: 127.03 + east / (METRES_PER_DEGREE * Math.cos((37.5 * Math.PI) / 180)) })
  const [cellX] = cellOf(toGrid(atMetres(0))!)
  const border = Array.from({ length: 501 }, (_, east) => east).find((east) => cellOf(toGrid(atMetres(east))!)[0] !== cellX)!

  it.each([
    [90, 1],
    [110, 2],
  ])('%i m beyond its border makes %i cell(s) in a row', async (beyond, count) => {
    const owner = await signUp()
    await giveWalks(owner, [
      { started_at: new Date('2026-05-01T03:00:00Z'), ...atMetres(border - 20) },
      { started_at: new Date('2026-05-02T03:00:00Z'), ...atMetres(border + beyond) },
    ])
    const areas = await areasOf(owner)
    expect(new Set(areas.map(({ cell_x }) => cell_x)).size).toBe(count)
    if (count === 1) expect(areas.map(({ days_used, last_used_on }) => [days_used, last_used_on])).toContainEqual([2, '2026-05-02'])
  })
})

it(
  'whatever comes, goes and comes back, every end lies in a used cell or within 100 m of it, and no cell is left over',
  { timeout: 300_000 },
  async () => {
    const change = fc.record({ walk: fc.nat(9), isThere: fc.boolean() })
    const starts = fc.array(fc.record({ north: fc.integer({ min: -900, max: 900 }), day: fc.nat(6) }), { minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(starts, fc.array(change, { maxLength: 8 }), async (walks, changes) => {
        const owner = await signUp()
        const ids = await giveWalks(
          owner,
          walks.map(({ north, day }, n) => ({
            started_at: new Date(Date.UTC(2026, 4, 1 + day, 3, n)),
            lat: 37.5 + north / METRES_PER_DEGREE,
            lng: 127.03,
          })),
        )
        for (const { walk: n, isThere } of changes) {
          const id = ids[n % ids.length]!
          await db.execute(sql`UPDATE walks SET deleted_at = ${isThere ? null : '2026-06-01'}::timestamptz WHERE id = ${id}`)
          await db.execute(sql`SELECT fold_walk(${id}::uuid)`)
        }
        const [areas, ends] = [await areasOf(owner), await endsOf(owner)]
        const isNear = ({ cell_x, cell_y }: Area, point: { x: number; y: number }) => metresToCell(point, [cell_x, cell_y]) <= 100
        for (const { points } of ends) for (const point of points) expect(areas.some((area) => isNear(area, point))).toBe(true)
        for (const area of areas) {
          const days = ends.filter(({ points }) => points.some((point) => isNear(area, point))).map(({ day }) => day)
          expect(days).toContain(area.last_used_on)
          expect(area.days_used).toBeGreaterThanOrEqual(1)
          expect(area.days_used).toBeLessThanOrEqual(new Set(days).size)
        }
        const { rows } = await db.execute<{ count: number }>(sql`
        SELECT count(*)::int AS count
        FROM (SELECT user_id, cell_x, cell_y, min(started_at), max(seoul_day(started_at)), count(DISTINCT seoul_day(started_at))::int
              FROM walk_ends WHERE user_id = ${owner.user.user_id} GROUP BY 1, 2, 3
              EXCEPT SELECT user_id, cell_x, cell_y, first_used_at, last_used_on, days_used FROM hidden_areas) AS missing`)
        expect(rows[0]!.count).toBe(0)
      }),
      { numRuns: 25 },
    )
  },
)

it('a cell is forgotten a year after its last use, and the walks stay', async () => {
  const owner = await signUp()
  const now = new Date()
  await giveWalks(owner, [
    { started_at: daysBefore(now, 370), lat: 37.4 },
    { started_at: daysBefore(now, 360), lat: 37.6 },
  ])
  const before = await areasOf(owner)
  await runTask(purgeWalks, now)
  const after = await areasOf(owner)
  expect(after.length).toBeLessThan(before.length)
  expect(new Set(after.map(({ last_used_on }) => last_used_on))).toEqual(new Set([seoulDate(daysBefore(now, 360))]))
  const { rows } = await db.execute(
    sql`SELECT 1 FROM walk_ends WHERE user_id = ${owner.user.user_id} AND started_at < ${daysBefore(now, 366).toISOString()}`,
  )
  expect(rows).toEqual([])
  expect(await endsOf(owner)).toHaveLength(2)
})

it('the walks that stood before are noted by the migration', async () => {
  const { default: backfill } = await import('../../../migrations/after/0019_hidden_areas_of_earlier_walks.sql?raw')
  const owner = await signUp()
  await giveWalks(
    owner,
    [1, 1, 2].map((day, n) => ({ started_at: new Date(Date.UTC(2026, 4, day, 3, n)), lat: 37.5, lng: 127.03 })),
  )
  const folded = await areasOf(owner)
  await db.execute(sql`DELETE FROM walk_ends WHERE user_id = ${owner.user.user_id}`)
  await db.execute(sql`DELETE FROM hidden_areas WHERE user_id = ${owner.user.user_id}`)
  for (const statement of backfill.split(';\n').filter((it) => /INSERT/.test(it))) await db.execute(statement)
  expect(await areasOf(owner)).toEqual(folded)
})
