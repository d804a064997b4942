import { distanceM, planeAt, toX, toY, type Position } from '../../../core/geo.ts'

/** A circle that its owner has drawn, usually around their home. Others see nothing within it. */
export interface PrivacyZone {
  readonly lat: number
  readonly lng: number
  readonly radius_m: number
}

const HIDDEN_M = 200
/** Cuts lie this far outside the border, so that rounding to 1e-7° never brings a position back inside. */
const MARGIN_M = 0.05

interface Disc {
  readonly center: Position
  readonly radius_m: number
}

/**
 * The pieces of a route that others may see (docs/product.md#privacy). Cut off are the first and last 200 m along the path, everything within 200 m of the first
 * and the last position, and everything within the zone (200 m at least). Pieces end exactly on those borders, by interpolation. There may be no piece left.
 */
export function trimRoute(route: readonly Position[], zone: PrivacyZone | null): Position[][] {
  const middle = withoutEnds(route)
  let pieces = middle.length >= 2 ? [middle] : []
  for (const disc of hiddenDiscs(route, zone)) pieces = pieces.flatMap((piece) => outside(piece, disc))
  return pieces
}

/** Whether a photo's position must be hidden from others. It is always hidden when no piece of the route is left, because there is nothing to judge it by. */
export function isHiddenPosition(position: Position, route: readonly Position[], zone: PrivacyZone | null): boolean {
  if (trimRoute(route, zone).length === 0) return true
  return hiddenDiscs(route, zone).some((disc) => distanceM(position, disc.center) < disc.radius_m)
}

function hiddenDiscs(route: readonly Position[], zone: PrivacyZone | null): Disc[] {
  const discs: Disc[] = []
  const first = route[0]
  const last = route.at(-1)
  if (first) discs.push({ center: first, radius_m: HIDDEN_M + MARGIN_M })
  if (last) discs.push({ center: last, radius_m: HIDDEN_M + MARGIN_M })
  if (zone) discs.push({ center: [zone.lng, zone.lat], radius_m: Math.max(HIDDEN_M, zone.radius_m || 0) + MARGIN_M })
  return discs
}

function withoutEnds(route: readonly Position[]): Position[] {
  const along = [0]
  for (let i = 1; i < route.length; i++) along.push(along[i - 1]! + distanceM(route[i - 1]!, route[i]!))
  const from = HIDDEN_M
  const to = along.at(-1)! - HIDDEN_M
  if (to <= from) return []
  const kept: Position[] = []
  for (let i = 1; i < route.length; i++) {
    const a = along[i - 1]!
    const b = along[i]!
    if (b <= from || a >= to) continue
    if (kept.length === 0) kept.push(a >= from ? route[i - 1]! : between(route[i - 1]!, route[i]!, (from - a) / (b - a)))
    kept.push(b <= to ? route[i]! : between(route[i - 1]!, route[i]!, (to - a) / (b - a)))
  }
  return kept
}

function between(a: Position, b: Position, share: number): Position {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]
}

/** The parts of a line that lie outside a disc. */
function outside(line: readonly Position[], disc: Disc): Position[][] {
  const plane = planeAt(disc.center[1], disc.center[0])
  const pieces: Position[][] = []
  let piece: Position[] = []
  const end = () => {
    if (piece.length >= 2) pieces.push(piece)
    piece = []
  }
  for (let i = 1; i < line.length; i++) {
    const a = line[i - 1]!
    const b = line[i]!
    const inside = spanInside(toX(plane, a[0]), toY(plane, a[1]), toX(plane, b[0]), toY(plane, b[1]), disc.radius_m)
    if (inside === null) {
      if (piece.length === 0) piece.push(a)
      piece.push(b)
      continue
    }
    const [enter, leave] = inside
    if (enter > 0) {
      if (piece.length === 0) piece.push(a)
      piece.push(between(a, b, enter))
    }
    end()
    if (leave < 1) piece = [between(a, b, leave), b]
  }
  end()
  return pieces
}

/** The share of the way from a to b that lies within `radius` of the origin, as [enter, leave] within [0, 1], or `null` when none does. */
function spanInside(ax: number, ay: number, bx: number, by: number, radius: number): [number, number] | null {
  const dx = bx - ax
  const dy = by - ay
  const length2 = dx * dx + dy * dy
  const c = ax * ax + ay * ay - radius * radius
  if (length2 === 0) return c < 0 ? [0, 1] : null
  const half = (ax * dx + ay * dy) / length2
  const root = half * half - c / length2
  if (root <= 0) return null
  const enter = -half - Math.sqrt(root)
  const leave = -half + Math.sqrt(root)
  if (leave <= 0 || enter >= 1) return null
  return [Math.max(0, enter), Math.min(1, leave)]
}
