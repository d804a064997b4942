import { METRES_PER_DEGREE } from '../core/geo.ts'
import { unpackTrace, type Residuals } from './residuals.ts'

/** A recording in metres about one place, its time in seconds. */
export interface Way {
  readonly count: number
  readonly t: Float64Array
  readonly x: Float64Array
  readonly y: Float64Array
}

export interface Shift {
  readonly x: number
  readonly y: number
}

/** Where one was, the other was within this: an offset of 10 m and noise. */
export const NEAR_M = 25
/** A recording says nothing of where it was in a hole. */
export const HOLE_SEC = 130

export function waysOf(first: Pick<Residuals, 'trace'>, second: Pick<Residuals, 'trace'>): [Way, Way] {
  const traces = [unpackTrace(first.trace), unpackTrace(second.trace)] as const
  const { time = [], lat = [], lng = [] } = traces[0]
  const perLng = METRES_PER_DEGREE * Math.cos(((lat[0] ?? 0) * Math.PI) / 180e6)
  const toWay = (trace: (typeof traces)[number]): Way => ({
    count: trace.count,
    t: trace.time.map((at) => (at - time[0]!) / 10),
    x: trace.lng.map((at) => ((at - lng[0]!) / 1e6) * perLng),
    y: trace.lat.map((at) => ((at - lat[0]!) / 1e6) * METRES_PER_DEGREE),
  })
  return [toWay(traces[0]), toWay(traces[1])]
}

/** The same way back to front, at the mirrored times. */
export function reversed({ count, t, x, y }: Way): Way {
  return { count, t: t.map((at) => -at).reverse(), x: x.toReversed(), y: y.toReversed() }
}

export function thin({ count, t, x, y }: Way, most: number): Way {
  const each = Math.max(1, count / most)
  const size = Math.floor(count / each)
  const column = (of: Float64Array) => Float64Array.from({ length: size }, (_, k) => of[Math.floor(k * each)]!)
  return { count: size, t: column(t), x: column(x), y: column(y) }
}

/** Calls with each fix in the squares about a place. */
export type Near = (x: number, y: number, call: (i: number) => void) => void

export function nearOf({ count, x, y }: Way): Near {
  const squares = new Map<number, number[]>()
  const keyOf = (column: number, row: number) => column * 0x100000 + row
  for (let i = 0; i < count; i++) {
    const key = keyOf(Math.floor(x[i]! / NEAR_M), Math.floor(y[i]! / NEAR_M))
    const square = squares.get(key)
    if (square) square.push(i)
    else squares.set(key, [i])
  }
  return (atX, atY, call) => {
    const column = Math.floor(atX / NEAR_M)
    const row = Math.floor(atY / NEAR_M)
    for (let dx = -1; dx <= 1; dx++) for (let dy = -1; dy <= 1; dy++) squares.get(keyOf(column + dx, row + dy))?.forEach(call)
  }
}

/** A reader of where a way was at a second; NaN in its holes. It is quick as long as the seconds hardly go back. */
export function reader({ count, t, x, y }: Way): (second: number) => Shift {
  let k = 1
  return (second) => {
    while (k < count - 1 && t[k]! < second) k++
    while (k > 1 && t[k - 1]! > second) k--
    const seconds = t[k]! - t[k - 1]!
    const share = (second - t[k - 1]!) / seconds
    if (!(share >= 0 && share <= 1 && seconds <= HOLE_SEC)) return { x: NaN, y: NaN }
    return { x: x[k - 1]! + (x[k]! - x[k - 1]!) * share, y: y[k - 1]! + (y[k]! - y[k - 1]!) * share }
  }
}
