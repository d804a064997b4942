import type { Evidence } from './blocks.ts'
import type { CleanTrack } from './clean.ts'
import type { Strides } from './distance.ts'
import type { Figures, Ride } from './figures.ts'
import { LINK, type Linked } from './links.ts'
import { STATE } from './motion.ts'
import type { Reason, ReasonList } from './reasons.ts'
import { smoothedNoiseM } from './smoother.ts'
import type { Track } from './track.ts'

export interface Findings {
  readonly clean: CleanTrack
  readonly linked: Linked
  /** The noise of each fix by itself. */
  readonly noise_m: number
  readonly strides: Strides
  readonly rides: readonly Ride[]
  readonly figures: Figures
  readonly evidence: Evidence
}

const LEAST_DISTANCE_M = 500
const LEAST_FIXES = 10
const MOST_MOCKED = 0.1
const DOUBTFULLY_MOCKED = 0.01
const MOST_TELEPORTS = 1
/** Whatever was made of a track, no walk is this fast on the whole. */
const FASTEST_AVERAGE_KMH = 15

/** Whoever rode at least so far must have walked the rest: what is faster than walking in it was ridden as well. */
const REAL_RIDE_M = 500
const BRISK_MPS = 7.5 / 3.6
const MOST_BRISK = 0.3
/** A body that runs is even: what nine in ten legs of 10 s stay below may exceed an easy run by so much only divided by unevenness. */
const EASY_RUN_MPS = 11 / 3.6
const MOST_UNEVEN_MPS = 1 / 3.6
const LEAST_MPS = 0.6
const LEAST_LEGS = 10

/** A body's pace varies by more than this from minute to minute when it walks, and from half minute to half minute when it runs, which is more even. */
const WALK_LEG_SEC = 60
const RUN_LEG_SEC = 30
const LEAST_EVEN_LEGS = 8
const EVEN_WALK = 0.055
const EVEN_RUN = 0.03
const RUN_MPS = 7 / 3.6
/** No body at all keeps its speed like this. */
const CONSTANT = 0.01
/** Receivers filter what they give every second or two: noise of its own on every fix is made up, and the rest is looked at more closely. */
const FILTERED_SEC = 2.5
const FILTERED_NOISE_M = 0.6
const EVEN_NOISY_RUN = 0.065
const STEPPED_SHARE = 0.5

/** Says why a walk is refused, or valid and not ranked: what is likely costs a rank, only what is sure costs the walk. */
export function judge(findings: Findings, reasons: ReasonList): void {
  const { clean, linked, rides, figures } = findings
  const { distance_m: distance } = figures
  if (linked.fixes.count < LEAST_FIXES) {
    reasons.refuse({ code: 'route_missing', points: linked.fixes.count })
    return
  }
  if (clean.mock_share > MOST_MOCKED) reasons.refuse({ code: 'gps_spoofing', rule: 'mock', share: clean.mock_share })
  else if (clean.mock_share > DOUBTFULLY_MOCKED) reasons.doubt({ code: 'gps_spoofing', rule: 'mock', share: clean.mock_share })
  if (linked.teleports > MOST_TELEPORTS) reasons.refuse({ code: 'gps_spoofing', rule: 'teleports', count: linked.teleports })
  const { variation, is_too_even } = evennessOf(findings)
  if (variation < CONSTANT) reasons.refuse({ code: 'gps_spoofing', rule: 'too_even', share: variation })
  else if (is_too_even) reasons.doubt({ code: 'gps_spoofing', rule: 'too_even', share: variation })

  const ridden = rides.reduce((sum, ride) => sum + ride.distance_m, 0)
  const topKmh = 3.6 * rides.reduce((most, ride) => Math.max(most, ride.top_speed_mps), 0)
  const averageKmh = (3.6 * distance) / Math.max(1, figures.moving_sec + figures.stopped_sec)
  if (averageKmh > FASTEST_AVERAGE_KMH) reasons.refuse({ code: 'speed_too_high', speed_kmh: averageKmh })
  else if (distance < LEAST_DISTANCE_M) {
    reasons.refuse(rides.length > 0 ? { code: 'speed_too_high', speed_kmh: topKmh } : { code: 'minimum_distance', distance_m: distance })
  } else if (ridden >= REAL_RIDE_M && briskShare(findings) > MOST_BRISK) {
    if (ridden > distance) reasons.refuse({ code: 'speed_too_high', speed_kmh: topKmh })
    else reasons.doubt({ code: 'speed_too_high', speed_kmh: topKmh })
  } else if (isPedalled(findings)) reasons.doubt({ code: 'speed_too_high', speed_kmh: figures.max_speed_kmh })
}

/** The share of the way on foot that was faster than walking. */
function briskShare({ linked: { fixes }, strides: { count, fix, chord_m: length, state } }: Findings): number {
  let brisk = 0
  let all = 0
  for (let k = 1; k < count; k++) {
    if (state[k] !== STATE.foot) continue
    all += length[k]!
    if (length[k]! > BRISK_MPS * (fixes.t[fix[k]!]! - fixes.t[fix[k - 1]!]!)) brisk += length[k]!
  }
  return brisk / Math.max(1, all)
}

