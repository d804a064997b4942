import type { Position } from '../core/geo.ts'
import { ascentOf } from './altitude.ts'
import { fingerprintOf } from './fingerprint.ts'
import { HOLE_SEC, LINK, linkFixes, type Linked } from './jumps.ts'
import { anchorLine, type Line } from './line.ts'
import { ReasonList, type Reason } from './reasons.ts'
import { findRests } from './rests.ts'
import { displayRoute } from './route.ts'
import { estimateNoiseM, smooth, typicalIntervalSec, type Smoothed } from './smoothing.ts'
import { isTooEven, isTooSparse, leastSpeedVariation } from './spoofing.ts'
import { cleanTrack, type Fixes, type Track } from './track.ts'
import { findRides, type Ride } from './vehicle.ts'

export type { Reason } from './reasons.ts'
export type { Line } from './line.ts'
export { isBeyondDoubt } from './strictness.ts'
export { LONGEST_WALK_MS, type Track } from './track.ts'

/** What the server makes of a recorded track. Times are Unix milliseconds; null when there was no usable fix. */
export interface Measurement {
  readonly valid: boolean
  readonly reasons: Reason[]
  readonly started_at_ms: number | null
  readonly ended_at_ms: number | null
  readonly distance_m: number
  /** moving_sec + stopped_sec: pauses (holes of more than five minutes) and rides are no part of it. */
  readonly duration_sec: number
  readonly moving_sec: number
  readonly stopped_sec: number
  readonly avg_speed_kmh: number
  readonly max_speed_kmh: number
  readonly ascent_m: number
  readonly descent_m: number
  readonly auto_ended: boolean
  readonly segments: Segment[]
  readonly line: Line
  /** At most 500 points, for showing. */
  readonly route: Position[]
  readonly fingerprint: number[] | null
  readonly point_count: number
  readonly usable_point_count: number
}

/** 500 m of the walk; the last may be shorter. */
export interface Segment {
  readonly from_m: number
  readonly to_m: number
  readonly duration_sec: number
  readonly avg_speed_kmh: number
}

const LEAST_DISTANCE_M = 500
const LEAST_FIXES = 10
const MOST_MOCKED = 0.1
const MOST_TELEPORTS = 1
const SEGMENT_M = 500
/** Whatever smoothing made of a track, no walk is this fast on the whole. */
const FASTEST_AVERAGE_MPS = 15 / 3.6
/** A hole up to this long belongs to the walk as standing still; a longer one is a pause. */
const PAUSE_SEC = 300
const STANDING_MPS = 0.4
/** In an interval of more than 10 s a phone that reports by distance stood most of the time; what it moved, it walked at about this. */
const WALKING_MPS = 1.1
const LONG_INTERVAL_SEC = 10
/** Corners want a narrow window: half of it spans at most so many metres of the way, more only where noise exceeds the calm. */
const CORNER_M = 8
const CALM_NOISE_M = 5
const WIDEST_SEC = 25
/** Smoothing leaves what drifts between high walls or in a bag. Over so many metres a way itself bends by no more than this; what is off farther drifted. */
const BEND_M = 16
const BEND_OFF_M = 2

/**
 * Measures a track and judges whether it was a walk. Pure, never throws, and linear in points but for sorting.
 * The order of points, duplicates and the split of an upload make no difference. The rules are in docs/product.md#measuring.
 */
