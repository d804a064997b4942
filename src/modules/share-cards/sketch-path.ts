import type { Sketch } from '../walks/schema.ts'

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}
type Pixel = readonly [x: number, y: number]

/**
 * The `d` of an SVG path: the sketch as large as its box allows, centred, through the middle of every side with its corners rounded. A loop is closed, so it has
 * neither start nor end. Draw it with round caps and joins.
 */
export function sketchPath(sketch: Sketch, box: Box): string {
  const [wide, high] = [Math.max(...sketch.map(([x]) => x)), Math.max(...sketch.map(([, y]) => y))]
  const scale = Math.min(box.width / Math.max(1, wide), box.height / Math.max(1, high))
  const corners = sketch.map(([x, y]): Pixel => [
    box.x + box.width / 2 + (x - wide / 2) * scale,
    box.y + box.height / 2 - (y - high / 2) * scale,
  ])
  const [first, last] = [corners[0], corners.at(-1)]
  if (!first || !last) return ''
  if (first[0] === last[0] && first[1] === last[1]) {
    const ring = corners.slice(1)
    return `M${at(middle(last, ring[0]!))}${ring.map((corner, i) => curve(corner, middle(corner, ring[(i + 1) % ring.length]!))).join('')}Z`
  }
  const inner = corners.slice(1, -1)
  const curves = inner.map((corner, i) => curve(corner, i + 1 < inner.length ? middle(corner, inner[i + 1]!) : last))
  return `M${at(first)}${curves.join('')}`
}

const at = ([x, y]: Pixel) => `${x.toFixed(1)} ${y.toFixed(1)}`
const curve = (corner: Pixel, to: Pixel) => `Q${at(corner)} ${at(to)}`
const middle = (a: Pixel, b: Pixel): Pixel => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
