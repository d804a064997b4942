import { LINK, type Linked } from './jumps.ts'
import type { Smoothed } from './smoothing.ts'

/** Fixes `from` to `to` between which the track was driven. */
export interface Ride {
  from: number
  to: number
  distance_m: number
  /** The highest smoothed speed within, in m/s. */
  top_speed_mps: number
}

const VEHICLE_MPS = 15 / 3.6
const VEHICLE_SEC = 10
const STOP_AND_GO_SEC = 180
/** Beyond the written rule: nobody walks a dog at this pace for minutes, and slow bicycles do little else. */
const PEDALLING_MPS = 13 / 3.6
const PEDALLING_SEC = 180
const SLOW_PEDALLING_MPS = 12.2 / 3.6
/** A vehicle is one before it is fast: what leads up to a fast stretch and away from it belongs to it. */
const SETTING_OFF_SEC = 15
const SETTING_OFF_MPS = 8 / 3.6
/** From here on a track was really ridden, and what is left of it must look like going on foot. */
const REAL_RIDE_M = 500
const BRISK_MPS = 8 / 3.6
const STANDING_MPS = 0.4
const MOST_BRISK_SHARE = 0.25
/** Nor is a car as even for five minutes as a runner. */
const RUN_MPS = 12 / 3.6
const RUN_VARIATION = 0.25
const RUN_SEC = 300

/**
 * The driven stretches, in order and apart. `pace` is speed smoothed over at least 10 s (wider where noise asks for it), `minute` over 60 s.
 */
export function findRides(linked: Linked, pace: Smoothed, minute: Smoothed): Ride[] {
  const { fixes, link } = linked
  const spans = [
    ...fastSpans(linked, pace.speed, VEHICLE_MPS, VEHICLE_SEC),
    ...fastSpans(linked, minute.speed, PEDALLING_MPS, PEDALLING_SEC),
  ]
  for (let i = 1; i < fixes.count; i++) if (link[i] === LINK.ridden) spans.push([i - 1, i])
  spans.sort((a, b) => a[0] - b[0])
  const rides: Ride[] = []
  for (const [from, to] of spans) {
    const last = rides.at(-1)
    if (last && fixes.t[from]! - fixes.t[last.to]! < STOP_AND_GO_SEC) last.to = Math.max(last.to, to)
    else rides.push({ from, to, distance_m: 0, top_speed_mps: 0 })
  }
  let ridden = 0
  for (const ride of rides) {
    measureRide(linked, pace, ride)
    ridden += ride.distance_m
  }
  if (isPedalled(linked, pace, rides)) {
    const all: Ride = { from: 0, to: fixes.count - 1, distance_m: 0, top_speed_mps: 0 }
    measureRide(linked, pace, all)
    return [all]
  }
  return ridden >= REAL_RIDE_M ? swallowCreeping(linked, pace, rides) : rides
}

/** Junctions keep a slow bicycle from going fast for three minutes on end; its pace in all, between fast stretches, still tells it from a runner's. */
function isPedalled({ fixes, link }: Linked, pace: Smoothed, rides: readonly Ride[]): boolean {
  let seconds = 0
  let metres = 0
  let ride = 0
  for (let i = 1; i < fixes.count; i++) {
    while (ride < rides.length && rides[ride]!.to < i) ride++
    const speed = pace.speed[i]!
    if (link[i] !== LINK.walked || speed < STANDING_MPS || (ride < rides.length && rides[ride]!.from < i)) continue
    const dt = fixes.t[i]! - fixes.t[i - 1]!
    seconds += dt
    metres += speed * dt
  }
  return seconds >= RUN_SEC && metres >= SLOW_PEDALLING_MPS * seconds
}

type Span = [from: number, to: number]

