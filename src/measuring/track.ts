import { planeAt, toX, toY, type Plane } from '../core/geo.ts'

/** What a phone recorded, column by column, in the order it was sent. All columns have the same length. */
export interface Track {
  readonly lat: Float64Array
  readonly lng: Float64Array
  /** Unix time in milliseconds; fractions are rounded away. */
  readonly time_ms: Float64Array
  /** NaN where a point has none. */
  readonly altitude_m: Float64Array | null
  /** Radius of 68 % confidence; NaN where a point has none. */
  readonly accuracy_m: Float64Array | null
  readonly is_mock: Uint8Array | null
}

/** Usable fixes in the order of time, at least half a second apart. `x`, `y` are metres on `plane`. */
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
  readonly altitude_m: Float64Array | null
  readonly plane: Plane
}

/** How many points were left out before measuring, and why. */
export interface Dropped {
  out_of_world: number
  bad_time: number
  inaccurate: number
  duplicate: number
  after_end: number
}

export interface CleanTrack {
  readonly fixes: Fixes
  readonly dropped: Dropped
  readonly mock_share: number
  readonly auto_ended: boolean
}

const FUTURE_MS = 2 * 60_000
const PAST_MS = 31 * 86_400_000
const WORST_ACCURACY_M = 50
/** Receivers give one fix a second; what comes faster only multiplies noise. */
const LEAST_INTERVAL_MS = 500
export const LONGEST_WALK_MS = 12 * 3_600_000

/**
 * Sorts by time, drops what cannot be a fix, ends the walk after 12 h.
 * Of several points at the same time the most accurate stays (then the southern, then the western), so that the order of upload never matters.
 */
export function cleanTrack(track: Track, nowMs: number): CleanTrack {
  const { lat, lng, time_ms: time, accuracy_m: accuracy, is_mock: mock } = track
  const dropped: Dropped = { out_of_world: 0, bad_time: 0, inaccurate: 0, duplicate: 0, after_end: 0 }
  const sent = time.length
  const order = new Int32Array(sent)
  let kept = 0
  let sorted = true
  let latest = -Infinity
  for (let i = 0; i < sent; i++) {
    const at = Math.round(time[i]!)
    if (!(Math.abs(lat[i]!) <= 90 && Math.abs(lng[i]!) <= 180)) dropped.out_of_world++
    else if (!(at <= nowMs + FUTURE_MS && at >= nowMs - PAST_MS)) dropped.bad_time++
    else if (accuracy !== null && accuracy[i]! > WORST_ACCURACY_M) dropped.inaccurate++
    else {
      order[kept++] = i
      if (at < latest) sorted = false
      latest = at
    }
  }
  const usable = order.subarray(0, kept)
  if (!sorted) sortByTime(usable, time, nowMs - PAST_MS)

  let count = 0
  let mocked = 0
  let mockedHere = false
  const end = kept > 0 ? Math.round(time[usable[0]!]!) + LONGEST_WALK_MS : 0
  for (let k = 0; k < kept; k++) {
    const i = usable[k]!
    const at = Math.round(time[i]!)
    if (at > end) {
      dropped.after_end = kept - k
      break
    }
    const isMock = mock !== null && mock[i] === 1
    const previous = count > 0 ? usable[count - 1]! : -1
    const since = previous >= 0 ? at - Math.round(time[previous]!) : Infinity
    if (since < LEAST_INTERVAL_MS) {
      dropped.duplicate++
      if (isMock && !mockedHere) mocked++
      mockedHere ||= isMock
      if (since === 0 && isBetter(track, i, previous)) usable[count - 1] = i
      continue
    }
    usable[count++] = i
    mockedHere = isMock
    if (isMock) mocked++
  }
  return {
    fixes: pick(track, usable.subarray(0, count)),
    dropped,
    mock_share: count > 0 ? mocked / count : 0,
    auto_ended: dropped.after_end > 0,
  }
}

/** Sorts numbers instead of comparing rows, which is several times as fast: whole milliseconds since `epochMs` above, the row below. */
function sortByTime(rows: Int32Array, time: Float64Array, epochMs: number): void {
  const size = 2 ** Math.ceil(Math.log2(time.length + 1))
  const base = Math.floor(epochMs)
  const keys = new Float64Array(rows.length)
  for (let k = 0; k < rows.length; k++) keys[k] = (Math.round(time[rows[k]!]!) - base) * size + rows[k]!
  keys.sort()
  for (let k = 0; k < rows.length; k++) rows[k] = keys[k]! % size
}

function isBetter(track: Track, a: number, b: number): boolean {
  if (track.accuracy_m !== null) {
    const accuracyA = track.accuracy_m[a]!
    const accuracyB = track.accuracy_m[b]!
    if (accuracyA < accuracyB || (accuracyB !== accuracyB && accuracyA === accuracyA)) return true
    if (accuracyA > accuracyB || (accuracyA !== accuracyA && accuracyB === accuracyB)) return false
  }
  return track.lat[a]! < track.lat[b]! || (track.lat[a] === track.lat[b] && track.lng[a]! < track.lng[b]!)
}

function pick(track: Track, index: Int32Array): Fixes {
  const count = index.length
  const lat = new Float64Array(count)
  const lng = new Float64Array(count)
  const time = new Float64Array(count)
  const t = new Float64Array(count)
  const x = new Float64Array(count)
  const y = new Float64Array(count)
  const altitude = track.altitude_m === null ? null : new Float64Array(count)
  const plane = count > 0 ? planeAt(track.lat[index[0]!]!, track.lng[index[0]!]!) : planeAt(0, 0)
  for (let k = 0; k < count; k++) {
    const i = index[k]!
    lat[k] = track.lat[i]!
    lng[k] = track.lng[i]!
    time[k] = Math.round(track.time_ms[i]!)
    t[k] = (time[k]! - time[0]!) / 1000
    x[k] = toX(plane, lng[k]!)
    y[k] = toY(plane, lat[k]!)
    if (altitude !== null) altitude[k] = track.altitude_m![i]!
  }
  return { count, index, lat, lng, time_ms: time, t, x, y, altitude_m: altitude, plane }
}

/** The fixes whose mark is 0. */
export function withoutMarked(fixes: Fixes, mark: Uint8Array): Fixes {
  let count = 0
  for (let i = 0; i < fixes.count; i++) if (mark[i] === 0) count++
  if (count === fixes.count) return fixes
  const take = new Int32Array(count)
  for (let i = 0, k = 0; i < fixes.count; i++) if (mark[i] === 0) take[k++] = i
  const column = (from: Float64Array) => {
    const to = new Float64Array(count)
    for (let k = 0; k < count; k++) to[k] = from[take[k]!]!
    return to
  }
  const index = new Int32Array(count)
  for (let k = 0; k < count; k++) index[k] = fixes.index[take[k]!]!
  return {
    count,
    index,
    lat: column(fixes.lat),
    lng: column(fixes.lng),
    time_ms: column(fixes.time_ms),
    t: column(fixes.t),
    x: column(fixes.x),
    y: column(fixes.y),
    altitude_m: fixes.altitude_m === null ? null : column(fixes.altitude_m),
    plane: fixes.plane,
  }
}
