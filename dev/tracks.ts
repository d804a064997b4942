import { METRES_PER_DEGREE } from '../src/core/geo.ts'
import type { Track } from '../src/measuring/measure-track.ts'
import { makeWay, type Motion, type Mover, rideOf, walkOf, type Way, wheelsOf } from './motion.ts'
import { type Random, randomFrom } from './random.ts'

/** Tracks as phones record them, the same for the same seed. No file access: that is recordings.ts. */

export type { Track }
export type Sampling = '1s' | '3s' | '5s' | '5m'

export interface Made {
  readonly track: Track
  /** Length of the way really gone. */
  readonly distance_m: number
  readonly is_hard: boolean
  readonly sampling: Sampling
  /** Where the way's first vertex lies. */
  readonly origin: { readonly lat: number; readonly lng: number }
}

export interface Phone {
  sampling: Sampling
  /** White noise of each fix on one axis. */
  whiteM: number
  /** Slowly drifting error: Ornstein–Uhlenbeck. */
  biasM: number
  biasSec: number
  /** Chance of a fix 50–300 m off. */
  spike: number
  /** Dropouts an hour, of 8–150 s. */
  dropouts: number
  /** Jitter about the satellites' whole seconds; 0 for exactly whole ones. */
  clockMs: number
  /** Some phones stamp fixes with a clock of their own, which runs this much off (ms a second) and wanders. */
  clockDriftMs: number
  /** Digits after the point of a degree. */
  digits: number
}

function makePhone(random: Random, isHard: boolean): Phone {
  return {
    sampling: random.pick(['1s', '3s', '5s', '5m'] as const),
    whiteM: isHard ? random.between(4, 8) : random.between(2, 5),
    biasM: isHard ? random.between(5, 12) : random.between(0, 8),
    biasSec: random.between(40, 300),
    spike: isHard ? random.between(0.004, 0.02) : random.between(0, 0.004),
    dropouts: isHard ? random.between(4, 15) : random.between(0, 3),
    clockMs: random.chance(0.4) ? 0 : random.between(3, 60),
    clockDriftMs: random.chance(0.2) ? random.between(-8, 8) : 0,
    digits: random.pick([5, 6, 7]),
  }
}

const SEOUL = { lat: 37.5172, lng: 127.0473 }
/** 2026-06-01 07:00 in Seoul: the start of every made track. */
export const MADE_AT_MS = 1_780_264_800_000
/** A fitting `now_ms` for tracks made here. */
export const NOW_MS = MADE_AT_MS + 14 * 3_600_000

function anywhereInSeoul(random: Random): { lat: number; lng: number } {
  return { lat: SEOUL.lat + random.between(-0.03, 0.03), lng: SEOUL.lng + random.between(-0.05, 0.05) }
}

/** What `phone` writes down of a motion. */
function record(random: Random, phone: Phone, motion: Motion, startMs: number, origin: { lat: number; lng: number }): Track {
  const lat: number[] = []
  const lng: number[] = []
  const time: number[] = []
  const altitude: number[] = []
  const accuracy: number[] = []
  const perLng = METRES_PER_DEGREE * Math.cos((origin.lat * Math.PI) / 180)
  const period = phone.sampling === '3s' ? 3 : phone.sampling === '5s' ? 5 : 1
  const decay = Math.exp(-1 / phone.biasSec)
  const kick = phone.biasM * Math.sqrt(1 - decay * decay)
  const scale = 10 ** phone.digits
  let biasX = phone.biasM * random.gauss()
  let biasY = phone.biasM * random.gauss()
  let height = 0
  let lostUntil = -1
  let clock = 0
  let lastX = Infinity
  let lastY = Infinity
  const ground = random.between(10, 80)
  for (let second = 0; second < motion.x.length; second++) {
    biasX = biasX * decay + kick * random.gauss()
    biasY = biasY * decay + kick * random.gauss()
    height = height * 0.98 + 0.6 * random.gauss()
    if (phone.clockDriftMs !== 0) clock += phone.clockDriftMs + 10 * random.gauss()
    if (random.chance(phone.dropouts / 3600)) lostUntil = second + random.between(8, 150)
    if (second % period !== 0 || second < lostUntil) continue
    let x = motion.x[second]! + biasX + phone.whiteM * random.gauss()
    let y = motion.y[second]! + biasY + phone.whiteM * random.gauss()
    let radius = 1.3 * Math.hypot(phone.whiteM, phone.biasM) * random.between(0.7, 1.4)
    if (random.chance(phone.spike)) {
      const off = random.between(50, 300)
      const angle = random.between(0, 2 * Math.PI)
      x += off * Math.cos(angle)
      y += off * Math.sin(angle)
      radius = random.chance(0.5) ? random.between(15, 45) : random.between(40, 200)
    }
    if (phone.sampling === '5m') {
      if (Math.hypot(x - lastX, y - lastY) < 5) continue
      lastX = x
      lastY = y
    }
    lat.push(Math.round((origin.lat + y / METRES_PER_DEGREE) * scale) / scale)
    lng.push(Math.round((origin.lng + x / perLng) * scale) / scale)
    time.push(Math.round(startMs + second * 1000 + clock + phone.clockMs * random.gauss()))
    altitude.push(Math.round((ground + 8 * Math.sin(motion.x[second]! / 180) + height) * 10) / 10)
    accuracy.push(Math.round(radius * 10) / 10)
  }
  return makeTrack(lat, lng, time, { altitude_m: altitude, accuracy_m: accuracy })
}

