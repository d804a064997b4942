import simplify from 'simplify-js'
import { planeAt, type Position, toLat, toLng } from '../../../src/core/geo.ts'
import { createKeyedSeeds } from '../../../src/core/keyed-seeds.ts'
import { type Sketch, sketchOf } from '../../../src/modules/walks/showing/sketch.ts'
import { distance, lengthOf, resampled, turnedBy, type XY } from './geometry.ts'
import type { Owner, Walk } from './owner.ts'

/** The worlds lie around Seoul. */
const PLANE = planeAt(37.5, 127)
const SEEDS = createKeyedSeeds('the bench has one secret of its own')

/** A sketch with what is granted to the attackers: its scale, its mirroring, its order and where in it the home lies. Only how it was turned is left to find; how it was stretched is granted too. */
export interface Drawn {
  readonly sketch: Sketch
  /** Corners in metres, north up, seen from the home. */
  readonly corners: readonly XY[]
  /** So many points along the drawing from the home on. */
  readonly path: readonly XY[]
  readonly walk: Walk
}
export const PATH_POINTS = 48

/** The display route of a track: what measuring keeps of it. */
function routeOf(track: readonly XY[]): Position[] {
  const points = simplify(track.map(([x, y]) => ({ x, y })), 2, true) // prettier-ignore
  return points.map(({ x, y }) => [toLng(PLANE, x), toLat(PLANE, y)])
}

/** What the product shows of the owner's walks, or `null` where it shows no shape. */
export function drawAll(owner: Owner, name: string): Promise<(Drawn | null)[]> {
  return Promise.all(
    owner.walks.map(async (walk, k) => {
      const seed = await SEEDS.of(`sketch:${name}/${k}`)
      const sketch = sketchOf(routeOf(walk.track), seed)
      return sketch && withGrants(sketch, walk, owner.home, seed)
    }),
  )
}

function withGrants(sketch: Sketch, walk: Walk, home: XY, seed: Uint8Array): Drawn {
  const by = distortionOf(seed)
  const back = ([x, y]: XY): XY => turnedBy([by.side * x, y], -by.turn)
  // The stretch stays: nobody is told of it. The distance tells the size.
  const stretched = (line: readonly XY[]) => line.map((point) => back(asSeen(point, by)))
  const [[homeX, homeY]] = stretched([home]) as [XY]
  const size = lengthOf(walk.track) / lengthOf(stretched(walk.track))
  const fromHome = (line: readonly XY[]) => line.map(([x, y]): XY => [size * (x - homeX), size * (y - homeY)])
  const corners = fromHome(placed(sketch, walk.track, by).map(back))
  const isLoop = distance(corners[0]!, corners.at(-1)!) < 1
  const path = resampled(isLoop ? fromHomeOn(corners) : corners, PATH_POINTS)
  const truth = fromHome(stretched(resampled(walk.track, PATH_POINTS)))
  const apart = (line: readonly XY[]) => line.reduce((sum, point, i) => sum + distance(point, truth[i]!), 0)
  const backwards = path.toReversed()
  return { sketch, corners, path: apart(backwards) < apart(path) ? backwards : path, walk }
}

/** What a sketch's seed makes of the plane: it is turned, perhaps mirrored, and each axis is stretched. */
function distortionOf(seed: Uint8Array) {
  const bytes = new DataView(seed.buffer, seed.byteOffset)
  const share = (at: number) => bytes.getUint32(at) / 2 ** 32
  return {
    turn: share(0) * 2 * Math.PI,
    side: bytes.getUint8(4) % 2 === 1 ? -1 : 1,
    shift: { x: share(5), y: share(9) },
    stretch: { x: Math.exp(share(16) - 0.5), y: Math.exp(share(20) - 0.5) },
  }
}
type Distortion = ReturnType<typeof distortionOf>

function asSeen(point: XY, { turn, side, stretch }: Distortion): XY {
  const [x, y] = turnedBy(point, turn)
  return [side * stretch.x * x, stretch.y * y]
}

/** As the product has it. */
export const LATTICE_M = 300

/** The sketch laid upon the track it was made of. This knows the secret, which is what "granted" means. */
function placed(sketch: Sketch, track: readonly XY[], by: Distortion): XY[] {
  const turned = track.map((point) => asSeen(point, by))
  const [xs, ys] = [turned.map(([x]) => x), turned.map(([, y]) => y)]
  const [left, bottom] = [Math.min(...xs), Math.min(...ys)]
  const lattice = Math.max(LATTICE_M, (Math.max(...xs) - left) / 8, (Math.max(...ys) - bottom) / 8)
  const some = resampled(turned, 150)
  let best: { corners: XY[]; off: number } | null = null
  for (let i = 0; i < 4; i++)
    for (let j = 0; j < 4; j++) {
      const corners = sketch.map(([x, y]): XY => [(x + i - by.shift.x) * lattice + left, (y + j - by.shift.y) * lattice + bottom])
      const off = corners.reduce((sum, corner) => sum + Math.min(...some.map((point) => distance(point, corner))), 0) / corners.length
      if (!best || off < best.off) best = { corners, off }
    }
  if (best!.off > 0.75 * lattice) throw new Error('the bench no longer knows how sketches are made: its attackers would be granted nothing')
  return best!.corners
}

/** A ring, begun where it comes nearest to the home. */
function fromHomeOn(ring: readonly XY[]): XY[] {
  const points = resampled(ring, 200).slice(0, -1)
  const at = points.reduce((best, point, i) => (Math.hypot(...point) < Math.hypot(...points[best]!) ? i : best), 0)
  return [...points.slice(at), ...points.slice(0, at), points[at]!]
}
