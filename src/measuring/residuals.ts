import type { Fixes } from './track.ts'

/** What copies of a walk are found by: it is kept beside the walk. */
export interface Residuals {
  /** Squares of about 220 m that the walk passes through, as integers of 32 bits. Copies share most of them. */
  readonly cells: number[]
  /** Up to 1,024 fixes as the receiver gave them, noise and all: at most 12 kB, 3 kB as a rule. */
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

const MOST_FIXES = 1_024
const CELL_DEG = { lat: 0.002, lng: 0.0025 }

export function residualsOf(fixes: Fixes): Residuals {
  const { count, lat, lng, time_ms, accuracy_m, speed_mps, altitude_m } = fixes
  const cells = new Set<number>()
  const bytes: number[] = []
  let cell = NaN
  let richness = 0
  let before = [0, 0, 0]
  // Evenly in time and not in fixes, so that a thinned copy keeps the same places.
  const eachMs = count > MOST_FIXES ? (time_ms[count - 1]! - time_ms[0]!) / MOST_FIXES : 0
  let next = -Infinity
  for (let i = 0; i < count; i++) {
    const at = (Math.floor(lat[i]! / CELL_DEG.lat) * 0x20000 + Math.floor(lng[i]! / CELL_DEG.lng)) | 0
    if (at !== cell) cells.add(at)
    cell = at
    richness += 1 + Number(accuracy_m[i]! >= 0) + Number(speed_mps[i]! >= 0) + Number(altitude_m[i] === altitude_m[i])
    if (time_ms[i]! < next) continue
    next = time_ms[i]! + eachMs
    const row = [Math.round(time_ms[i]! / 100), Math.round(lat[i]! * 1e6), Math.round(lng[i]! * 1e6)]
    row.forEach((value, k) => pack(value - before[k]!, bytes))
    before = row
  }
  return { cells: [...cells], trace: Uint8Array.from(bytes), richness }
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
