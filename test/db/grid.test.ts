import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cellOf, cellsTouching, metresToCell, toGrid } from '../../src/core/grid.ts'
import { createTestDeps } from '../support/api.ts'

const inKorea = fc.record({ lat: fc.double({ min: 33, max: 43, noNaN: true }), lng: fc.double({ min: 124, max: 132, noNaN: true }) })
const inReach = fc.record({ lat: fc.double({ min: -85, max: 85, noNaN: true }), lng: fc.double({ min: 107.6, max: 147.4, noNaN: true }) })

it('a position lies where PostGIS puts it, to a decimetre in Korea and to a metre where the grid ends', async () => {
  const given = [...fc.sample(inKorea, 2_000), ...fc.sample(inReach, 500)]
  const { rows } = await createTestDeps().db.execute<{ x: number; y: number }>(`
    SELECT ST_X(there) AS x, ST_Y(there) AS y
    FROM json_to_recordset('${JSON.stringify(given.map((place, n) => ({ n, ...place })))}') AS given (n int, lat float8, lng float8)
    CROSS JOIN LATERAL ST_Transform(ST_SetSRID(ST_MakePoint(lng, lat), 4326), 5179) AS there
    ORDER BY n`)
  const apart = given.map((place, n) => Math.hypot(toGrid(place)!.x - rows[n]!.x, toGrid(place)!.y - rows[n]!.y))
  expect(Math.max(...apart.slice(0, 2_000))).toBeLessThan(0.1)
  expect(Math.max(...apart)).toBeLessThan(1)
})

it('the database puts it there as well, to a millimetre', async () => {
  const given = [...fc.sample(inKorea, 500), ...fc.sample(inReach, 100)]
  const { rows } = await createTestDeps().db.execute<{ x: number; y: number }>(`
    SELECT there.x, there.y
    FROM json_to_recordset('${JSON.stringify(given.map((place, n) => ({ n, ...place })))}') AS given (n int, lat float8, lng float8)
    CROSS JOIN LATERAL to_grid(lat, lng) AS there
    ORDER BY n`)
  const apart = given.map((place, n) => Math.hypot(toGrid(place)!.x - rows[n]!.x, toGrid(place)!.y - rows[n]!.y))
  expect(Math.max(...apart)).toBeLessThan(0.001)
})

it('no place of this earth is too much for the database: it is on the grid, or it is left out', async () => {
  const there = [0, 1e-300, -1e-12, 37.5, 89.999_999_999_99, -89.999_999_999_99].flatMap((lat) =>
    [127.5, 107.6, 147.4, 37.5, -142.5, 180, -180].map((lng) => ({ lat, lng })),
  )
  const line = ({ lat, lng }: (typeof there)[number]) => `ST_GeomFromText('MULTILINESTRING((${lng} ${lat}, ${lng} ${lat}))', 4326)`
  const { rows } = await createTestDeps().db.execute<{ ends: number }>(
    there.map((place) => `SELECT (SELECT count(*) FROM ends_on_grid(${line(place)}))::int AS ends`).join(' UNION ALL '),
  )
  expect(rows.map(({ ends }) => ends)).toEqual(there.map(({ lng }) => (Math.abs(lng - 127.5) <= 20 ? 2 : 0)))
})

it('there is no grid far from Korea', () => {
  for (const place of [
    { lat: 40.7, lng: -74 },
    { lat: 51.5, lng: 0 },
    { lat: 90, lng: 127.5 },
    { lat: 0, lng: 180 },
  ]) {
    const point = toGrid(place)
    expect(point === null || Number.isFinite(point.x + point.y)).toBe(true)
    if (Math.abs(place.lng - 127.5) > 20) expect(point).toBeNull()
  }
})

it('a point lies in its own cell, and as far from another as its nearest border', () => {
  const point = { x: 956_250, y: 1_944_630 }
  expect(cellOf(point)).toEqual([1_912, 3_889])
  expect(metresToCell(point, [1_912, 3_889])).toBe(0)
  expect(metresToCell(point, [1_913, 3_889])).toBe(250)
  expect(metresToCell(point, [1_911, 3_888])).toBeCloseTo(Math.hypot(250, 130))
})

it('a circle touches the cells of all places in it, and no others', () => {
  fc.assert(
    fc.property(inKorea, fc.integer({ min: 100, max: 500 }), fc.double({ min: 0, max: 6.28, noNaN: true }), (center, radiusM, angle) => {
      const cells = cellsTouching(center, radiusM)
      const middle = toGrid(center)!
      const edge = cellOf({ x: middle.x + 0.99 * radiusM * Math.cos(angle), y: middle.y + 0.99 * radiusM * Math.sin(angle) })
      expect(cells).toContainEqual(edge)
      for (const cell of cells) expect(metresToCell(middle, cell)).toBeLessThanOrEqual(radiusM)
    }),
  )
})
