import type { LatLng } from './geo.ts'
import { BESSEL_1841, createTransverseMercator, type Ellipsoid, GRS_80, type TransverseMercator, WGS_84 } from './transverse-mercator.ts'

/** Maps of Korea by their EPSG code: 5174 is that of the old licences, 5179 that of the national grid, and 5181 that of Kakao and of air stations. */
export type KoreanTm = 5174 | 5179 | 5181

const BELT = { x: 200_000, y: 500_000 }
const MAPS: Readonly<Record<KoreanTm, TransverseMercator>> = {
  // The middle is 10.405 seconds of arc east of 127°. Without them everything lies 255 m aside.
  5174: createTransverseMercator({ ellipsoid: BESSEL_1841, scale: 1, origin: { lat: 38, lng: 127 + 10.405 / 3_600, ...BELT } }),
  5179: createTransverseMercator({ ellipsoid: GRS_80, scale: 0.9996, origin: { lat: 38, lng: 127.5, x: 1_000_000, y: 2_000_000 } }),
  5181: createTransverseMercator({ ellipsoid: GRS_80, scale: 1, origin: { lat: 38, lng: 127, ...BELT } }),
}

/** Where a point of a Korean map lies. GRS 80 counts as WGS 84, because they differ by less than a millimetre. */
export function fromKoreanTm(x: number, y: number, srs: KoreanTm): LatLng {
  const place = MAPS[srs].fromMap({ x, y })
  return srs === 5174 ? fromBessel(place) : place
}

const RADIANS = Math.PI / 180

/** From the old Korean datum to WGS 84: a shift in metres, turns in seconds of arc (of the position vector), and a scale in millionths. */
const SHIFT_M = [-115.8, 474.99, 674.11] as const
const TURN = [1.16, -2.31, -1.63].map((seconds) => (seconds / 3_600) * RADIANS) as [number, number, number]
const STRETCH = 1 + 6.43e-6

function fromBessel(place: LatLng): LatLng {
  const [x, y, z] = toSpace(place, BESSEL_1841)
  const [turnX, turnY, turnZ] = TURN
  return fromSpace(
    [
      SHIFT_M[0] + STRETCH * (x - turnZ * y + turnY * z),
      SHIFT_M[1] + STRETCH * (turnZ * x + y - turnX * z),
      SHIFT_M[2] + STRETCH * (-turnY * x + turnX * y + z),
    ],
    WGS_84,
  )
}

type Vector = readonly [x: number, y: number, z: number]

const squaredEccentricity = ({ flattening }: Ellipsoid) => flattening * (2 - flattening)

/** From the middle of the earth to a place on the ellipsoid. */
function toSpace({ lat, lng }: LatLng, ellipsoid: Ellipsoid): Vector {
  const e2 = squaredEccentricity(ellipsoid)
  const [sin, cos] = [Math.sin(lat * RADIANS), Math.cos(lat * RADIANS)]
  const normalM = ellipsoid.semiMajorM / Math.sqrt(1 - e2 * sin ** 2)
  return [normalM * cos * Math.cos(lng * RADIANS), normalM * cos * Math.sin(lng * RADIANS), normalM * (1 - e2) * sin]
}

/** The formula of Bowring. Near the ground one step of it is exact to far less than a millimetre. */
function fromSpace([x, y, z]: Vector, ellipsoid: Ellipsoid): LatLng {
  const e2 = squaredEccentricity(ellipsoid)
  const semiMinorM = ellipsoid.semiMajorM * (1 - ellipsoid.flattening)
  const axisM = Math.hypot(x, y)
  const reduced = Math.atan2(z * ellipsoid.semiMajorM, axisM * semiMinorM)
  const north = z + (e2 / (1 - e2)) * semiMinorM * Math.sin(reduced) ** 3
  const out = axisM - e2 * ellipsoid.semiMajorM * Math.cos(reduced) ** 3
  return { lat: Math.atan2(north, out) / RADIANS, lng: Math.atan2(y, x) / RADIANS }
}

/** South Korea with its islands, but for Dokdo. */
const LAND = { south: 32.9, north: 38.7, west: 124.5, east: 131 }

/** Whether a row of public data can lie there. One that says (0, 0), or has exchanged its coordinates, does not. */
export function isInSouthKorea({ lat, lng }: LatLng): boolean {
  return lat >= LAND.south && lat <= LAND.north && lng >= LAND.west && lng <= LAND.east
}

/**
 * Where a licence's coordinates (EPSG:5174) lie, or null when they are missing or wrong. Only the place that they mean says so: in Jeju City y is below
 * 1,000, and in Seogwipo it is negative.
 */
export function placeOfLicence(xText: string | null | undefined, yText: string | null | undefined): LatLng | null {
  const [x, y] = [readMetres(xText), readMetres(yText)]
  // The point (0, 0) would lie in the sea west of Jeju, within the bounds below.
  if (x === null || y === null || (x === 0 && y === 0)) return null
  const place = fromKoreanTm(x, y, 5174)
  return isInSouthKorea(place) ? place : null
}

const METRES = /^[+-]?(\d+\.?\d*|\.\d+)$/

function readMetres(text: string | null | undefined): number | null {
  const trimmed = text?.trim() ?? ''
  return METRES.test(trimmed) ? Number(trimmed) : null
}
