import { expect, it } from 'vitest'
import { haversineM, type LatLng } from '../../src/core/geo.ts'
import { fromKoreanTm } from '../../src/core/korean-tm.ts'
import { toGrid } from '../../src/core/grid.ts'
import { createTransverseMercator, GRS_80 } from '../../src/core/transverse-mercator.ts'
import { createTestDeps } from '../support/api.ts'

/** Every quarter of a degree of South Korea, and its ends: Jeju, Gapa, Ulleung, Dokdo, Baengnyeong. */
const PLACES: LatLng[] = [
  ...Array.from({ length: 24 * 27 }, (_, n) => ({ lat: 32.9 + 0.25 * (n % 24), lng: 124.5 + 0.25 * Math.floor(n / 24) })),
  { lat: 33.4996, lng: 126.5312 },
  { lat: 33.2522, lng: 126.5608 },
  { lat: 33.169, lng: 126.272 },
  { lat: 37.484, lng: 130.905 },
  { lat: 37.2426, lng: 131.8597 },
  { lat: 37.972, lng: 124.72 },
]
const BELT = createTransverseMercator({ ellipsoid: GRS_80, scale: 1, origin: { lat: 38, lng: 127, x: 200_000, y: 500_000 } })

/**
 * The database knows EPSG:5174 from PROJ's own data. A server without that data shifts no datum and says nothing, so that everything would lie 360 m aside:
 * this test would notice it.
 */
it.each([
  [5174, 2],
  [5181, 0.01],
  [5179, 0.01],
] as const)('a point of EPSG:%i lies where PostGIS puts it, to %d m', async (srs, withinM) => {
  // Which point of the belt a place is on the older ellipsoid does not matter here: it is in the country.
  const points = PLACES.map((place) => (srs === 5179 ? toGrid(place)! : BELT.toMap(place)))
  const { rows } = await createTestDeps().db.execute<LatLng & Record<string, number>>(`
    SELECT ST_Y(there) AS lat, ST_X(there) AS lng
    FROM json_to_recordset('${JSON.stringify(points.map((point, n) => ({ n, ...point })))}') AS given (n int, x float8, y float8)
    CROSS JOIN LATERAL ST_Transform(ST_SetSRID(ST_MakePoint(x, y), ${srs}), 4326) AS there
    ORDER BY n`)
  expect(rows).toHaveLength(PLACES.length)
  const apart = points.map(({ x, y }, n) => {
    const here = fromKoreanTm(x, y, srs)
    return haversineM(here.lat, here.lng, rows[n]!.lat, rows[n]!.lng)
  })
  expect(Math.max(...apart)).toBeLessThan(withinM)
})
