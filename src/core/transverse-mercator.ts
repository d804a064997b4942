import type { LatLng } from './geo.ts'

/** A position on a map: metres to the east and to the north. */
export interface MapPoint {
  readonly x: number
  readonly y: number
}

export interface Ellipsoid {
  readonly semiMajorM: number
  readonly flattening: number
}

export const GRS_80: Ellipsoid = { semiMajorM: 6_378_137, flattening: 1 / 298.257222101 }
export const WGS_84: Ellipsoid = { semiMajorM: 6_378_137, flattening: 1 / 298.257223563 }
export const BESSEL_1841: Ellipsoid = { semiMajorM: 6_377_397.155, flattening: 1 / 299.1528128 }

export interface TransverseMercator {
  /** Right to less than a millimetre within 20 degrees of the middle. */
  toMap(place: LatLng): MapPoint
  fromMap(point: MapPoint): LatLng
}

/** Where the map has its `origin`, as a place and as the point that it is on the map. */
interface Layout {
  readonly ellipsoid: Ellipsoid
  readonly scale: number
  readonly origin: LatLng & MapPoint
}

const RADIANS = Math.PI / 180

/** The series of Krüger, in powers of the third flattening to the fourth. */
export function createTransverseMercator({ ellipsoid, scale, origin }: Layout): TransverseMercator {
  const n = ellipsoid.flattening / (2 - ellipsoid.flattening)
  const eccentricity = (2 * Math.sqrt(n)) / (1 + n)
  const radiusM = scale * (ellipsoid.semiMajorM / (1 + n)) * (1 + n ** 2 / 4 + n ** 4 / 64)
  const forward = [
    n / 2 - (2 * n ** 2) / 3 + (5 * n ** 3) / 16 + (41 * n ** 4) / 180,
    (13 * n ** 2) / 48 - (3 * n ** 3) / 5 + (557 * n ** 4) / 1_440,
    (61 * n ** 3) / 240 - (103 * n ** 4) / 140,
    (49_561 * n ** 4) / 161_280,
  ]
  const backward = [
    n / 2 - (2 * n ** 2) / 3 + (37 * n ** 3) / 96 - n ** 4 / 360,
    n ** 2 / 48 + n ** 3 / 15 - (437 * n ** 4) / 1_440,
    (17 * n ** 3) / 480 - (37 * n ** 4) / 840,
    (4_397 * n ** 4) / 161_280,
  ]
  /** From the conformal latitude to the geodetic one. */
  const conformal = [
    2 * n - (2 * n ** 2) / 3 - 2 * n ** 3 + (116 * n ** 4) / 45,
    (7 * n ** 2) / 3 - (8 * n ** 3) / 5 - (227 * n ** 4) / 45,
    (56 * n ** 3) / 15 - (136 * n ** 4) / 35,
    (4_279 * n ** 4) / 630,
  ]

  /** On a sphere of that radius, before the offsets. */
  function project({ lat, lng }: LatLng): MapPoint {
    const sin = Math.sin(lat * RADIANS)
    const t = Math.sinh(Math.atanh(sin) - eccentricity * Math.atanh(eccentricity * sin))
    const east = (lng - origin.lng) * RADIANS
    const xi = Math.atan2(t, Math.cos(east))
    const eta = Math.atanh(Math.sin(east) / Math.hypot(1, t))
    let [x, y] = [eta, xi]
    for (const [k, term] of forward.entries()) {
      const j = 2 * (k + 1)
      x += term * Math.cos(j * xi) * Math.sinh(j * eta)
      y += term * Math.sin(j * xi) * Math.cosh(j * eta)
    }
    return { x: radiusM * x, y: radiusM * y }
  }

  const originY = origin.y - project(origin).y
  return {
    toMap(place) {
      const { x, y } = project(place)
      return { x: origin.x + x, y: originY + y }
    },
    fromMap({ x, y }) {
      const [eastward, northward] = [(x - origin.x) / radiusM, (y - originY) / radiusM]
      let [eta, xi] = [eastward, northward]
      for (const [k, term] of backward.entries()) {
        const j = 2 * (k + 1)
        eta -= term * Math.cos(j * northward) * Math.sinh(j * eastward)
        xi -= term * Math.sin(j * northward) * Math.cosh(j * eastward)
      }
      const onSphere = Math.asin(Math.sin(xi) / Math.cosh(eta))
      const lat = conformal.reduce((sum, term, k) => sum + term * Math.sin(2 * (k + 1) * onSphere), onSphere)
      return { lat: lat / RADIANS, lng: origin.lng + Math.atan2(Math.sinh(eta), Math.cos(xi)) / RADIANS }
    },
  }
}