export function measureTrack(track: Track, options: { now_ms: number }): Measurement {
  const clean = cleanTrack(track, options.now_ms)
  const linked = linkFixes(clean.fixes)
  const { fixes } = linked
  const reasons = new ReasonList(fixes)
  reasons.addDropped(clean.dropped)
  reasons.addGlitches(linked.glitches, linked.jumps)

  const noiseM = estimateNoiseM(fixes, fixes)
  const intervalSec = typicalIntervalSec(fixes)
  const pace = smooth(linked, paceWindowSec(noiseM, intervalSec) / 2)
  const rides = findRides(linked, pace, smooth(linked, 30))
  const isRidden = markRidden(fixes, rides)
  reasons.addLinks(linked)
  reasons.addRides(rides)

  const speedMps = typicalSpeed(fixes, pace, isRidden)
  const halfSec = lineHalfWindowSec(noiseM, intervalSec, speedMps)
  const position = smooth(linked, halfSec)
  const driftM = estimateNoiseM(fixes, position, Math.min(30, Math.max(5, BEND_M / speedMps)), isRidden)
  const rests = findRests(fixes, position, driftM)
  const leftM = noiseM / Math.sqrt(Math.max(1, (2 * halfSec) / intervalSec))
  const line = anchorLine(linked, position, isRidden, rests, 2 + 1.5 * Math.max(leftM, 4 * (driftM - BEND_OFF_M)))
  const distance = line.distance_m.at(-1) ?? 0
  const times = timeOf(linked, pace, isRidden, rests.rest)
  const altitude = ascentOf(fixes, isRidden)

  if (fixes.count < LEAST_FIXES) reasons.refuse({ code: 'route_missing', points: fixes.count })
  else {
    if (clean.mock_share > MOST_MOCKED) reasons.refuse({ code: 'gps_spoofing', rule: 'mock', share: clean.mock_share })
    if (linked.teleports > MOST_TELEPORTS) reasons.refuse({ code: 'gps_spoofing', rule: 'teleports', count: linked.teleports })
    const variation = leastSpeedVariation(fixes)
    if (isTooEven(variation)) reasons.refuse({ code: 'gps_spoofing', rule: 'too_even', share: variation })
    if (isTooSparse(fixes)) reasons.refuse({ code: 'gps_spoofing', rule: 'too_sparse', interval_sec: intervalSec })
    const averageMps = distance / Math.max(1, times.moving + times.stopped)
    if (averageMps > FASTEST_AVERAGE_MPS) reasons.refuse({ code: 'speed_too_high', speed_kmh: 3.6 * averageMps })
    else if (distance < LEAST_DISTANCE_M) {
      const top = rides.reduce((most, ride) => Math.max(most, ride.top_speed_mps), 0)
      reasons.refuse(
        rides.length > 0 ? { code: 'speed_too_high', speed_kmh: 3.6 * top } : { code: 'minimum_distance', distance_m: distance },
      )
    }
  }
  const distanceM = Math.round(distance * 10) / 10
  const movingSec = Math.round(times.moving)
  const stoppedSec = Math.round(times.stopped)
  return {
    valid: !reasons.isRefused,
    reasons: reasons.list(),
    started_at_ms: fixes.time_ms[0] ?? null,
    ended_at_ms: fixes.time_ms.at(-1) ?? null,
    distance_m: distanceM,
    duration_sec: movingSec + stoppedSec,
    moving_sec: movingSec,
    stopped_sec: stoppedSec,
    avg_speed_kmh: speedKmh(distanceM, movingSec + stoppedSec),
    max_speed_kmh: Math.round(36 * topSpeed(pace, isRidden, fixes)) / 10,
    ascent_m: Math.round(altitude.up),
    descent_m: Math.round(altitude.down),
    auto_ended: clean.auto_ended,
    segments: segmentsOf(line, times.until),
    line,
    route: displayRoute(line),
    fingerprint: fingerprintOfWalk(fixes, isRidden),
    point_count: track.time_ms.length,
    usable_point_count: fixes.count,
  }
}

function speedKmh(metres: number, seconds: number): number {
  return seconds > 0 ? Math.round((36 * metres) / seconds) / 10 : 0
}

/** The rule says 10 s; noise that would make a walker look fast asks for more, so that speed is right to about 0.8 km/h. */
function paceWindowSec(noiseM: number, intervalSec: number): number {
  return Math.min(40, Math.max(10, Math.cbrt((12 * intervalSec * noiseM * noiseM) / 0.05)))
}

/** Noise asks for a wide window, corners for a narrow one. Settled by measuring generated walks: median error 2.5 %, 95 % of walks within 7 %. */
function lineHalfWindowSec(noiseM: number, intervalSec: number, speedMps: number): number {
  const room = CORNER_M * Math.max(1, noiseM / CALM_NOISE_M)
  const widest = Math.max(room / Math.max(0.5, speedMps), 1.05 * intervalSec)
  return Math.min(widest, WIDEST_SEC, 0.5 * intervalSec * noiseM * noiseM)
}

