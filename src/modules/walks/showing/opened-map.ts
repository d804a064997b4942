import { distanceM, type Position } from '../../../core/geo.ts'

const HIDDEN_M = 200

/** A route without its first and last 200 m. Null where nothing is left. */
export function withoutEnds(route: readonly Position[]): Position[] | null {
  const along = [0]
  for (let i = 1; i < route.length; i++) along.push(along[i - 1]! + distanceM(route[i - 1]!, route[i]!))
  const from = HIDDEN_M
  const to = along.at(-1)! - HIDDEN_M
  if (to <= from) return null
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
