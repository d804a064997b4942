import { withoutMarked, type Fixes } from './track.ts'

/** What a link (the way from fix i − 1 to fix i) is. Everything but `walked` and `bridged` breaks the line. */
export const LINK = {
  /** An interval of at most 60 s. */
  walked: 0,
  /** A hole whose distance could have been walked: it counts as a straight line. */
  bridged: 1,
  /** A hole whose distance could not have been walked. */
  hole: 2,
  /** A correction of the receiver: 30–500 m at once. */
  jump: 3,
  teleport: 4,
  /** A hole crossed at the speed of a vehicle. */
  ridden: 5,
} as const

export interface Linked {
  readonly fixes: Fixes
  /** `LINK` of the way that ends at each fix; that of fix 0 means nothing. */
  readonly link: Uint8Array
  readonly glitches: number
  readonly jumps: number
  readonly teleports: number
}

export const HOLE_SEC = 60
/** After so long a wait a fix may be far off without seeming fast. */
const LONG_WAIT_SEC = 15
const HOLE_SPEED_MPS = 8 / 3.6
const FAR_M = 500
const GLITCH_SPEED_MPS = 30 / 3.6
const RIDE_SPEED_MPS = 15 / 3.6
/** No train or car in a city is faster, so a hole crossed faster than this was not travelled at all. */
const FASTEST_RIDE_MPS = 150 / 3.6
const JUMP_M = 30
/** Receivers in a street canyon hold a wrong place for some seconds; a teleport is for longer or farther. */
const EXCURSION_FIXES = 30
const EXCURSION_SEC = 30
const NEIGHBOURS = 5
/** So few fixes agree on nothing. */
const STRANDED_FIXES = 2

/** Removes fixes that cannot be where they say, and says of each remaining link what it is. Linear: every search is bounded. */
export function linkFixes(all: Fixes): Linked {
  const mark = new Uint8Array(all.count)
  const glitches = markGlitches(all, mark)
  const fixes = withoutMarked(all, mark)
  const speeds = linkSpeeds(fixes)
  const link = new Uint8Array(fixes.count)
  let jumps = 0
  let teleports = 0
  for (let i = 1; i < fixes.count; i++) {
    const seconds = fixes.t[i]! - fixes.t[i - 1]!
    const speed = speeds[i]!
    const metres = speed * seconds
    if (seconds > HOLE_SEC) {
      if (metres >= FAR_M && speed > FASTEST_RIDE_MPS) link[i] = LINK.teleport
      else if (speed >= RIDE_SPEED_MPS) link[i] = LINK.ridden
      else link[i] = speed < HOLE_SPEED_MPS && metres < FAR_M ? LINK.bridged : LINK.hole
    } else if (metres >= JUMP_M && speed > GLITCH_SPEED_MPS && speed > limitAround(fixes, speeds, i, i)) {
      link[i] = metres >= FAR_M ? LINK.teleport : LINK.jump
    }
    if (link[i] === LINK.teleport) teleports++
    if (link[i] === LINK.jump) jumps++
  }
  return { fixes, link, glitches, jumps, teleports }
}

function linkM(fixes: Fixes, a: number, b: number): number {
  const dx = fixes.x[b]! - fixes.x[a]!
  const dy = fixes.y[b]! - fixes.y[a]!
  return Math.sqrt(dx * dx + dy * dy)
}

function speedOf(fixes: Fixes, a: number, b: number): number {
  return linkM(fixes, a, b) / (fixes.t[b]! - fixes.t[a]!)
}

const around = new Float64Array(2 * NEIGHBOURS)

/**
 * max(30 km/h, 3 × the median speed around, the links from `first` to `last` left out), in m/s. Speeds are taken over spans as long as the link in question
 * (at most 10 s), because noise makes a standing phone fast from second to second and slow from minute to minute.
 */
function limitAround(fixes: Fixes, speeds: Float64Array, first: number, last: number): number {
  const { t, count } = fixes
  const span = Math.min(10, t[first]! - t[first - 1]!) * 0.6
  let n = 0
  for (let b = first - 1; b >= Math.max(1, first - NEIGHBOURS); b--) {
    let a = b - 1
    while (a > 0 && t[b]! - t[a]! < span && b - a < 10) a--
    n = insertSorted(n, a === b - 1 ? speeds[b]! : speedOf(fixes, a, b))
  }
  for (let a = last; a < Math.min(count - 1, last + NEIGHBOURS); a++) {
    let b = a + 1
    while (b < count - 1 && t[b]! - t[a]! < span && b - a < 10) b++
    n = insertSorted(n, b === a + 1 ? speeds[b]! : speedOf(fixes, a, b))
  }
  const median = n > 0 ? (around[(n - 1) >> 1]! + around[n >> 1]!) / 2 : 0
  return Math.max(GLITCH_SPEED_MPS, 3 * median)
}