function isPedalled({ linked, strides, evidence }: Findings): boolean {
  if (isStepped(evidence)) return false
  const legs = paceOf(linked, strides, 10, LEAST_MPS)
  const longer = paceOf(linked, strides, 30, LEAST_MPS)
  if (legs.legs < LEAST_LEGS) return false
  const uneven = legs.step / legs.mean + (longer.legs >= LEAST_LEGS / 2 ? longer.deviation / longer.mean : 0)
  return (legs.fast - EASY_RUN_MPS) * uneven > MOST_UNEVEN_MPS
}

/** The phone counted steps for most of the time. */
function isStepped({ cadence }: Evidence): boolean {
  return cadence.filter((rate) => rate >= 0.5).length > STEPPED_SHARE * cadence.length
}

interface Evenness {
  /** The coefficient of variation of the speed of legs. */
  readonly variation: number
  readonly is_too_even: boolean
}

/** Whether the pace is more even than a body's, beyond what noise makes of it; nobody can tell where noise alone makes as much as a body. */
function evennessOf({ clean, linked, noise_m, strides, evidence }: Findings): Evenness {
  const { fixes } = linked
  const walk = paceOf(linked, strides, WALK_LEG_SEC, 0)
  const isRun = walk.mean >= RUN_MPS
  const legSec = isRun ? RUN_LEG_SEC : WALK_LEG_SEC
  const pace = isRun ? paceOf(linked, strides, RUN_LEG_SEC, 0) : walk
  if (clean.has_batches || isStepped(evidence) || pace.legs < LEAST_EVEN_LEGS) return { variation: NaN, is_too_even: false }
  const variation = pace.deviation / pace.mean
  const intervalSec = (fixes.t[fixes.count - 1]! - fixes.t[0]!) / fixes.count
  const isNoisy = intervalSec < FILTERED_SEC && noise_m > FILTERED_NOISE_M
  const limit = !isRun ? EVEN_WALK : isNoisy ? EVEN_NOISY_RUN : EVEN_RUN
  const noise = isRun ? 0 : (Math.SQRT2 * smoothedNoiseM(noise_m, intervalSec)) / (legSec * pace.mean)
  return { variation, is_too_even: noise < limit && variation * variation - noise * noise < limit * limit }
}

/** How fast and how evenly somebody went, by legs of so many seconds of unbroken moving. */
export interface Pace {
  readonly legs: number
  /** Of the speeds of the legs, in m/s: their mean, that which nine in ten stay below, their standard deviation, and the mean step from leg to leg. */
  readonly mean: number
  readonly fast: number
  readonly deviation: number
  readonly step: number
}

export function paceOf({ fixes, link }: Linked, { count, fix, chord_m: length, state }: Strides, legSec: number, leastMps: number): Pace {
  const speeds: number[] = []
  let steps = 0
  let pairs = 0
  let before = NaN
  let from = 0
  let metres = 0
  for (let k = 1; k < count; k++) {
    const seconds = fixes.t[fix[k]!]! - fixes.t[fix[from]!]!
    if (link[fix[k]!] !== LINK.walked || state[k] !== STATE.foot || seconds > 2.5 * legSec) {
      from = k
      metres = 0
      before = NaN
      continue
    }
    metres += length[k]!
    if (seconds < legSec - 0.5) continue
    const speed = metres / seconds
    if (speed >= leastMps) {
      speeds.push(speed)
      if (before >= leastMps) {
        steps += Math.abs(speed - before)
        pairs++
      }
    }
    before = speed
    from = k
    metres = 0
  }
  const mean = speeds.reduce((sum, v) => sum + v, 0) / speeds.length
  const variance = speeds.reduce((sum, v) => sum + (v - mean) ** 2, 0) / speeds.length
  speeds.sort((a, b) => a - b)
  return {
    legs: speeds.length,
    mean,
    fast: speeds[Math.floor(0.9 * speeds.length)] ?? NaN,
    deviation: Math.sqrt(variance),
    step: steps / pairs,
  }
}

const MOST_RIDDEN = 0.1
/** What a walk was worth when it was completed, and what the rules of today make of it, may differ by so much. */
const MOST_CHANGED = 0.03

/**
 * Whether a valid walk is above suspicion, as one must be that is shown to everybody for ever: signs that an honest walk may bear one of, and
 * that therefore refuse nobody, are enough to keep it out of the hall of fame.
 */
export function isBeyondDoubt(
  track: Pick<Track, 'is_mock'>,
  measured: { readonly ranked: boolean; readonly distance_m: number; readonly reasons: readonly Reason[] },
  counted: { readonly distance_m: number },
): boolean {
  if (!measured.ranked || track.is_mock?.some((flag) => flag !== 0)) return false
  if (Math.abs(measured.distance_m - counted.distance_m) > MOST_CHANGED * counted.distance_m) return false
  const ridden = measured.reasons.reduce((sum, { code, distance_m = 0 }) => (code === 'vehicle' ? sum + distance_m : sum), 0)
  return ridden <= MOST_RIDDEN * measured.distance_m && measured.reasons.every(({ code }) => code !== 'teleport')
}
