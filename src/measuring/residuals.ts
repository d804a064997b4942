import { METRES_PER_DEGREE } from '../core/geo.ts'
import type { Fixes } from './track.ts'

/** What copies of a walk are found by: it is kept beside the walk. */
export interface Residuals {
  /** Squares of about 220 m that the walk passes through, as integers of 32 bits. Copies share most of them. */
  readonly cells: number[]
  /** Up to 4,096 fixes as the receiver gave them, noise and all, or the means of as many slots: at most 48 kB, 3.4 bytes a fix as a rule. */
  readonly trace: Uint8Array
  /** How many figures the recording has of its own: fixes, accuracies, speeds, altitudes. Of two copies the richer one is the original. */
  readonly richness: number
}

/** A trace unpacked. */
interface Trace {
  readonly count: number
  /** Whole tenths of a second since 1970. */
  readonly time: Float64Array
  /** Millionths of a degree, which are about a decimetre. */
  readonly lat: Float64Array
  readonly lng: Float64Array
}

/** An hour and eight minutes at one a second. */
const MOST_FIXES = 4_096
const CELL_DEG = { lat: 0.002, lng: 0.0025 }

export function residualsOf(fixes: Fixes): Residuals {
  const { count, lat, lng, time_ms, accuracy_m, speed_mps, altitude_m } = fixes
  const slotMs = slotOf(fixes)
  const cells = new Set<number>()
  const bytes: number[] = []
  let cell = NaN
  let richness = 0
  const columns = [time_ms, lat, lng] as const
  const before = [0, 0, 0]
  for (let i = 0, from = 0; i < count; i++) {
    const at = (Math.floor(lat[i]! / CELL_DEG.lat) * 0x20000 + Math.floor(lng[i]! / CELL_DEG.lng)) | 0
    if (at !== cell) cells.add(at)
    cell = at
    richness += 1 + Number(accuracy_m[i]! >= 0) + Number(speed_mps[i]! >= 0) + Number(altitude_m[i] === altitude_m[i])
    if (slotMs > 0 && i + 1 < count && Math.floor(time_ms[i]! / slotMs) === Math.floor(time_ms[i + 1]! / slotMs)) continue
    for (let k = 0; k < 3; k++) {
      const mean = meanOf(columns[k]!, from, i + 1)
      const value = Math.round(k === 0 ? mean / 100 : mean * 1e6)
      pack(value - before[k]!, bytes)
      before[k] = value
    }
    from = i + 1
  }
  return { cells: [...cells], trace: Uint8Array.from(bytes), richness }
}

/**
 * How long the slots are over which a long recording is averaged; 0 where each fix is kept. Picking some of its fixes would not do: a copy without its first part
 * would keep others, and the noise of one fix says nothing of the next. The means of a slot and of one that overlaps it are alike. Slots are powers of two of the
 * clock, so that most copies have the same.
 */
function slotOf({ count, time_ms }: Fixes): number {
  if (count <= MOST_FIXES) return 0
  const leastMs = (time_ms[count - 1]! - time_ms[0]!) / (MOST_FIXES - 1)
  return 100 * 2 ** Math.ceil(Math.log2(leastMs / 100))
}

/** Differences are summed, because a sum of whole values would lose digits. */
function meanOf(of: Float64Array, from: number, to: number): number {
  let sum = 0
  for (let i = from; i < to; i++) sum += of[i]! - of[from]!
  return of[from]! + sum / (to - from)
}

/** An integer of either sign in as few bytes of seven bits as it takes. */
function pack(value: number, bytes: number[]): void {
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  bytes.push(rest)
}

export function unpackTrace(bytes: Uint8Array): Trace {
  const size = bytes.reduce((sum, byte) => sum + Number(byte < 128), 0)
  const count = Math.floor(size / 3)
  const columns = [new Float64Array(count), new Float64Array(count), new Float64Array(count)] as const
  for (let i = 0, at = 0; i < count; i++) {
    for (const column of columns) {
      let value = 0
      for (let scale = 1; ; scale *= 128) {
        const byte = bytes[at++]!
        value += (byte & 127) * scale
        if (byte < 128) break
      }
      column[i] = (i > 0 ? column[i - 1]! : 0) + (value % 2 === 0 ? value / 2 : -(value + 1) / 2)
    }
  }
  return { count, time: columns[0], lat: columns[1], lng: columns[2] }
}

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
