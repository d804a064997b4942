import { distance, type XY } from './geometry.ts'

/** A cell of 500 m in which walks of one owner begin or end, and on how many days. */
export interface UsedCell {
  readonly x: number
  readonly y: number
  readonly days: number
}
const CELL_M = 500
const USUAL_DAYS = 2
/** Usual places are looked for in squares of so many cells. */
const SQUARE_CELLS = 8
export const SQUARE_M = SQUARE_CELLS * CELL_M
const FAR_M = 2_000
const KNOWN_WALKS = 10
const OFF_ENDS_M = 200

export const cellOf = ([x, y]: XY): { x: number; y: number } => ({ x: Math.floor(x / CELL_M), y: Math.floor(y / CELL_M) })

/** The square that a place of 500 m is looked for in, where maps are opened. */
export const squareOf = ({ x, y }: { readonly x: number; readonly y: number }) => ({
  x: Math.floor(x / SQUARE_CELLS),
  y: Math.floor(y / SQUARE_CELLS),
})

/** Metres to the square, 0 within it. */
export const outsideOfSquare = (point: XY, square: { readonly x: number; readonly y: number }): number => outsideOf(point, square, SQUARE_M)

/** Metres to the cell, 0 within it. */
function outsideOf([x, y]: XY, cell: { readonly x: number; readonly y: number }, wide_m = CELL_M): number {
  const dx = Math.max(cell.x * wide_m - x, 0, x - (cell.x + 1) * wide_m)
  const dy = Math.max(cell.y * wide_m - y, 0, y - (cell.y + 1) * wide_m)
  return Math.hypot(dx, dy)
}

/** Whether the owner may open the map of a walk. `cells` counts the days of their other walks. */
export function mayBeOpened(track: readonly XY[], cells: readonly UsedCell[], knownWalks: number): boolean {
  const usual = cells.filter(({ days }) => days >= USUAL_DAYS).map(squareOf)
  return knownWalks >= KNOWN_WALKS && track.every((point) => usual.every((square) => outsideOfSquare(point, square) >= FAR_M))
}

/** What is shown of an opened map: the line without 200 m at either end. */
export function openedLine(track: readonly XY[]): XY[] {
  const passed = [0]
  for (let i = 1; i < track.length; i++) passed.push(passed[i - 1]! + distance(track[i - 1]!, track[i]!))
  return track.filter((_, i) => passed[i]! >= OFF_ENDS_M && passed[i]! <= passed.at(-1)! - OFF_ENDS_M)
}