/** The speed of each link by itself, in m/s. */
function linkSpeeds(fixes: Fixes): Float64Array {
  const speeds = new Float64Array(fixes.count)
  for (let i = 1; i < fixes.count; i++) speeds[i] = speedOf(fixes, i - 1, i)
  return speeds
}

function insertSorted(n: number, value: number): number {
  let k = n
  while (k > 0 && around[k - 1]! > value) {
    around[k] = around[k - 1]!
    k--
  }
  around[k] = value
  return n + 1
}

/**
 * Marks fixes that leave and come back faster than their neighbours move. A fix or two next to a hole, or at either end, has a neighbour on one side only:
 * it is marked when that one is left too fast.
 */
function markGlitches(fixes: Fixes, mark: Uint8Array): number {
  const { count } = fixes
  const speeds = linkSpeeds(fixes)
  let glitches = 0
  // The last good fix, the first fix after the last hole, and the good fix before that hole (-1: the track starts there).
  let from = 0
  let holeEnd = 0
  let holeStart = -1
  for (let i = 1; i < count; i++) {
    if (isHole(fixes, i)) {
      holeStart = from
      holeEnd = i
    }
    const speed = from === i - 1 ? speeds[i]! : speedOf(fixes, from, i)
    if (speed <= GLITCH_SPEED_MPS) {
      from = i
      continue
    }
    // Alone beside a hole: the other side of the hole and this side agree, whatever the neighbourhood.
    const isStranded = i - holeEnd <= STRANDED_FIXES && from === i - 1 && mark[from] === 0
    if (isStranded && holeStart >= 0 && agree(fixes, holeStart, from, i)) {
      glitches += markRange(mark, holeEnd, i)
      from = i
      continue
    }
    if (i + 1 < count && isHole(fixes, i + 1) && agree(fixes, from, i, i + 1)) {
      glitches += markRange(mark, i, i + 1)
      continue
    }
    const limit = limitAround(fixes, speeds, i, Math.min(i + 1, count - 1))
    if (speed <= limit) {
      from = i
      continue
    }
    const back = returnAfter(fixes, from, i, limit)
    if (back > i) {
      glitches += markRange(mark, i, back)
      i = back - 1
      continue
    }
    if (isStranded && holeStart < 0) glitches += markRange(mark, holeEnd, i)
    from = i
  }
  return glitches
}

/** Whether `before` and `after` are one place compared with how far off `between` is. */
function agree(fixes: Fixes, before: number, between: number, after: number): boolean {
  return linkM(fixes, before, after) < linkM(fixes, before, between) / 4
}

function markRange(mark: Uint8Array, from: number, to: number): number {
  let marked = 0
  for (let k = from; k < to; k++) {
    if (mark[k] === 0) marked++
    mark[k] = 1
  }
  return marked
}

/** Whether the way to fix i is a hole, is one compared with the interval before it, or is the wait of a phone that reports by distance and stands. */
function isHole({ t }: Fixes, i: number): boolean {
  const seconds = t[i]! - t[i - 1]!
  return seconds > LONG_WAIT_SEC || (seconds > 6 && (i < 2 || seconds > 2.5 * (t[i - 1]! - t[i - 2]!)))
}

/** The first fix after the excursion that began at `i` and is again where `from` could be; `i` when it never ends. */
function returnAfter(fixes: Fixes, from: number, i: number, limit: number): number {
  const { count, t } = fixes
  if (count - i <= STRANDED_FIXES) return count
  const off = linkM(fixes, from, i)
  const isFar = off >= FAR_M
  const longest = off >= JUMP_M ? EXCURSION_FIXES : STRANDED_FIXES
  const last = Math.min(count - 1, i + longest)
  let isStaying = true
  for (let j = i + 1; j <= last && t[j]! - t[from]! <= EXCURSION_SEC + HOLE_SEC; j++) {
    const away = j - i
    if (away > STRANDED_FIXES && (t[j]! - t[i]! > EXCURSION_SEC || (isStaying && isFar))) return i
    // Where noise is wide two leaps may be chance, with honest fixes between them.
    if (away > STRANDED_FIXES && linkM(fixes, j - 1, i) > linkM(fixes, j - 1, from)) return i
    const isLeaving = speedOf(fixes, j - 1, j) > limit || (away <= STRANDED_FIXES && isHole(fixes, j))
    if (!isLeaving) continue
    isStaying = false
    if (speedOf(fixes, from, j) <= limit) return j
  }
  return i
}
