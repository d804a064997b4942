import { planeAt, toX, toY, type Plane } from '../core/geo.ts'

/** What a phone recorded, column by column, in the order it was sent. All columns have the same length; NaN means unknown. */
export interface Track {
  readonly lat: Float64Array
  readonly lng: Float64Array
  /** Unix time in milliseconds; fractions are rounded away. */
  readonly time_ms: Float64Array
  readonly altitude_m: Float64Array | null
  /** Radius of 68 % confidence. */
  readonly accuracy_m: Float64Array | null
  /** The receiver's own speed, from the Doppler shift of the satellites. */
  readonly speed_mps?: Float64Array | null
  readonly is_mock: Uint8Array | null
  /** Steps counted since some moment before, as [Unix ms, count]. */
  readonly steps?: readonly (readonly [time_ms: number, count: number])[] | null
  /** What the phone took its owner to be doing from each Unix ms on. */
  readonly activities?: readonly (readonly [time_ms: number, kind: Activity])[] | null
}

export type Activity = 'still' | 'walking' | 'running' | 'cycling' | 'in_vehicle'

/** Usable fixes in the order of time, at least half a second apart, no place twice in a row. `x`, `y` are metres on `plane`. */
export interface Fixes {
  readonly count: number
  /** Where each fix stood in the track as sent. */
  readonly index: Int32Array
  readonly lat: Float64Array
  readonly lng: Float64Array
  readonly time_ms: Float64Array
  /** Seconds since the first fix. */
  readonly t: Float64Array
  readonly x: Float64Array
  readonly y: Float64Array
  /** NaN where unknown, as are accuracy and speed. */
  readonly altitude_m: Float64Array
  readonly accuracy_m: Float64Array
  readonly speed_mps: Float64Array
  readonly plane: Plane
}

/** The rows `index` of the track, with the times `timeMs`. */
export function toFixes(track: Track, index: Int32Array, timeMs: Float64Array): Fixes {
  const count = index.length
  const column = (from: Float64Array | null | undefined) => {
    const to = new Float64Array(count).fill(NaN)
    if (from) for (let k = 0; k < count; k++) to[k] = from[index[k]!]!
    return to
  }
  const lat = column(track.lat)
  const lng = column(track.lng)
  const plane = count > 0 ? planeAt(lat[0]!, lng[0]!) : planeAt(0, 0)
  const t = new Float64Array(count)
  const x = new Float64Array(count)
  const y = new Float64Array(count)
  for (let k = 0; k < count; k++) {
    t[k] = (timeMs[k]! - timeMs[0]!) / 1000
    x[k] = toX(plane, lng[k]!)
    y[k] = toY(plane, lat[k]!)
  }
  const altitude = column(track.altitude_m)
  const accuracy = column(track.accuracy_m)
  const speed = column(track.speed_mps)
  return { count, index, lat, lng, time_ms: timeMs, t, x, y, altitude_m: altitude, accuracy_m: accuracy, speed_mps: speed, plane }
}

/** The fixes whose mark is 0. */
export function withoutMarked(fixes: Fixes, mark: Uint8Array): Fixes {
  let count = 0
  for (let i = 0; i < fixes.count; i++) if (mark[i] === 0) count++
  if (count === fixes.count) return fixes
  const keep = new Int32Array(count)
  for (let i = 0, k = 0; i < fixes.count; i++) if (mark[i] === 0) keep[k++] = i
  const column = <T extends Float64Array | Int32Array>(from: T, to: T): T => {
    for (let k = 0; k < count; k++) to[k] = from[keep[k]!]!
    return to
  }
  const floats = (from: Float64Array) => column(from, new Float64Array(count))
  return {
    count,
    index: column(fixes.index, new Int32Array(count)),
    lat: floats(fixes.lat),
    lng: floats(fixes.lng),
    time_ms: floats(fixes.time_ms),
    t: floats(fixes.t),
    x: floats(fixes.x),
    y: floats(fixes.y),
    altitude_m: floats(fixes.altitude_m),
    accuracy_m: floats(fixes.accuracy_m),
    speed_mps: floats(fixes.speed_mps),
    plane: fixes.plane,
  }
}

/** The median accuracy of the fixes that have one; NaN where none has. A loop, because `filter` takes longer than all else that is done with a long track. */
export function typicalRadiusM({ accuracy_m: accuracy, count }: Pick<Fixes, 'accuracy_m' | 'count'>): number {
  const known = new Float64Array(count)
  let n = 0
  for (let i = 0; i < count; i++) if (accuracy[i]! > 0) known[n++] = accuracy[i]!
  return medianOf(known.subarray(0, n))
}

/** The middle of some values; NaN of none. */
export function medianOf(values: Float64Array): number {
  return quantileOf(values, 0.5)
}

/** What so large a share of some values lies below, by a sample of at most some 1,000; NaN of none. Values that are NaN lie above all others. */
export function quantileOf(values: Float64Array, share: number): number {
  const stride = Math.max(1, Math.floor(values.length / 1_000))
  const size = Math.ceil(values.length / stride)
  const sample = new Float64Array(size)
  let known = 0
  for (let k = 0; k < size; k++) {
    const value = values[k * stride]!
    if (value === value) sample[known++] = value
  }
  const rank = Math.floor(share * size)
  return rank < known ? selectOf(sample, rank, known) : NaN
}

/** The value of that rank among the first `size`, by Hoare's selection: measuring asks for some thirty quantiles, and sorting for each took a third of its time. */
function selectOf(values: Float64Array, rank: number, size: number): number {
  for (let low = 0, high = size - 1; low < high;) {
    const pivot = values[(low + high) >> 1]!
    let i = low
    let j = high
    while (i <= j) {
      while (values[i]! < pivot) i++
      while (values[j]! > pivot) j--
      if (i > j) break
      const value = values[i]!
      values[i++] = values[j]!
      values[j--] = value
    }
    if (rank <= j) high = j
    else if (rank >= i) low = i
    else break
  }
  return values[rank]!
}
