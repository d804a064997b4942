import simplify from 'simplify-js'
import type { Position } from '../core/geo.ts'
import type { Line } from './line.ts'

const MOST_POINTS = 500

/** The line as one string of at most 500 positions, five decimals each (about 1 m). */
export function displayRoute(line: Line): Position[] {
  const positions: Position[] = []
  for (let k = 0; k < line.lng.length; k++) positions.push([round(line.lng[k]!), round(line.lat[k]!)])
  if (positions.length <= MOST_POINTS) return positions
  const points = positions.map(([x, y]) => ({ x, y }))
  for (let tolerance = 0.00002; ; tolerance *= 1.7) {
    // The radial pass first: what is left for Douglas–Peucker, whose worst case is quadratic, is bounded by the size of the map.
    const simple = simplify(points, tolerance, false)
    if (simple.length <= MOST_POINTS) return simple.map(({ x, y }) => [x, y])
  }
}

function round(degrees: number): number {
  return Math.round(degrees * 1e5) / 1e5
}
