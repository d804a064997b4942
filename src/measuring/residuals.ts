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
export interface Trace {
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
  const values: number[] = []
  let value = 0
  let scale = 1
  for (const byte of bytes) {
    value += (byte & 127) * scale
    scale *= 128
    if (byte > 127) continue
    values.push((value % 2 === 0 ? value / 2 : -(value + 1) / 2) + (values[values.length - 3] ?? 0))
    value = 0
    scale = 1
  }
  const count = Math.floor(values.length / 3)
  const column = (k: number) => Float64Array.from({ length: count }, (_, i) => values[3 * i + k]!)
  return { count, time: column(0), lat: column(1), lng: column(2) }
}
