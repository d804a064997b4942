import { toLat, toLng, type Position } from '../core/geo.ts'
import { plausibleAltitudes } from './figures.ts'
import { cleanTrack, type Clock } from './clean.ts'
import type { Strides } from './distance.ts'
import { LINK, linkFixes, type Linked } from './links.ts'
import type { Path } from './smoother.ts'
import type { Track } from './track.ts'
import simplify from 'simplify-js'

/** The way on foot as it is kept and shown. A piece runs from one of `piece_starts` to just before the next. */
export interface Line {
  readonly lng: Float64Array
  readonly lat: Float64Array
  readonly time_ms: Float64Array
  readonly piece_starts: readonly number[]
  /** Metres counted from the start of the line up to each point; gaps between pieces add nothing. */
  readonly distance_m: Float64Array
  /** The fix each point was. */
  readonly fix: Int32Array
}

/** A straight way needs no points between: all that are left out lie this near it. */
const TOLERANCE_M = 2
const LEAST_MOVE_M = 3

/** The ends of the strides that counted, without those on a straight line. */
export function toLine({ fixes, link }: Linked, path: Path, { count, fix, length_m: length }: Strides): Line {
  const points: number[] = []
  const metres: number[] = []
  const starts: number[] = []
  let total = 0
  let isOpen = false
  // The directions from the last point in which a straight line passes all since, about `middle`.
  let middle = NaN
  let low = 0
  let high = 0
  const add = (i: number) => {
    points.push(i)
    metres.push(total)
    middle = NaN
  }
  for (let k = 1; k < count; k++) {
    const from = fix[k - 1]!
    const to = fix[k]!
    const isBroken = link[to] !== LINK.walked && link[to] !== LINK.bridged
    if (isBroken || (length[k] === 0 && !isOpen)) {
      if (isOpen && points.at(-1) !== from) add(from)
      isOpen = false
      continue
    }
    if (!isOpen) {
      starts.push(points.length)
      add(from)
      isOpen = true
    }
    const last = points.at(-1)!
    const dx = path.x[to]! - path.x[last]!
    const dy = path.y[to]! - path.y[last]!
    const apart = Math.sqrt(dx * dx + dy * dy)
    if (apart > LEAST_MOVE_M) {
      const angle = Math.atan2(dy, dx)
      const width = Math.asin(Math.min(1, TOLERANCE_M / apart))
      let turn = angle - middle
      if (turn > Math.PI) turn -= 2 * Math.PI
      else if (turn < -Math.PI) turn += 2 * Math.PI
      if (turn !== turn) {
        middle = angle
        low = -width
        high = width
      } else if (turn < low || turn > high) {
        add(from)
        k--
        continue
      } else {
        low = Math.max(low, turn - width)
        high = Math.min(high, turn + width)
      }
    }
    total += length[k]!
    if (k + 1 === count && points.at(-1) !== to) add(to)
  }
  return {
    lng: Float64Array.from(points, (i) => toLng(fixes.plane, path.x[i]!)),
    lat: Float64Array.from(points, (i) => toLat(fixes.plane, path.y[i]!)),
    time_ms: Float64Array.from(points, (i) => fixes.time_ms[i]!),
    piece_starts: starts,
    distance_m: Float64Array.from(metres),
    fix: Int32Array.from(points),
  }
}

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

/** Fixes recorded without a break, as the receiver gave them. */
export interface Piece {
  readonly lat: Float64Array
  readonly lng: Float64Array
  readonly time_ms: Float64Array
  /** NaN where none was given or none could be so. */
  readonly altitude_m: Float64Array
}

/** What a recording is worth to other programs: in the order of time, without what measuring drops, broken at every hole and leap. */
export function toPieces(track: Track, clock: Clock): Piece[] {
  const { fixes, link } = linkFixes(cleanTrack(track, clock).fixes)
  const altitude = plausibleAltitudes(fixes)
  const pieces: Piece[] = []
  for (let from = 0, i = 1; i <= fixes.count; i++) {
    if (i < fixes.count && link[i] === LINK.walked) continue
    pieces.push({
      lat: fixes.lat.subarray(from, i),
      lng: fixes.lng.subarray(from, i),
      time_ms: fixes.time_ms.subarray(from, i),
      altitude_m: altitude.subarray(from, i),
    })
    from = i
  }
  return pieces
}
