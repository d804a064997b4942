import { haversineM } from '../core/geo.ts'
import { medianOf, type Track } from './track.ts'

/** Rows of a track in the order of time, with the times they stand for. */
export interface Timed {
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
export function spreadBatches({ lat, lng, time_ms }: Track, rows: Int32Array): Timed {
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
export function timesOf(timeMs: Float64Array, rows: Int32Array): Float64Array {
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
