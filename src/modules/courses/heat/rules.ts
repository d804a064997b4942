import type { LatLng } from '../../../core/geo.ts'
import { fromGrid, toGrid } from '../../../core/grid.ts'

/** A tile has so many cells of 32 m along each side. */
export const TILE_CELLS = 32
export const CELL_M = 32
/** Tiles of the database, and the bands that it keeps of their cells: 8 times the cell plus the band. */
export type HeatTile = readonly [tile_x: number, tile_y: number, cells: readonly number[]]

export interface HeatCell extends LatLng {
  readonly band: number
}

/** Cells of one size, from the first to the last in each direction. */
export interface HeatWindow {
  readonly cell_m: CellSize
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

export const CELL_SIZES = [32, 64, 128, 256] as const
export type CellSize = (typeof CELL_SIZES)[number]

/** So wide is a window at most, in cells. A screen shows fewer. */
const WINDOW_MAX = 256
/** Far wider than any window. The corners of a wider rectangle may all lie where there is no grid. */
const SIDE_MAX_DEGREES = 10
/** So many cells are answered at most. */
export const CELLS_MAX = 4_000
/** Six decimals are a tenth of a metre. */
const DECIMALS = 1e6

/** How wide cells are at a zoom of the map. */
export function cellSizeAt(zoom: number): CellSize {
  if (zoom >= 16) return 32
  if (zoom >= 15) return 64
  return zoom >= 14 ? 128 : 256
}

interface Box {
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

/** The cells that a rectangle in degrees touches, or `null` where nobody's walk counts, or 'too_large'. */
export function windowOf({ west, south, east, north }: Box, cell_m: CellSize): HeatWindow | 'too_large' | null {
  if (Math.max(east - west, north - south) > SIDE_MAX_DEGREES) return 'too_large'
  // A side of the rectangle is curved on the grid, and farthest out at a corner or in its middle.
  const places = [0, 0.25, 0.5, 0.75, 1].flatMap((share) => {
    const [lng, lat] = [west + (east - west) * share, south + (north - south) * share]
    return [
      { lat, lng: west },
      { lat, lng: east },
      { lat: south, lng },
      { lat: north, lng },
    ]
  })
  const points = places.map(toGrid)
  if (points.every((point) => point === null)) return null
  const known = points.flatMap((point) => point ?? [])
  if (known.length < points.length) return 'too_large'
  const cells = (axis: 'x' | 'y') => known.map((point) => Math.floor(point[axis] / cell_m))
  const [xs, ys] = [cells('x'), cells('y')]
  const window = { cell_m, west: Math.min(...xs), south: Math.min(...ys), east: Math.max(...xs), north: Math.max(...ys) }
  return Math.max(window.east - window.west, window.north - window.south) >= WINDOW_MAX ? 'too_large' : window
}

/** The published cells of a window, or `null` when they are too many. */
export function cellsIn({ cell_m, west, south, east, north }: HeatWindow, tiles: readonly HeatTile[]): HeatCell[] | null {
  const side = (TILE_CELLS * CELL_M) / cell_m
  const cells: HeatCell[] = []
  for (const [tileX, tileY, codes] of tiles) {
    for (const code of codes) {
      const cell = code >> 3
      const x = tileX * side + (cell % side)
      const y = tileY * side + Math.floor(cell / side)
      if (x < west || x > east || y < south || y > north) continue
      if (cells.length === CELLS_MAX) return null
      cells.push({ ...middleOf(x, y, cell_m), band: code & 7 })
    }
  }
  return cells
}

/** The middle of a cell, rounded. */
export function middleOf(x: number, y: number, cell_m: number): LatLng {
  const { lat, lng } = fromGrid({ x: (x + 0.5) * cell_m, y: (y + 0.5) * cell_m })
  return { lat: Math.round(lat * DECIMALS) / DECIMALS, lng: Math.round(lng * DECIMALS) / DECIMALS }
}
