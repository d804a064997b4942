import type { Sketch } from '../walks/schema.ts'

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

type Point = readonly [x: number, y: number]

/** Corners are rounded over this share of their shorter side. Half is the most, where the roundings of both ends of a side meet. */
const ROUND = 0.5

/** A sketch as the `d` of an SVG path in the middle of a box, as large as possible. A loop is closed, so that nothing shows where it begins. */
export function sketchPath(sketch: Sketch, box: Box): string {
  const [width, height] = [0, 1].map((k) => Math.max(...sketch.map((corner) => corner[k]!))) as [number, number]
  const scale = Math.min(box.width / width, box.height / height)
  const left = box.x + (box.width - width * scale) / 2
  const bottom = box.y + (box.height + height * scale) / 2
  const corners = sketch.map(([x, y]): Point => [left + x * scale, bottom - y * scale])
  const isLoop = corners.length > 3 && isSame(corners[0]!, corners.at(-1)!)
  if (!isLoop) return openPath(corners)
  const ring = corners.slice(0, -1)
  const rounded = ring.map((corner, i) => roundedCorner(ring.at(i - 1)!, corner, ring[(i + 1) % ring.length]!))
  return `M${at(rounded[0]!.from)}${rounded.map(({ from, corner, to }) => `L${at(from)}Q${at(corner)} ${at(to)}`).join('')}Z`
}

function openPath(corners: readonly Point[]): string {
  const inner = corners.slice(1, -1).map((corner, i) => roundedCorner(corners[i]!, corner, corners[i + 2]!))
  return `M${at(corners[0]!)}${inner.map(({ from, corner, to }) => `L${at(from)}Q${at(corner)} ${at(to)}`).join('')}L${at(corners.at(-1)!)}`
}

function roundedCorner(before: Point, corner: Point, after: Point) {
  const reach = ROUND * Math.min(apart(before, corner), apart(corner, after))
  return { from: towards(corner, before, reach), corner, to: towards(corner, after, reach) }
}

function towards(from: Point, to: Point, metres: number): Point {
  const share = metres / apart(from, to)
  return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share]
}

const apart = (a: Point, b: Point) => Math.hypot(a[0] - b[0], a[1] - b[1])
const isSame = (a: Point, b: Point) => a[0] === b[0] && a[1] === b[1]
const at = ([x, y]: Point) => `${x.toFixed(1)} ${y.toFixed(1)}`
