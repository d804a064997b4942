import { withoutMarked, type Fixes } from './track.ts'

/** What a link (the way from fix i − 1 to fix i) is. Everything but `walked` and `bridged` breaks the line. */
export const LINK = {
  /** An interval of at most 60 s. */
  walked: 0,
  /** A hole that could have been walked: its straight line and its time count. */
  bridged: 1,
  /** A hole that could not have been walked. */
  hole: 2,
  /** A correction of the receiver: less than 500 m at once. */
  jump: 3,
  teleport: 4,
  /** A hole crossed at the speed of a vehicle. */
  ridden: 5,
} as const

export interface Linked {
  readonly fixes: Fixes
  /** `LINK` of the way that ends at each fix; that of fix 0 means nothing. */
  readonly link: Uint8Array
  /** How many fixes up to each were left out because the receiver was elsewhere for a while and came back. */
  readonly lost: Int32Array
  readonly glitches: number
  readonly jumps: number
  readonly teleports: number
}

export const HOLE_SEC = 60
const WALKABLE_MPS = 8 / 3.6
const FAR_M = 500
const LEAP_MPS = 30 / 3.6
const LEAST_LEAP_M = 10
const RIDE_MPS = 15 / 3.6
/** No train or car in a city is faster, so a hole crossed faster than this was not travelled at all. */
const FASTEST_RIDE_MPS = 150 / 3.6
const NEIGHBOURS = 6
/** So many seconds of a recording are given up before a leap of 500 m is believed. */
const TELEPORT_SEC = 120
/** What lies between leaving the way and coming back to it never costs as much as two leaps. */
const EXCURSION_SEC = 1.5 * TELEPORT_SEC
/** An excursion may itself leap about: so many places are looked past for the way. */
const LOOK_BACK = 24
/** A fix stands for the time since the one before, but not for a hole. */
const MOST_WORTH_SEC = 10

/**
 * Leaves out where the receiver was elsewhere, and says of each remaining link what it is. The track is cut at leaps that nobody makes; of the pieces the
 * chain stays that gives up the least time and believes the fewest leaps. Away and back is thereby one excursion, and a teleport is what stays.
 */
export function linkFixes(all: Fixes): Linked {
  const limits = leapLimits(all)
  const mark = new Uint8Array(all.count)
  const glitches = markExcursions(all, limits, mark)
  const fixes = withoutMarked(all, mark)
  const link = new Uint8Array(fixes.count)
  const lost = new Int32Array(fixes.count)
  let jumps = 0
  let teleports = 0
  for (let i = 0, k = -1; i < fixes.count; i++) {
    do k++
    while (mark[k] === 1)
    lost[i] = k - i
    if (i === 0) continue
    const seconds = fixes.t[i]! - fixes.t[i - 1]!
    const metres = apart(fixes, i - 1, i)
    if (seconds > HOLE_SEC) {
      const speed = metres / seconds
      if (metres >= FAR_M && speed > FASTEST_RIDE_MPS) link[i] = LINK.teleport
      else if (speed >= RIDE_MPS) link[i] = LINK.ridden
      else link[i] = speed < WALKABLE_MPS && metres < FAR_M ? LINK.bridged : LINK.hole
    } else if (limits[k]! > 0 && metres > LEAST_LEAP_M + limits[k]! * seconds) {
      link[i] = metres >= FAR_M ? LINK.teleport : LINK.jump
    }
    if (link[i] === LINK.teleport) teleports++
    if (link[i] === LINK.jump) jumps++
  }
  return { fixes, link, lost, glitches, jumps, teleports }
}

function apart(fixes: Fixes, a: number, b: number): number {
  const dx = fixes.x[b]! - fixes.x[a]!
  const dy = fixes.y[b]! - fixes.y[a]!
  return Math.sqrt(dx * dx + dy * dy)
}

/** For each link that leaps, the speed up to which it would have been none: max(30 km/h, 3 × the median speed around it). 0 for all others. */
function leapLimits(fixes: Fixes): Float64Array {
  const { count, t } = fixes
  const limits = new Float64Array(count)
  const speeds = new Float64Array(count)
  for (let i = 1; i < count; i++) speeds[i] = apart(fixes, i - 1, i) / (t[i]! - t[i - 1]!)
  const around = new Float64Array(2 * NEIGHBOURS)
  for (let i = 1; i < count; i++) {
    const seconds = t[i]! - t[i - 1]!
    if (speeds[i]! <= LEAP_MPS || speeds[i]! * seconds <= LEAST_LEAP_M + LEAP_MPS * seconds) continue
    if (seconds > HOLE_SEC) {
      if (speeds[i]! > FASTEST_RIDE_MPS && speeds[i]! * seconds >= FAR_M) limits[i] = FASTEST_RIDE_MPS
      continue
    }
    let n = 0
    for (let k = Math.max(1, i - NEIGHBOURS); k <= Math.min(count - 1, i + NEIGHBOURS); k++) if (k !== i) around[n++] = speeds[k]!
    const sorted = around.subarray(0, n).sort()
    const limit = Math.max(LEAP_MPS, 3 * (sorted[n >> 1] ?? 0))
    if (speeds[i]! * seconds > LEAST_LEAP_M + limit * seconds) limits[i] = limit
  }
  return limits
}

/** Marks the fixes outside the cheapest chain of pieces; returns how many. */
function markExcursions(fixes: Fixes, limits: Float64Array, mark: Uint8Array): number {
  const starts = [0]
  for (let i = 1; i < fixes.count; i++) if (limits[i]! > 0) starts.push(i)
  const pieces = starts.length
  if (pieces === 1 || fixes.count === 0) return 0
  starts.push(fixes.count)
  /** Seconds recorded up to the start of each piece. */
  const until = new Float64Array(pieces + 1)
  for (let c = 0; c < pieces; c++) {
    let worth = 1
    for (let i = starts[c]! + 1; i < starts[c + 1]!; i++) worth += Math.min(MOST_WORTH_SEC, fixes.t[i]! - fixes.t[i - 1]!)
    until[c + 1] = until[c]! + worth
  }
  const cost = new Float64Array(pieces)
  const before = new Int32Array(pieces).fill(-1)
  let last = 0
  let least = Infinity
  for (let c = 0; c < pieces; c++) {
    cost[c] = until[c]!
    const start = starts[c]!
    // Back on the way is where somebody would have come meanwhile who went on as all around do.
    const paceMps = limits[start]! > LEAP_MPS ? limits[start]! / 3 : WALKABLE_MPS
    for (let p = c - 1; p >= Math.max(0, c - LOOK_BACK); p--) {
      const end = starts[p + 1]! - 1
      const metres = apart(fixes, end, start)
      const skipped = until[c]! - until[p + 1]!
      const isBack = p < c - 1 && metres < FAR_M && metres <= LEAST_LEAP_M + paceMps * (fixes.t[start]! - fixes.t[end]!)
      const price = cost[p]! + (isBack ? Math.min(skipped, EXCURSION_SEC) : skipped + TELEPORT_SEC * Math.min(1, metres / FAR_M))
      if (price < cost[c]!) {
        cost[c] = price
        before[c] = p
      }
    }
    const whole = cost[c]! + until[pieces]! - until[c + 1]!
    if (whole < least) {
      least = whole
      last = c
    }
  }
  mark.fill(1)
  let kept = 0
  for (let c = last; c >= 0; c = before[c]!) {
    mark.fill(0, starts[c]!, starts[c + 1]!)
    kept += starts[c + 1]! - starts[c]!
  }
  return fixes.count - kept
}
