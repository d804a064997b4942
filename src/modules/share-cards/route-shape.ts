import simplify from 'simplify-js'
import { distanceM, planeAt, type Position, toX, toY } from '../../core/geo.ts'

/** How far a walker wavers to the left and right, in pixels of the card. */
const SMOOTH_PX = 7
/** The share of the route below which a piece is not drawn, because it would be a speck. */
const SHORTEST_SHARE = 0.06

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export type Pixel = [x: number, y: number]

/** Fits a route into a box: as large as possible, centred, north up, and smoothed. */
export function fitRoute(pieces: readonly (readonly Position[])[], box: Box): Pixel[][] {
  const long = withoutSpecks(pieces)
  const first = long[0]?.[0]
  if (!first) return []
  const plane = planeAt(first[1], first[0])
  const metres = long.map((piece) => piece.map(([lng, lat]): [number, number] => [toX(plane, lng), -toY(plane, lat)]))
  const xs = metres.flatMap((piece) => piece.map(([x]) => x))
  const ys = metres.flatMap((piece) => piece.map(([, y]) => y))
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  const scale = Math.min(box.width / Math.max(1, right - left), box.height / Math.max(1, bottom - top))
  const [middleX, middleY] = [box.x + box.width / 2, box.y + box.height / 2]
  return metres.map((piece) => {
    const pixels = piece.map(([x, y]) => ({ x: middleX + (x - (left + right) / 2) * scale, y: middleY + (y - (top + bottom) / 2) * scale }))
    return simplify(pixels, SMOOTH_PX, false).map(({ x, y }): Pixel => [x, y])
  })
}

function withoutSpecks(pieces: readonly (readonly Position[])[]): (readonly Position[])[] {
  const lengths = pieces.map((piece) => piece.reduce((sum, position, i) => sum + distanceM(piece[i - 1] ?? position, position), 0))
  const whole = lengths.reduce((sum, length) => sum + length, 0)
  return pieces.filter((_, i) => (lengths[i] ?? 0) >= SHORTEST_SHARE * whole)
}

/** A path with rounded corners, through the middle of every side. */
export function toPath(pieces: readonly (readonly Pixel[])[]): string {
  return pieces.map(pieceToPath).join('')
}

function pieceToPath(piece: readonly Pixel[]): string {
  const at = ([x, y]: Pixel) => `${x.toFixed(1)} ${y.toFixed(1)}`
  const [first, ...rest] = piece
  const last = rest.pop()
  if (!first || !last) return ''
  const curves = rest.map((corner, i) => `Q${at(corner)} ${at(middle(corner, rest[i + 1] ?? last))}`)
  return `M${at(first)}${curves.join('')}L${at(last)}`
}

function middle(a: Pixel, b: Pixel): Pixel {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
}
