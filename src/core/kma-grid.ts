import type { LatLng } from './geo.ts'

/** A square of about 5 km on the grid of the Korea Meteorological Administration (KMA). Its forecasts and observations are asked for by these numbers. */
export interface KmaCell {
  readonly nx: number
  readonly ny: number
}

// A Lambert conformal conic map of a sphere. The constants are those of KMA's own guide to the grid.
const RADIANS = Math.PI / 180
const RADIUS_CELLS = 6_371.00877 / 5
const [NORTHERN, SOUTHERN] = [60 * RADIANS, 30 * RADIANS]
const ORIGIN = { lat: 38, lng: 126, nx: 43, ny: 136 }

const tanHalf = (angle: number) => Math.tan(Math.PI / 4 + angle / 2)
const CONE = Math.log(Math.cos(SOUTHERN) / Math.cos(NORTHERN)) / Math.log(tanHalf(NORTHERN) / tanHalf(SOUTHERN))
const SCALE = (tanHalf(SOUTHERN) ** CONE * Math.cos(SOUTHERN)) / CONE
const radiusAt = (lat: number) => (RADIUS_CELLS * SCALE) / tanHalf(lat * RADIANS) ** CONE
const ORIGIN_RADIUS = radiusAt(ORIGIN.lat)

/** How many cells the grid has, east and north. */
const SIZE = { nx: 149, ny: 253 }

/** The cell of a place, or null where the grid does not reach. */
export function toKmaCell({ lat, lng }: LatLng): KmaCell | null {
  const radius = radiusAt(lat)
  const angle = (((lng - ORIGIN.lng + 540) % 360) - 180) * RADIANS * CONE
  const nx = Math.floor(radius * Math.sin(angle) + ORIGIN.nx + 0.5)
  const ny = Math.floor(ORIGIN_RADIUS - radius * Math.cos(angle) + ORIGIN.ny + 0.5)
  return nx >= 1 && nx <= SIZE.nx && ny >= 1 && ny <= SIZE.ny ? { nx, ny } : null
}

/** The middle of a cell. */
export function middleOf({ nx, ny }: KmaCell): LatLng {
  const [x, y] = [nx - ORIGIN.nx, ORIGIN_RADIUS - ny + ORIGIN.ny]
  const lat = 2 * Math.atan(((RADIUS_CELLS * SCALE) / Math.hypot(x, y)) ** (1 / CONE)) - Math.PI / 2
  return { lat: lat / RADIANS, lng: Math.atan2(x, y) / CONE / RADIANS + ORIGIN.lng }
}
