import { LINK, type Linked } from './links.ts'

/** Fixes gathered until five seconds have passed: their mean place says what one fix is too noisy for, and tracks of every interval look alike. */
export interface Blocks {
  readonly count: number
  /** The first fix of each block; `first[count]` is the number of fixes. */
  readonly first: Int32Array
  /** Mean time in seconds, place in metres, accuracy in metres and speed of the receiver in m/s; NaN where unknown. */
  readonly t: Float64Array
  readonly x: Float64Array
  readonly y: Float64Array
  readonly accuracy_m: Float64Array
  readonly speed_mps: Float64Array
  /** Fixes of the track up to the block that were left out. */
  readonly lost: Float64Array
  /** How the block was reached from the one before (`LINK`). */
  readonly link: Uint8Array
}

export const BLOCK_SEC = 5
/** A speed says what it was since the fix before, unless that is longer ago. */
export const LONGEST_MOMENT_SEC = 6.5
/** Receivers are late or early by so much. */
const JITTER_SEC = 0.5

export function toBlocks({ fixes, link, lost }: Linked): Blocks {
  const { count, t, x, y, accuracy_m: accuracy, speed_mps: speed } = fixes
  const first = new Int32Array(count + 1)
  const column = () => new Float64Array(count)
  const blocks = {
    t: column(),
    x: column(),
    y: column(),
    accuracy_m: column(),
    speed_mps: column(),
    lost: column(),
    link: new Uint8Array(count),
  }
  let n = 0
  for (let i = 0; i < count; n++) {
    const start = i
    const before = i > 0 ? t[i - 1]! : -Infinity
    first[n] = start
    blocks.link[n] = link[start]!
    blocks.lost[n] = lost[start]!
    let accurate = 0
    let moved = 0
    do {
      blocks.t[n] = blocks.t[n]! + t[i]!
      blocks.x[n] = blocks.x[n]! + x[i]!
      blocks.y[n] = blocks.y[n]! + y[i]!
      if (accuracy[i]! >= 0) {
        blocks.accuracy_m[n] = blocks.accuracy_m[n]! + accuracy[i]!
        accurate++
      }
      if (speed[i]! >= 0) {
        blocks.speed_mps[n] = blocks.speed_mps[n]! + speed[i]!
        moved++
      }
      i++
    } while (i < count && link[i] === LINK.walked && t[i]! - t[start]! < BLOCK_SEC - JITTER_SEC)
    blocks.t[n] = blocks.t[n]! / (i - start)
    blocks.x[n] = blocks.x[n]! / (i - start)
    blocks.y[n] = blocks.y[n]! / (i - start)
    blocks.accuracy_m[n] = blocks.accuracy_m[n]! / accurate
    blocks.speed_mps[n] = t[start]! - before <= LONGEST_MOMENT_SEC ? blocks.speed_mps[n]! / moved : NaN
  }
  first[n] = count
  return { count: n, first, ...blocks }
}
