import { distance, type XY } from './geometry.ts'

/** A cell of 500 m in which walks of one owner begin or end, and on how many days. */
export interface UsedCell {
  readonly x: number
  readonly y: number
  readonly days: number
}
const CELL_M = 500
const USUAL_DAYS = 2
const FAR_M = 2_000
const KNOWN_WALKS = 10
const OFF_ENDS_M = 200

export const cellOf = ([x, y]: XY): { x: number; y: number } => ({ x: Math.floor(x / CELL_M), y: Math.floor(y / CELL_M) })

/** Metres to the cell, 0 within it. */
export function outsideOf([x, y]: XY, cell: { readonly x: number; readonly y: number }): number {
  const dx = Math.max(cell.x * CELL_M - x, 0, x - (cell.x + 1) * CELL_M)
  const dy = Math.max(cell.y * CELL_M - y, 0, y - (cell.y + 1) * CELL_M)
  return Math.hypot(dx, dy)
}

/** Whether the owner may open the map of a walk. `cells` counts the days of their other walks. */
export function mayBeOpened(track: readonly XY[], cells: readonly UsedCell[], knownWalks: number): boolean {
  const usual = cells.filter(({ days }) => days >= USUAL_DAYS)
  return knownWalks >= KNOWN_WALKS && track.every((point) => usual.every((cell) => outsideOf(point, cell) >= FAR_M))
}

/** What is shown of an opened map: the line without 200 m at either end. */
export function openedLine(track: readonly XY[]): XY[] {
  const passed = [0]
  for (let i = 1; i < track.length; i++) passed.push(passed[i - 1]! + distance(track[i - 1]!, track[i]!))
  return track.filter((_, i) => passed[i]! >= OFF_ENDS_M && passed[i]! <= passed.at(-1)! - OFF_ENDS_M)
}
