import simplify from 'simplify-js'
import { z } from 'zod'
import type { KeyedSeeds } from '../../../core/keyed-seeds.ts'
import { planeAt, toX, toY, type Position } from '../../../core/geo.ts'

/**
 * What others see of a route: its shape, turned, perhaps mirrored, stretched, and coarse (docs/product.md#privacy). No position can be computed back from it,
 * because it depends on nothing absolute. The corners lie on a lattice, and no length of the lattice is told.
 */
export const sketchSchema = z.array(z.tuple([z.int().min(0), z.int().min(0)])).max(40)
export type Sketch = z.infer<typeof sketchSchema>

interface Point {
  readonly x: number
  readonly y: number
}

/** With 200 m, whoever knew the exact distance as well found one home in ten from twenty walks (`npm run bench -- --only=privacy`). */
const LATTICE_M = 300
/** Each axis is stretched by up to e to this power, or shrunk by it, so that angles do not tell streets. */
const STRETCH = 0.5
const CELLS_MOST = 8
const CORNERS_MOST = 40
const CORNERS_LEAST = 3

/** The sketch of a walk. It is the same whenever it is drawn, because another drawing of one route would tell more of it. `null` where too little is left. */
export async function drawSketch(seeds: KeyedSeeds, walkId: string, route: readonly Position[]): Promise<Sketch | null> {
  return sketchOf(route, await seeds.of(`sketch:${walkId}`))
}

/** Its corners, counted in cells from the lower left. */
export function sketchOf(route: readonly Position[], seed: Uint8Array): Sketch | null {
  const { turn, isMirrored, stretch, isReversed, shift, start } = drawFrom(seed)
  const turned = turnedRoute(route, turn, isMirrored).map(({ x, y }): Point => ({ x: x * stretch.x, y: y * stretch.y }))
  const box = boxOf(turned)
  const lattice = Math.max(LATTICE_M, box.width / CELLS_MOST, box.height / CELLS_MOST)
  const ordered = isReversed ? turned.toReversed() : turned
  const isLoop = apart(ordered[0], ordered.at(-1)) <= lattice
  // A loop begins anywhere, so that nothing tells at which corner its owner's door is.
  const line = isLoop ? beginAt(ordered, start) : ordered
  const corners = simplify(line, lattice / 2, true).map(({ x, y }): Point => ({
    x: Math.round((x - box.left) / lattice + shift.x),
    y: Math.round((y - box.bottom) / lattice + shift.y),
  }))
  const kept = (isLoop ? withoutRunsInRing(corners) : withoutRuns(corners)).slice(0, CORNERS_MOST)
  if (new Set(kept.map(({ x, y }) => `${x},${y}`)).size < CORNERS_LEAST) return null
  const { left, bottom } = boxOf(kept)
  return kept.map(({ x, y }) => [x - left, y - bottom])
}

function drawFrom(seed: Uint8Array) {
  const bytes = new DataView(seed.buffer, seed.byteOffset, seed.byteLength)
  const share = (at: number) => bytes.getUint32(at) / 2 ** 32
  return {
    turn: share(0) * 2 * Math.PI,
    isMirrored: bytes.getUint8(4) % 2 === 1,
    shift: { x: share(5), y: share(9) },
    isReversed: bytes.getUint8(13) % 2 === 1,
    start: bytes.getUint16(14) / 2 ** 16,
    stretch: { x: Math.exp(STRETCH * (2 * share(16) - 1)), y: Math.exp(STRETCH * (2 * share(20) - 1)) },
  }
}

function turnedRoute(route: readonly Position[], turn: number, isMirrored: boolean): Point[] {
  const mean = (k: 0 | 1) => route.reduce((sum, position) => sum + position[k], 0) / route.length
  const plane = planeAt(mean(1), mean(0))
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)]
  return route.map(([lng, lat]) => {
    const [x, y] = [toX(plane, lng), toY(plane, lat)]
    const across = x * cos - y * sin
    return { x: isMirrored ? -across : across, y: x * sin + y * cos }
  })
}

function boxOf(points: readonly Point[]) {
  let [left, bottom, right, top] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { x, y } of points) {
    left = Math.min(left, x)
    right = Math.max(right, x)
    bottom = Math.min(bottom, y)
    top = Math.max(top, y)
  }
  return { left, bottom, width: right - left, height: top - bottom }
}

const apart = (a: Point | undefined, b: Point | undefined) => (a && b ? Math.hypot(a.x - b.x, a.y - b.y) : Infinity)

/** The same loop, closed, from another of its points on. */
function beginAt(loop: readonly Point[], share: number): Point[] {
  const at = Math.floor(share * loop.length)
  const ring = [...loop.slice(at), ...loop.slice(0, at)]
  return [...ring, ring[0]!]
}

/** Whether `b` adds nothing between its neighbours: it repeats one of them, or the way runs straight on through it. */
function isIdle(a: Point, b: Point, c: Point): boolean {
  const [dx, dy, ex, ey] = [b.x - a.x, b.y - a.y, c.x - b.x, c.y - b.y]
  return dx * ey === dy * ex && dx * ex + dy * ey >= 0
}

function withoutRuns(corners: readonly Point[]): Point[] {
  const kept: Point[] = []
  for (const corner of corners) {
    while (kept.length > 1 && isIdle(kept.at(-2)!, kept.at(-1)!, corner)) kept.pop()
    if (apart(kept.at(-1), corner) > 0) kept.push(corner)
  }
  return kept
}

/** As `withoutRuns`, across the seam too: a corner left there would tell where the loop was opened. The first corner stands at the end again. */
function withoutRunsInRing(corners: readonly Point[]): Point[] {
  const ring = withoutRuns(corners).slice(0, -1)
  while (ring.length > 2 && isIdle(ring.at(-1)!, ring[0]!, ring[1]!)) ring.shift()
  while (ring.length > 2 && isIdle(ring.at(-2)!, ring.at(-1)!, ring[0]!)) ring.pop()
  return ring[0] ? [...ring, ring[0]] : []
}
