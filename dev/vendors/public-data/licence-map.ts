import type { LatLng } from '../../../src/core/geo.ts'
import { fromKoreanTm } from '../../../src/core/korean-tm.ts'
import { createTransverseMercator, GRS_80, type MapPoint } from '../../../src/core/transverse-mercator.ts'

const BELT = createTransverseMercator({ ellipsoid: GRS_80, scale: 1, origin: { lat: 38, lng: 127, x: 200_000, y: 500_000 } })

/** The point of EPSG:5174 that means a place: one that is near it is moved by what it misses. After three times that is less than a millimetre. */
export function toLicenceMap(place: LatLng): MapPoint {
  const wanted = BELT.toMap(place)
  let [x, y] = [wanted.x, wanted.y]
  for (let time = 0; time < 3; time++) {
    const met = BELT.toMap(fromKoreanTm(x, y, 5174))
    x += wanted.x - met.x
    y += wanted.y - met.y
  }
  return { x, y }
}

/** The place so many metres away. */
export function moved(place: LatLng, { north, east }: { north: number; east: number }): LatLng {
  const { x, y } = BELT.toMap(place)
  return BELT.fromMap({ x: x + east, y: y + north })
}
