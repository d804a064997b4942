import type { Smoothed } from './smoothing.ts'
import type { Fixes } from './track.ts'

export interface Rests {
  /** The number of the rest each fix belongs to, or -1. */
  readonly rest: Int32Array
  /** The middle of each rest, in metres on the fixes' plane. */
  readonly x: number[]
  readonly y: number[]
}

const REST_WINDOW_SEC = 300
const REST_BOX_M = 50
const REST_PACE_MPS = 0.5
const REST_LEAVE_M = 35
const REST_CORE_M = 12
const BLOCK_SEC = 10
/** Pace is taken over so many blocks: drift comes back within 30 s, walking does not. */
const LAG = 3
/** Out of a rest for so many blocks is gone. */
const AWAY_BLOCKS = 2
const MOST_GIVEN_BACK = 12
/** Where fixes drift by more than this a rest takes more room; it is then also looked at for longer, since somebody may be walking to and fro there. */
const CALM_DRIFT_M = 2.2
const WIDEST = 3

/**
 * Where the phone rested for minutes, by five-minute windows that stay within 50 m and are not walked through. A lying
 * phone drifts by tens of metres over hours, so leaving a rest takes more than leaving an anchor. All of it is wider where `driftM` says so.
 */
export function findRests(fixes: Fixes, at: Smoothed, driftM: number): Rests {
  const wide = Math.min(WIDEST, Math.max(1, driftM / CALM_DRIFT_M))
  const windowSec = REST_WINDOW_SEC * wide * wide
  const lag = Math.round(LAG * wide)
  const { count } = fixes
  const rest = new Int32Array(count).fill(-1)
  const restX: number[] = []
  const restY: number[] = []
  const blocks = toBlocks(fixes, at)
  const { n, x, y, first } = blocks
  const minX = new Window(n, x, -1)
  const maxX = new Window(n, x, 1)
  const minY = new Window(n, y, -1)
  const maxY = new Window(n, y, 1)
  // Path length over lags of 30 s up to each block: what walking in circles has and drifting has not.
  const lagged = new Float64Array(n + 1)
  for (let b = 0; b < n; b++) {
    const from = Math.max(0, b - lag)
    const seconds = Math.max(1, blocks.t[b]! - blocks.t[from]!)
    const step = Math.hypot(x[b]! - x[from]!, y[b]! - y[from]!)
    lagged[b + 1] = lagged[b]! + step / seconds
  }
  let lo = 0
  for (let b = 0; b < n; b++) {
    minX.push(b)
    maxX.push(b)
    minY.push(b)
    maxY.push(b)
    while (blocks.t[b]! - blocks.t[lo]! > windowSec) lo++
    if (lo === 0 || blocks.t[b]! - blocks.t[lo - 1]! < windowSec) continue
    minX.from(lo)
    maxX.from(lo)
    minY.from(lo)
    maxY.from(lo)
    if (maxX.value() - minX.value() > wide * REST_BOX_M || maxY.value() - minY.value() > wide * REST_BOX_M) continue
    if ((lagged[b + 1]! - lagged[lo]!) / (b + 1 - lo) > REST_PACE_MPS) continue
    // Resting since `lo`: stay as long as the blocks stay around their mean.
    let sumX = 0
    let sumY = 0
    for (let k = lo; k <= b; k++) {
      sumX += x[k]!
      sumY += y[k]!
    }
    let size = b + 1 - lo
    let end = b
    let away = 0
    for (let k = b + 1; k < n; k++) {
      const isAway = Math.hypot(x[k]! - sumX / size, y[k]! - sumY / size) > wide * REST_LEAVE_M
      away = isAway ? away + 1 : 0
      if (away >= AWAY_BLOCKS) break
      if (isAway) continue
      sumX += x[k]!
      sumY += y[k]!
      size++
      end = k
    }
    // Whoever leaves walks on from near the middle, so the way out is given back.
    const cx = sumX / size
    const cy = sumY / size
    const earliest = Math.max(lo, end - MOST_GIVEN_BACK)
    while (end > earliest && end + AWAY_BLOCKS < n && Math.hypot(x[end]! - cx, y[end]! - cy) > wide * REST_CORE_M) end--
    const id = restX.length
    restX.push(cx)
    restY.push(cy)
    const last = end + 1 < n ? first[end + 1]! : count
    for (let i = first[lo]!; i < last; i++) rest[i] = id
    b = end
    lo = end + 1
    for (const window of [minX, maxX, minY, maxY]) window.clear()
  }
  return { rest, x: restX, y: restY }
}

interface Blocks {
  n: number
  x: Float64Array
  y: Float64Array
  t: Float64Array
  first: Int32Array
}

function toBlocks(fixes: Fixes, at: Smoothed): Blocks {
  const { count, t } = fixes
  const x = new Float64Array(count)
  const y = new Float64Array(count)
  const time = new Float64Array(count)
  const first = new Int32Array(count)
  let n = 0
  for (let i = 0; i < count;) {
    const block = Math.floor(t[i]! / BLOCK_SEC)
    first[n] = i
    let size = 0
    for (; i < count && Math.floor(t[i]! / BLOCK_SEC) === block; i++) {
      x[n] = x[n]! + at.x[i]!
      y[n] = y[n]! + at.y[i]!
      time[n] = time[n]! + t[i]!
      size++
    }
    x[n] = x[n]! / size
    y[n] = y[n]! / size
    time[n] = time[n]! / size
    n++
  }
  return { n, x, y, t: time, first }
}

/** The least (sign −1) or greatest (sign 1) value of a sliding window, in constant time each. */
class Window {
  private readonly queue: Int32Array
  private readonly values: Float64Array
  private readonly sign: 1 | -1
  private head = 0
  private tail = 0
  constructor(size: number, values: Float64Array, sign: 1 | -1) {
    this.queue = new Int32Array(size)
    this.values = values
    this.sign = sign
  }
  push(i: number): void {
    while (this.tail > this.head && this.sign * (this.values[this.queue[this.tail - 1]!]! - this.values[i]!) <= 0) this.tail--
    this.queue[this.tail++] = i
  }
  from(lo: number): void {
    while (this.head < this.tail && this.queue[this.head]! < lo) this.head++
  }
  value(): number {
    return this.values[this.queue[this.head]!]!
  }
  clear(): void {
    this.head = this.tail = 0
  }
}
