/** [longitude, latitude] in degrees, the order of GeoJSON. */
export type Position = [lng: number, lat: number]

export interface LatLng {
  readonly lat: number
  readonly lng: number
}

const EARTH_RADIUS_M = 6_371_008.8
const RADIANS = Math.PI / 180

/** Metres along one degree of a meridian. */
export const METRES_PER_DEGREE = EARTH_RADIUS_M * RADIANS

/** Great-circle distance in metres between two places given in degrees. */
export function haversineM(lat1: number, lng1: number, lat2: number, lng2: number): number {
  const sinLat = Math.sin(((lat2 - lat1) * RADIANS) / 2)
  const sinLng = Math.sin(((lng2 - lng1) * RADIANS) / 2)
  const h = sinLat * sinLat + Math.cos(lat1 * RADIANS) * Math.cos(lat2 * RADIANS) * sinLng * sinLng
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)))
}

export function distanceM(a: Position, b: Position): number {
  return haversineM(a[1], a[0], b[1], b[0])
}

/** The signed difference of two longitudes in degrees, the shorter way round the globe. */
function longitudeDelta(from: number, to: number): number {
  const delta = to - from
  return delta > 180 ? delta - 360 : delta < -180 ? delta + 360 : delta
}

/**
 * A flat map around one place: x east, y north, in metres.
 * Within 20 km of the origin its distances are right to about 0.3 %. Farther away it only says "far".
 */
export interface Plane {
  readonly lat: number
  readonly lng: number
  readonly metresPerLng: number
}

export function planeAt(lat: number, lng: number): Plane {
  return { lat, lng, metresPerLng: METRES_PER_DEGREE * Math.max(1e-6, Math.cos(lat * RADIANS)) }
}

export function toX(plane: Plane, lng: number): number {
  return longitudeDelta(plane.lng, lng) * plane.metresPerLng
}

export function toY(plane: Plane, lat: number): number {
  return (lat - plane.lat) * METRES_PER_DEGREE
}

export function toLng(plane: Plane, x: number): number {
  const lng = plane.lng + x / plane.metresPerLng
  return lng > 180 ? lng - 360 : lng < -180 ? lng + 360 : lng
}

export function toLat(plane: Plane, y: number): number {
  return plane.lat + y / METRES_PER_DEGREE
}
