import { haversineM } from '../core/geo.ts'
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

const FUTURE_MS = 2 * 60_000
const PAST_MS = 31 * 86_400_000
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
    let i = rows[k]!
    const at = time[k]!
    if (at > end) {
      dropped.after_end = rows.length - k
      break
    }
    let isMock = track.is_mock?.[i] === 1
    // The best of one time is chosen before it is asked whether it repeats a place. Otherwise the order of upload would decide.
    while (time[k + 1] === at) {
      const rival = rows[++k]!
      isMock ||= track.is_mock?.[rival] === 1
      if (isBetter(track, rival, i)) i = rival
    }
    const previous = count > 0 ? index[count - 1]! : -1
    if (at - seenMs < LEAST_INTERVAL_MS) {
      if (isMock && !isMockCounted) mocked++
      isMockCounted ||= isMock
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

/** Rows of a track in the order of time, with the times they stand for. */
interface Timed {
  readonly rows: Int32Array
  readonly time: Float64Array
  /** How many rows were dropped, since no time can be told for them. */
  readonly lost: number
  /** Whether some times are made up. */
  readonly has_batches: boolean
}

/** A batch is so many fixes, each less than a second after the last, along more metres than a fast train goes meanwhile. */
const LEAST_BATCH = 3
const BATCH_GAP_MS = 1_000
const BATCH_M = 30
const BATCH_MPS = 42
/** Nobody records more rarely and then sends all at once. */
const MOST_INTERVAL_MS = 15_000
/** Steps faster than this show that the fixes of a batch were not taken at even intervals. */
const FASTEST_STEP_MPS = 8
const FASTEST_BATCH_MPS = 15

/**
 * Some phones hand over fixes in batches and stamp them with the time of delivery: many at one moment, along a way that nobody goes in it. Each batch is
 * spread, in the order sent, over the time since the fix before, or at the usual interval where there was none: at even intervals, or at an even pace where
 * those would leap. It is dropped where nobody could have gone it in that time either.
 */
function spreadBatches({ lat, lng, time_ms }: Track, rows: Int32Array): Timed {
  const time = timesOf(time_ms, rows)
  const kept = new Int32Array(rows.length)
  const spread = new Float64Array(rows.length)
  let usualMs = NaN
  let n = 0
  let hasBatches = false
  for (let from = 0, to = 1; from < rows.length; from = to, to++) {
    let metres = 0
    let longest = 0
    for (; to < rows.length && time[to]! - time[to - 1]! < BATCH_GAP_MS; to++) {
      const step = stepM(to)
      metres += step
      longest = Math.max(longest, step)
    }
    const size = to - from
    const last = time[to - 1]!
    const isBatch = size >= LEAST_BATCH && metres > BATCH_M + (BATCH_MPS * (last - time[from]!)) / 1000
    if (!isBatch) {
      for (let k = from; k < to; k++) {
        kept[n] = rows[k]!
        spread[n++] = time[k]!
      }
      continue
    }
    if (from === 0) usualMs = usualInterval(time)
    const each = Math.min(MOST_INTERVAL_MS, from > 0 ? (last - time[from - 1]!) / size : usualMs)
    if (metres > (FASTEST_BATCH_MPS * each * size) / 1000) continue
    hasBatches = true
    const isEven = longest <= (FASTEST_STEP_MPS * each) / 1000
    for (let k = from, gone = 0; k < to; k++) {
      if (k > from) gone += stepM(k)
      const share = isEven ? (k - from) / (size - 1) : gone / metres
      kept[n] = rows[k]!
      spread[n++] = Math.round(last - each * (size - 1) * (1 - share))
    }
  }
  return { rows: kept.subarray(0, n), time: spread.subarray(0, n), lost: rows.length - n, has_batches: hasBatches }

  function stepM(k: number): number {
    return haversineM(lat[rows[k - 1]!]!, lng[rows[k - 1]!]!, lat[rows[k]!]!, lng[rows[k]!]!)
  }
}

/** Whole milliseconds of the rows. */
function timesOf(timeMs: Float64Array, rows: Int32Array): Float64Array {
  const time = new Float64Array(rows.length)
  for (let k = 0; k < rows.length; k++) time[k] = Math.round(timeMs[rows[k]!]!)
  return time
}

/** The interval between fixes that did not come in batches; on average where hardly any did not. */
function usualInterval(time: Float64Array): number {
  const gaps = time.subarray(1).map((at, k) => at - time[k]!)
  const apart = gaps.filter((gap) => gap >= BATCH_GAP_MS)
  return apart.length >= gaps.length / 4 ? medianOf(apart) : (time.at(-1)! - time[0]!) / time.length
}

/** What a program got wrong that wrote the track down; no recording can be like that, so it is worth asking for it again. */
export type Impossibility =
  | 'times_in_seconds'
  | 'times_elsewhere'
  | 'axes_swapped'
  | 'precision_too_low'
  | 'precision_too_high'
  | 'out_of_world'

/** Unix times in seconds lie here until the year 5138, and those in milliseconds did until 1973. */
const SECONDS = { least: 1e8, most: 1e11 }
/** South Korea, generously. An encoded line read with a digit too many lands a tenth as far from null island, in the woods of Cameroon. */
const KOREA = { lat: [33, 39], lng: [124, 132] } as const

/** Says why more than half of the points cannot be meant as they are sent; null where they can. A few odd points are the receiver's, and dropped. */
export function impossibilityOf({ lat, lng, time_ms: time }: Track, { now_ms }: Clock): Impossibility | null {
  const most = (is: (i: number) => boolean) => {
    let count = 0
    for (let i = 0; i < time.length; i++) if (is(i)) count++
    return 2 * count > time.length
  }
  const isWithin = (value: number, limit: number) => Math.abs(value) <= limit
  const isInKorea = (north: number, east: number) =>
    north > KOREA.lat[0] && north < KOREA.lat[1] && east > KOREA.lng[0] && east < KOREA.lng[1]
  if (most((i) => time[i]! > SECONDS.least && time[i]! < SECONDS.most)) return 'times_in_seconds'
  if (most((i) => time[i]! > now_ms + FUTURE_MS || time[i]! < now_ms - PAST_MS)) return 'times_elsewhere'
  if (most((i) => isInKorea(lng[i]!, lat[i]!))) return 'axes_swapped'
  if (most((i) => isInKorea(10 * lat[i]!, 10 * lng[i]!))) return 'precision_too_high'
  if (most((i) => isInKorea(lat[i]! / 10, lng[i]! / 10))) return 'precision_too_low'
  if (most((i) => !isWithin(lat[i]!, 90) && isWithin(lng[i]!, 90))) return 'axes_swapped'
  return most((i) => !isWithin(lat[i]!, 90) || !isWithin(lng[i]!, 180)) ? 'out_of_world' : null
}
