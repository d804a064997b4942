import { LINK, type Linked } from './links.ts'
import type { Activity, Fixes, Track } from './track.ts'

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

/** What the phone says of each block besides places, as far as it says anything. */
export interface Evidence {
  /** Steps a second since the block before; NaN where unknown. */
  readonly cadence: Float64Array
  /** How long the owner's step is, by the places of this walk; NaN where they do not tell. */
  readonly step_m: number
  readonly activity: readonly (Activity | null)[] | null
}

/** The steps of small children and of long-legged runners. */
const STEP_M = { least: 0.25, most: 1.6 }
/** Five minutes of steps. */
const LEAST_PAIRS = 60
/** A step counter reports in bursts, but not this rarely. */
const LONGEST_REPORT_SEC = 120
/** An activity holds until the next one, but no longer than this. */
const LONGEST_ACTIVITY_SEC = 900

export function readEvidence(track: Track, fixes: Fixes, blocks: Blocks): Evidence {
  const cadence = cadenceOf(track, fixes, blocks)
  return { cadence, step_m: stepLength(blocks, cadence), activity: activityOf(track, fixes, blocks) }
}

/**
 * The ways of two blocks have no noise in common, so their product is as long as their steps made it, less what was turned from one to the other. That grows with the
 * time between them, and a straight line through two such products leads to the one of no time at all. Neighbours touch in a place, whose white noise takes off from
 * their product: where it does, those farther apart lead higher up.
 */
function stepLength(blocks: Blocks, cadence: Float64Array): number {
  const [one, two, four] = ([1, 2, 4] as const).map((apart) => productPerStep(blocks, cadence, apart)) as [number, number, number]
  const metres = Math.sqrt(Math.max(2 * one - two, 2 * two - four))
  return metres >= STEP_M.least && metres <= STEP_M.most ? metres : NaN
}

/** What the ways of each block and of one so many blocks before multiply to, by the product of their steps; NaN of too few. */
function productPerStep({ count, t, x, y, link }: Blocks, cadence: Float64Array, apart: number): number {
  let metres = 0
  let steps = 0
  let pairs = 0
  let unbroken = 0
  for (let b = 1; b < count; b++) {
    unbroken = link[b] === LINK.walked ? unbroken + 1 : 0
    const a = b - apart
    const stepped = stepsTo(b) * stepsTo(a)
    if (unbroken <= apart || !(stepped > 0)) continue
    metres += (x[b]! - x[b - 1]!) * (x[a]! - x[a - 1]!) + (y[b]! - y[b - 1]!) * (y[a]! - y[a - 1]!)
    steps += stepped
    pairs++
  }
  return pairs >= LEAST_PAIRS ? metres / steps : NaN

  function stepsTo(b: number): number {
    return ((cadence[b - 1]! + cadence[b]!) / 2) * (t[b]! - t[b - 1]!)
  }
}

/** Between two reports steps are spread evenly, so each block gets the rate of the report it lies in. */
function cadenceOf({ steps }: Track, { time_ms: time }: Fixes, { count, first }: Blocks): Float64Array {
  const cadence = new Float64Array(count).fill(NaN)
  if (!steps || steps.length < 2) return cadence
  const reports = steps.filter(([at, n]) => Number.isFinite(at) && n >= 0).sort(([a], [b]) => a - b)
  let r = 1
  for (let b = 0; b < count; b++) {
    const at = time[first[b]!]!
    while (r < reports.length - 1 && reports[r]![0] < at) r++
    const [from, before] = reports[r - 1] ?? [NaN, NaN]
    const [to, after] = reports[r] ?? [NaN, NaN]
    const seconds = (to - from) / 1000
    if (at >= from && at <= to && seconds > 0 && seconds <= LONGEST_REPORT_SEC && after >= before) cadence[b] = (after - before) / seconds
  }
  return cadence
}

function activityOf({ activities }: Track, { time_ms: time }: Fixes, { count, first }: Blocks): (Activity | null)[] | null {
  if (!activities || activities.length === 0) return null
  const reports = activities.filter(([at]) => Number.isFinite(at)).sort(([a], [b]) => a - b)
  let r = -1
  return Array.from({ length: count }, (_, b) => {
    const at = time[first[b]!]!
    while (r + 1 < reports.length && reports[r + 1]![0] <= at) r++
    const report = reports[r]
    return report && at - report[0] <= 1000 * LONGEST_ACTIVITY_SEC ? report[1] : null
  })
}