/** The median speed of moving on foot. */
function typicalSpeed(fixes: Fixes, pace: Smoothed, isRidden: Uint8Array): number {
  const stride = Math.max(1, Math.floor(fixes.count / 600))
  const speeds = new Float64Array(Math.ceil(fixes.count / stride))
  let n = 0
  for (let i = 0; i < fixes.count; i += stride) if (isRidden[i] === 0 && pace.speed[i]! > STANDING_MPS) speeds[n++] = pace.speed[i]!
  return n > 0 ? speeds.subarray(0, n).sort()[n >> 1]! : 1
}

function markRidden(fixes: Fixes, rides: readonly Ride[]): Uint8Array {
  const mark = new Uint8Array(fixes.count)
  for (const ride of rides) mark.fill(1, ride.from, ride.to + 1)
  return mark
}

/** Seconds moved and stood; `until[i]` is their sum up to fix i. */
function timeOf(
  linked: Linked,
  pace: Smoothed,
  isRidden: Uint8Array,
  rest: Int32Array,
): { moving: number; stopped: number; until: Float64Array } {
  const { fixes, link } = linked
  const until = new Float64Array(fixes.count)
  let moving = 0
  let stopped = 0
  for (let i = 1; i < fixes.count; i++) {
    const seconds = fixes.t[i]! - fixes.t[i - 1]!
    if (isRidden[i] === 0 || isRidden[i - 1] === 0) {
      if (link[i] === LINK.bridged && seconds <= PAUSE_SEC) stopped += seconds
      else if (seconds <= HOLE_SEC) {
        if (rest[i]! >= 0 || pace.speed[i]! < STANDING_MPS) stopped += seconds
        else if (seconds > LONG_INTERVAL_SEC) {
          const moved = Math.min(seconds, Math.hypot(fixes.x[i]! - fixes.x[i - 1]!, fixes.y[i]! - fixes.y[i - 1]!) / WALKING_MPS)
          moving += moved
          stopped += seconds - moved
        } else moving += seconds
      }
    }
    until[i] = moving + stopped
  }
  return { moving, stopped, until }
}

function topSpeed(pace: Smoothed, isRidden: Uint8Array, fixes: Fixes): number {
  let top = 0
  for (let i = 0; i < fixes.count; i++) if (isRidden[i] === 0 && pace.speed[i]! > top) top = pace.speed[i]!
  return top
}

function segmentsOf(line: Line, until: Float64Array): Segment[] {
  const segments: Segment[] = []
  const total = line.distance_m.at(-1) ?? 0
  let from = 0
  let fromSec = until[line.fix[0] ?? 0] ?? 0
  for (let k = 1; k < line.fix.length; k++) {
    const step = line.distance_m[k]! - line.distance_m[k - 1]!
    while (step > 0 && line.distance_m[k]! >= from + SEGMENT_M) {
      const share = (from + SEGMENT_M - line.distance_m[k - 1]!) / step
      const before = until[line.fix[k - 1]!]!
      const atSec = before + (until[line.fix[k]!]! - before) * share
      push(from + SEGMENT_M, atSec)
    }
  }
  if (total - from >= 1) push(total, until.at(-1) ?? fromSec)
  return segments

  function push(to: number, toSec: number): void {
    const duration = Math.round(toSec - fromSec)
    segments.push({ from_m: Math.round(from), to_m: Math.round(to), duration_sec: duration, avg_speed_kmh: speedKmh(to - from, duration) })
    from = to
    fromSec = toSec
  }
}

/** From the first fix on foot to the last: rides at the ends are no part of the walk. */
function fingerprintOfWalk(fixes: Fixes, isRidden: Uint8Array): number[] | null {
  let from = 0
  let to = fixes.count
  while (from < to && isRidden[from] === 1) from++
  while (to > from && isRidden[to - 1] === 1) to--
  return fingerprintOf(fixes.lng.subarray(from, to), fixes.lat.subarray(from, to), fixes.time_ms.subarray(from, to))
}
