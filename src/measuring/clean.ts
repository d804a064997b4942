import { spreadBatches, timesOf } from './batches.ts'
import { medianOf, toFixes, type Fixes, type Track } from './track.ts'

/** How many points were left out before measuring, and why. */
export interface Dropped {
  out_of_world: number
  bad_time: number
  before_start: number
  inaccurate: number
  after_end: number
}

export interface CleanTrack {
  readonly fixes: Fixes
  readonly dropped: Dropped
  readonly mock_share: number
  readonly auto_ended: boolean
  /** Whether the times of some fixes are made up, since they came in batches. */
  readonly has_batches: boolean
}

export interface Clock {
  readonly now_ms: number
  /** When the walk began as the server recorded it, or as the sync declares it. */
  readonly started_at_ms?: number | undefined
}

export const FUTURE_MS = 2 * 60_000
export const PAST_MS = 31 * 86_400_000
/** A phone's clock and the server's differ by some seconds, and the first fix may be on its way already. */
const EARLY_MS = 60_000
const WORST_ACCURACY_M = 50
/** Receivers give one fix a second; what comes faster only multiplies noise. */
const LEAST_INTERVAL_MS = 500
export const LONGEST_WALK_MS = 12 * 3_600_000
/** A cached fix stands alone before a hole; so many in a row are no cache. */
const MOST_CACHED = 2
const CACHE_HOLE_MS = 60_000
const CACHE_HOLE_INTERVALS = 5

/**
 * Drops what cannot be a fix of this walk, sorts by time, ends the walk after 12 h. Of several points at the same time the most accurate stays (then the
 * southern, then the western), and of a place reported again and again the first, so that the order of upload never matters.
 */
export function cleanTrack(track: Track, clock: Clock): CleanTrack {
  const dropped: Dropped = { out_of_world: 0, bad_time: 0, before_start: 0, inaccurate: 0, after_end: 0 }
  const possible = possibleRows(track, clock.now_ms, dropped)
  const first = firstOfWalk(timesOf(track.time_ms, possible), clock.started_at_ms)
  dropped.before_start = first
  const { rows, time, lost, has_batches } = spreadBatches(track, possible.subarray(first))
  dropped.bad_time += lost
  const end = (time[0] ?? 0) + LONGEST_WALK_MS
  const index = new Int32Array(rows.length)
  const times = new Float64Array(rows.length)
  let count = 0
  let mocked = 0
  let isMockCounted = false
  let seenMs = -Infinity
  for (let k = 0; k < rows.length; k++) {
    const i = rows[k]!
    const at = time[k]!
    if (at > end) {
      dropped.after_end = rows.length - k
      break
    }
    const isMock = track.is_mock?.[i] === 1
    const previous = count > 0 ? index[count - 1]! : -1
    if (at - seenMs < LEAST_INTERVAL_MS) {
      if (isMock && !isMockCounted) mocked++
      isMockCounted ||= isMock
      if (at === times[count - 1] && isBetter(track, i, previous)) index[count - 1] = i
      continue
    }
    seenMs = at
    if (previous >= 0 && track.lat[i] === track.lat[previous] && track.lng[i] === track.lng[previous]) continue
    index[count] = i
    times[count] = at
    count++
    isMockCounted = isMock
    if (isMock) mocked++
  }
  const fixes = toFixes(track, index.subarray(0, count), times.subarray(0, count))
  return { fixes, dropped, mock_share: count > 0 ? mocked / count : 0, auto_ended: dropped.after_end > 0, has_batches }
}

/** The rows that could be fixes, in the order of time and then of upload. */
function possibleRows(track: Track, nowMs: number, dropped: Dropped): Int32Array {
  const { lat, lng, time_ms: time, accuracy_m: accuracy } = track
  const rows = new Int32Array(time.length)
  let kept = 0
  let isSorted = true
  let latest = -Infinity
  for (let i = 0; i < time.length; i++) {
    const at = Math.round(time[i]!)
    if (!(Math.abs(lat[i]!) < 90 && Math.abs(lng[i]!) <= 180) || (lat[i] === 0 && lng[i] === 0)) dropped.out_of_world++
    else if (!(at <= nowMs + FUTURE_MS && at >= nowMs - PAST_MS)) dropped.bad_time++
    else if (accuracy !== null && (accuracy[i]! > WORST_ACCURACY_M || accuracy[i]! < 0)) dropped.inaccurate++
    else {
      rows[kept++] = i
      if (at < latest) isSorted = false
      latest = at
    }
  }
  const usable = rows.subarray(0, kept)
  if (!isSorted) sortByTime(usable, time, nowMs - PAST_MS)
  return withoutRepeats(usable, track)
}

/** What was sent twice is one point. */
function withoutRepeats(rows: Int32Array, { lat, lng, time_ms: time }: Track): Int32Array {
  let kept = 0
  for (const row of rows) {
    const last = kept > 0 ? rows[kept - 1]! : -1
    if (last >= 0 && time[row] === time[last] && lat[row] === lat[last] && lng[row] === lng[last]) continue
    rows[kept++] = row
  }
  return rows.subarray(0, kept)
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

/** The first point that is not older than the walk: by the clock where its start is known, and otherwise after cached fixes that stand alone. */
function firstOfWalk(time: Float64Array, startedAtMs: number | undefined): number {
  let first = 0
  if (startedAtMs !== undefined) {
    while (first < time.length && time[first]! < startedAtMs - EARLY_MS) first++
    // If most of a walk lies before its start, the clocks differ.
    if (first > time.length / 2) first = 0
  }
  const gaps = new Float64Array(Math.max(0, time.length - 1))
  for (let k = 0; k < gaps.length; k++) gaps[k] = time[k + 1]! - time[k]!
  const longest = Math.max(CACHE_HOLE_MS, CACHE_HOLE_INTERVALS * medianOf(gaps))
  for (let k = Math.min(first + MOST_CACHED, time.length - 1); k > first; k--) if (time[k]! - time[k - 1]! > longest) return k
  return first
}

function isBetter(track: Track, a: number, b: number): boolean {
  const accuracyA = track.accuracy_m?.[a] ?? NaN
  const accuracyB = track.accuracy_m?.[b] ?? NaN
  if (accuracyA < accuracyB || (accuracyB !== accuracyB && accuracyA === accuracyA)) return true
  if (accuracyA > accuracyB || (accuracyA !== accuracyA && accuracyB === accuracyB)) return false
  return track.lat[a]! < track.lat[b]! || (track.lat[a] === track.lat[b] && track.lng[a]! < track.lng[b]!)
}
