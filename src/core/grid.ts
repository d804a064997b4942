import type { LatLng } from './geo.ts'

/**
 * The national grid of Korea, EPSG:5179: a transverse Mercator map with metres to the east and to the north. PostGIS knows it as well (`ST_Transform`), so a
 * cell is the same in the database and in a Durable Object.
 */
export interface GridPoint {
  readonly x: number
  readonly y: number
}

/** A square of 500 m on the grid: `floor(metres / 500)`, east and north. */
export type Cell = readonly [x: number, y: number]

const CELL_M = 500
/** The map's scale is true to 5 % within this many degrees of its middle, which covers Korea, Japan and Taiwan. */
const REACH_DEGREES = 20
const MIDDLE_LNG = 127.5

const RADIANS = Math.PI / 180
/** GRS 80. */
const SEMI_MAJOR_M = 6_378_137
const FLATTENING = 1 / 298.257222101
const SCALE = 0.9996

// The series of Krüger, in powers of the third flattening. It is right to less than a millimetre within the reach.
const n = FLATTENING / (2 - FLATTENING)
const ECCENTRICITY = (2 * Math.sqrt(n)) / (1 + n)
const RADIUS_M = (SEMI_MAJOR_M / (1 + n)) * (1 + n ** 2 / 4 + n ** 4 / 64)
const TERMS = [
  n / 2 - (2 * n ** 2) / 3 + (5 * n ** 3) / 16 + (41 * n ** 4) / 180,
  (13 * n ** 2) / 48 - (3 * n ** 3) / 5 + (557 * n ** 4) / 1_440,
  (61 * n ** 3) / 240 - (103 * n ** 4) / 140,
  (49_561 * n ** 4) / 161_280,
]

/** On a sphere of that radius, before scale and offsets. */
function project({ lat, lng }: LatLng): GridPoint {
  const sin = Math.sin(lat * RADIANS)
  const t = Math.sinh(Math.atanh(sin) - ECCENTRICITY * Math.atanh(ECCENTRICITY * sin))
  const east = (lng - MIDDLE_LNG) * RADIANS
  const xi = Math.atan2(t, Math.cos(east))
  const eta = Math.atanh(Math.sin(east) / Math.hypot(1, t))
  let [x, y] = [eta, xi]
  for (const [k, term] of TERMS.entries()) {
    const j = 2 * (k + 1)
    x += term * Math.cos(j * xi) * Math.sinh(j * eta)
    y += term * Math.sin(j * xi) * Math.cosh(j * eta)
  }
  return { x: SCALE * RADIUS_M * x, y: SCALE * RADIUS_M * y }
}

const ORIGIN_X_M = 1_000_000
const ORIGIN_Y_M = 2_000_000 - project({ lat: 38, lng: MIDDLE_LNG }).y

/** Where a position lies on the grid, or `null` far from Korea. */
export function toGrid(place: LatLng): GridPoint | null {
  if (Math.abs(place.lng - MIDDLE_LNG) > REACH_DEGREES) return null
  const { x, y } = project(place)
  return Number.isFinite(x + y) ? { x: ORIGIN_X_M + x, y: ORIGIN_Y_M + y } : null
}

export const cellOf = ({ x, y }: GridPoint): Cell => [Math.floor(x / CELL_M), Math.floor(y / CELL_M)]

/** How far a point lies from a cell, and 0 within it. */
export function metresToCell({ x, y }: GridPoint, [cellX, cellY]: Cell): number {
  const east = Math.max(cellX * CELL_M - x, x - (cellX + 1) * CELL_M, 0)
  const north = Math.max(cellY * CELL_M - y, y - (cellY + 1) * CELL_M, 0)
  return Math.hypot(east, north)
}

/** The cells that a circle touches. */
export function cellsTouching(center: LatLng, radiusM: number): Cell[] {
  const middle = toGrid(center)
  if (!middle) return []
  const [left, bottom] = cellOf({ x: middle.x - radiusM, y: middle.y - radiusM })
  const [right, top] = cellOf({ x: middle.x + radiusM, y: middle.y + radiusM })
  const cells: Cell[] = []
  for (let x = left; x <= right; x++) for (let y = bottom; y <= top; y++) if (metresToCell(middle, [x, y]) <= radiusM) cells.push([x, y])
  return cells
}