function fastSpans(linked: Linked, speed: Float64Array, limit: number, seconds: number): Span[] {
  const { fixes, link } = linked
  const { count, t } = fixes
  const spans: Span[] = []
  for (let i = 0; i < count; i++) {
    if (speed[i]! < limit) continue
    let from = i
    let to = i
    while (to + 1 < count && link[to + 1] === LINK.walked && speed[to + 1]! >= limit) to++
    i = to
    if (t[to]! - t[from]! < seconds) continue
    const start = t[from]! - SETTING_OFF_SEC
    const end = t[to]! + SETTING_OFF_SEC
    while (from > 0 && link[from] === LINK.walked && t[from - 1]! >= start && speed[from - 1]! >= SETTING_OFF_MPS) from--
    while (to + 1 < count && link[to + 1] === LINK.walked && t[to + 1]! <= end && speed[to + 1]! >= SETTING_OFF_MPS) to++
    spans.push([from, to])
  }
  return spans
}

function measureRide(linked: Linked, pace: Smoothed, ride: Ride): void {
  const { fixes, link } = linked
  ride.distance_m = 0
  ride.top_speed_mps = 0
  for (let i = ride.from; i <= ride.to; i++) {
    ride.top_speed_mps = Math.max(ride.top_speed_mps, pace.speed[i]!)
    if (i === ride.from) continue
    const seconds = fixes.t[i]! - fixes.t[i - 1]!
    if (link[i] === LINK.walked) ride.distance_m += ((pace.speed[i - 1]! + pace.speed[i]!) / 2) * seconds
    else if (link[i] === LINK.ridden) {
      const metres = Math.hypot(fixes.x[i]! - fixes.x[i - 1]!, fixes.y[i]! - fixes.y[i - 1]!)
      ride.distance_m += metres
      ride.top_speed_mps = Math.max(ride.top_speed_mps, metres / seconds)
    }
  }
}

/**
 * Joins to the rides what is left before, between and after them but was not gone on foot: a car that creeps through traffic, looks for a place to park,
 * or waits. A body goes at an even pace, so a remainder of mixed speeds, or one of less than three minutes at an end, is still the ride.
 */
function swallowCreeping(linked: Linked, pace: Smoothed, rides: readonly Ride[]): Ride[] {
  const { t, count } = linked.fixes
  const joined: Ride[] = []
  let from = 0
  const take = (ride: Ride) => {
    const last = joined.at(-1)
    if (last && ride.from <= last.to) {
      last.to = Math.max(last.to, ride.to)
      last.distance_m += ride.distance_m
      last.top_speed_mps = Math.max(last.top_speed_mps, ride.top_speed_mps)
    } else joined.push({ ...ride })
  }
  for (const ride of [...rides, null]) {
    const to = ride ? ride.from : count - 1
    const isEnd = from === 0 || ride === null
    if (to > from && ((isEnd && t[to]! - t[from]! < STOP_AND_GO_SEC) || !isOnFoot(linked, pace, from, to))) {
      const rest: Ride = { from, to, distance_m: 0, top_speed_mps: 0 }
      measureRide(linked, pace, rest)
      take(rest)
    }
    if (ride) {
      take(ride)
      from = ride.to
    }
  }
  return joined
}

/** On foot is walking (hardly anything above 8 km/h) or an even run; a creeping car is neither. */
function isOnFoot(linked: Linked, pace: Smoothed, from: number, to: number): boolean {
  const { fixes, link } = linked
  let seconds = 0
  let metres = 0
  let brisk = 0
  let squares = 0
  for (let i = from + 1; i <= to; i++) {
    const speed = pace.speed[i]!
    if (link[i] !== LINK.walked || speed < STANDING_MPS) continue
    const dt = fixes.t[i]! - fixes.t[i - 1]!
    seconds += dt
    metres += speed * dt
    squares += speed * speed * dt
    if (speed > BRISK_MPS) brisk += speed * dt
  }
  if (brisk <= MOST_BRISK_SHARE * metres) return true
  const mean = metres / seconds
  const variation = Math.sqrt(Math.max(0, squares / seconds - mean * mean)) / mean
  return mean < RUN_MPS && variation < RUN_VARIATION && seconds >= RUN_SEC
}
