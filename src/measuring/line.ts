import { haversineM, toLat, toLng } from '../core/geo.ts'
import { LINK, type Linked } from './jumps.ts'
import type { Rests } from './rests.ts'
import type { Smoothed } from './smoothing.ts'

/** The anchors the distance is measured on. A piece runs from one of `piece_starts` to just before the next. */
export interface Line {
  readonly lng: Float64Array
  readonly lat: Float64Array
  readonly time_ms: Float64Array
  readonly piece_starts: readonly number[]
  /** Metres from the start of the line up to each anchor; gaps between pieces add nothing. */
  readonly distance_m: Float64Array
  /** The fix each anchor was. */
  readonly fix: Int32Array
}

/** A move of less than this from the last anchor is no move. */
const LEAST_MOVE_M = 5

/**
 * One pass from the last accepted anchor: as long as one straight line from it passes within `tolerance` of everything since, no anchor is needed;
 * turning back by more than the tolerance needs one as well. Jitter stays inside the tolerance and adds nothing.
 */
export function anchorLine(linked: Linked, at: Smoothed, isRidden: Uint8Array, rests: Rests, toleranceM: number): Line {
  const { fixes, link } = linked
  const { count, plane } = fixes
  const near = Math.max(LEAST_MOVE_M, toleranceM)
  const anchors = new Int32Array(count)
  const ax = new Float64Array(count)
  const ay = new Float64Array(count)
  const starts: number[] = []
  let n = 0
  const xOf = (i: number) => (rests.rest[i]! >= 0 ? rests.x[rests.rest[i]!]! : at.x[i]!)
  const yOf = (i: number) => (rests.rest[i]! >= 0 ? rests.y[rests.rest[i]!]! : at.y[i]!)
  const accept = (i: number) => {
    anchors[n] = i
    ax[n] = xOf(i)
    ay[n] = yOf(i)
    n++
  }
  let previous = -1
  let middle = 0
  let lowest = 0
  let highest = 0
  let isOpen = false
  let far = 0
  let farAt = -1
  const restart = () => {
    isOpen = false
    far = 0
    farAt = -1
  }
  const finish = () => {
    if (previous < 0 || n === 0) return
    if (anchors[n - 1] !== previous && Math.hypot(xOf(previous) - ax[n - 1]!, yOf(previous) - ay[n - 1]!) >= LEAST_MOVE_M) accept(previous)
    else if (farAt >= 0 && far >= near) accept(farAt)
    // An anchor alone is a place, not a piece.
    if (starts.at(-1) === n - 1) {
      starts.pop()
      n--
    }
  }
  const aim = (dx: number, dy: number, d: number) => {
    const angle = Math.atan2(dy, dx)
    const width = Math.asin(Math.min(1, toleranceM / d))
    if (!isOpen) {
      isOpen = true
      middle = angle
      lowest = -width
      highest = width
      return true
    }
    let turn = angle - middle
    if (turn > Math.PI) turn -= 2 * Math.PI
    else if (turn < -Math.PI) turn += 2 * Math.PI
    if (turn < lowest || turn > highest) return false
    lowest = Math.max(lowest, turn - width)
    highest = Math.min(highest, turn + width)
    return true
  }
  for (let i = 0; i < count; i++) {
    const isBroken = i === 0 || previous !== i - 1 || (link[i] !== LINK.walked && link[i] !== LINK.bridged)
    if (isRidden[i] === 1) continue
    if (isBroken) {
      finish()
      starts.push(n)
      accept(i)
      restart()
      previous = i
      continue
    }
    let dx = xOf(i) - ax[n - 1]!
    let dy = yOf(i) - ay[n - 1]!
    let d = Math.sqrt(dx * dx + dy * dy)
    if (far - d > near) {
      if (farAt >= 0 && far >= near) accept(farAt)
      restart()
      dx = xOf(i) - ax[n - 1]!
      dy = yOf(i) - ay[n - 1]!
      d = Math.sqrt(dx * dx + dy * dy)
    }
    if (d > near && !aim(dx, dy, d)) {
      // Whoever has come back close to the anchor turned round where he was farthest.
      accept(Math.hypot(xOf(previous) - ax[n - 1]!, yOf(previous) - ay[n - 1]!) >= near ? previous : farAt)
      restart()
      dx = xOf(i) - ax[n - 1]!
      dy = yOf(i) - ay[n - 1]!
      d = Math.sqrt(dx * dx + dy * dy)
      if (d > near) aim(dx, dy, d)
    }
    if (d > far) {
      far = d
      farAt = i
    }
    previous = i
  }
  finish()

  const line = {
    lng: new Float64Array(n),
    lat: new Float64Array(n),
    time_ms: new Float64Array(n),
    distance_m: new Float64Array(n),
    fix: anchors.slice(0, n),
    piece_starts: starts,
  }
  let piece = 0
  for (let k = 0; k < n; k++) {
    line.lng[k] = toLng(plane, ax[k]!)
    line.lat[k] = toLat(plane, ay[k]!)
    line.time_ms[k] = fixes.time_ms[anchors[k]!]!
    if (starts[piece] === k) {
      line.distance_m[k] = k > 0 ? line.distance_m[k - 1]! : 0
      piece++
    } else line.distance_m[k] = line.distance_m[k - 1]! + haversineM(line.lat[k - 1]!, line.lng[k - 1]!, line.lat[k]!, line.lng[k]!)
  }
  return line
}