export function makeTrack(
  lat: number[],
  lng: number[],
  timeMs: number[],
  more: { altitude_m?: number[]; accuracy_m?: number[]; is_mock?: number[] } = {},
): Track {
  return {
    lat: Float64Array.from(lat),
    lng: Float64Array.from(lng),
    time_ms: Float64Array.from(timeMs),
    altitude_m: more.altitude_m ? Float64Array.from(more.altitude_m) : null,
    accuracy_m: more.accuracy_m ? Float64Array.from(more.accuracy_m) : null,
    is_mock: more.is_mock ? Uint8Array.from(more.is_mock) : null,
  }
}

export interface MakeOptions {
  length_m?: number
  pace_mps?: number
  phone?: Partial<Phone>
  is_hard?: boolean
  start_ms?: number
  /** The way to follow instead of a new one, and where its first vertex lies. */
  way?: Way
  origin?: { lat: number; lng: number }
}

function made(random: Random, phone: Phone, motion: Motion, options: MakeOptions, isHard: boolean): Made {
  const origin = options.origin ?? anywhereInSeoul(random)
  return {
    track: record(random, phone, motion, options.start_ms ?? MADE_AT_MS, origin),
    distance_m: motion.distance_m,
    is_hard: isHard,
    sampling: phone.sampling,
    origin,
  }
}

/** A dog walk of 0.7–5 km at 2–5.5 km/h; one in ten with the phone in a bag or between high walls. */
export function makeWalk(seed: number, options: MakeOptions = {}): Made {
  const random = randomFrom(seed)
  const isHard = options.is_hard ?? random.chance(0.1)
  const length = options.length_m ?? random.between(700, random.chance(0.2) ? 5000 : 2500)
  const pace = options.pace_mps ?? random.between(0.65, 1.5)
  const way = options.way ?? makeWay(random, length, [35, 160], 2)
  const motion = walkOf(random, way, pace, { sniffs: true, steadiness: random.between(0.12, 0.28) })
  const phone = { ...makePhone(random, isHard), ...options.phone }
  return made(random, phone, motion, options, isHard)
}

/** One walk recorded by the phones of two owners side by side. */
export function makePair(seed: number, options: MakeOptions = {}): [Made, Made] {
  const random = randomFrom(seed)
  const way = options.way ?? makeWay(random, options.length_m ?? random.between(700, 2500), [35, 160], 2)
  const motion = walkOf(random, way, options.pace_mps ?? random.between(0.65, 1.5), {
    sniffs: true,
    steadiness: random.between(0.12, 0.28),
  })
  const origin = options.origin ?? anywhereInSeoul(random)
  const one = () => made(random, { ...makePhone(random, false), ...options.phone }, motion, { ...options, origin }, false)
  return [one(), one()]
}

/** A run with the dog at 8.4–12 km/h. */
export function makeJog(seed: number, options: MakeOptions = {}): Made {
  const random = randomFrom(seed)
  const way = options.way ?? makeWay(random, options.length_m ?? random.between(2000, 6000), [60, 250], 3)
  const pace = options.pace_mps ?? random.between(8.4, 12) / 3.6
  const motion = walkOf(random, way, pace, { sniffs: false, steadiness: random.between(0.05, 0.12) })
  const phone = { ...makePhone(random, options.is_hard ?? false), ...options.phone }
  return made(random, phone, motion, options, false)
}

/** A phone left lying for `hours`. */
export function makeStanding(seed: number, hours: number, phone: Partial<Phone> = {}): Made {
  const random = randomFrom(seed)
  const zeros = Array.from({ length: Math.round(hours * 3600) }, () => 0)
  return made(random, { ...makePhone(random, false), ...phone }, { x: zeros, y: zeros, distance_m: 0 }, {}, false)
}

/** A ride recorded as if it were a walk. */
export function makeRide(seed: number, mover: Exclude<Mover, 'walk' | 'jog'>, options: MakeOptions = {}): Made {
  const random = randomFrom(seed)
  const isCar = mover === 'car' || mover === 'bus' || mover === 'traffic_jam'
  const way =
    options.way ??
    makeWay(
      random,
      options.length_m ?? (isCar ? random.between(3000, 12000) : random.between(1500, 8000)),
      isCar ? [100, 700] : [60, 350],
      isCar ? 9 : 4,
    )
  const { pace_mps: pace } = options
  const motion = rideOf(random, way, { ...wheelsOf(random, mover), ...(pace && { cruise: () => pace * random.between(0.9, 1.1) }) })
  const phone = { ...makePhone(random, options.is_hard ?? random.chance(0.1)), ...options.phone }
  return made(random, phone, motion, options, false)
}
