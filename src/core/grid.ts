import type { LatLng } from './geo.ts'
import { createTransverseMercator, GRS_80, type MapPoint } from './transverse-mercator.ts'

/**
 * The national grid of Korea, EPSG:5179: a transverse Mercator map with metres to the east and to the north. PostGIS knows it as well (`ST_Transform`), so a
 * cell is the same in the database and in a Durable Object.
 */
export type GridPoint = MapPoint

/** A square of 500 m on the grid: `floor(metres / 500)`, east and north. */
export type Cell = readonly [x: number, y: number]

const CELL_M = 500
/** The map's scale is true to 5 % within this many degrees of its middle, which covers Korea, Japan and Taiwan. */
const REACH_DEGREES = 20
const MIDDLE_LNG = 127.5

const GRID = createTransverseMercator({
  ellipsoid: GRS_80,
  scale: 0.9996,
  origin: { lat: 38, lng: MIDDLE_LNG, x: 1_000_000, y: 2_000_000 },
})

/** Where a position lies on the grid, or `null` far from Korea. */
export function toGrid(place: LatLng): GridPoint | null {
  if (Math.abs(place.lng - MIDDLE_LNG) > REACH_DEGREES) return null
  const point = GRID.toMap(place)
  return Number.isFinite(point.x + point.y) ? point : null
}

/** The place of a point of the grid. */
export const fromGrid = (point: GridPoint): LatLng => GRID.fromMap(point)

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
