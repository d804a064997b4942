import { METRES_PER_DEGREE } from '../src/core/geo.ts'
import type { Track } from '../src/modules/walks/track.ts'

/** Tracks as phones record them, honest and faked, the same for the same seed. No file access: that is recordings.ts. */

export type { Track }
export type Sampling = '1s' | '3s' | '5s' | '5m'
export type Mover = 'walk' | 'jog' | 'bicycle' | 'e_scooter' | 'car' | 'traffic_jam' | 'bus'

export interface Made {
  readonly track: Track
  /** Length of the way really gone. */
  readonly distance_m: number
  readonly is_hard: boolean
  readonly sampling: Sampling
  /** Where the way's first vertex lies. */
  readonly origin: { readonly lat: number; readonly lng: number }
}

export interface Random {
  /** In [0, 1). */
  next(): number
  between(low: number, high: number): number
  gauss(): number
  chance(probability: number): boolean
  pick<T>(from: readonly T[]): T
}

/** mulberry32: 32 bits of state are plenty for test data. */
export function randomFrom(seed: number): Random {
  let state = (seed * 2654435761) >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 15), z | 1)
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61)
    return ((z ^ (z >>> 14)) >>> 0) / 4294967296
  }
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    gauss: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    chance: (probability) => next() < probability,
    pick: <T>(from: readonly T[]) => from[Math.floor(next() * from.length)] as T,
  }
}

// ── The way ─────────────────────────────────────────────────────────────────

/** A way on the ground: vertices in metres, the length up to each, and how sharply it turns there (radians). */
export interface Way {
  readonly x: number[]
  readonly y: number[]
  readonly along: number[]
  readonly turn: number[]
}

/** Blocks with right angles mostly, some curved paths, sometimes out and back the same way. */
export function makeWay(random: Random, lengthM: number, blockM: readonly [number, number], cornerM: number): Way {
  const vertices: [number, number][] = [[0, 0]]
  const isReturning = random.chance(0.3)
  const wanted = isReturning ? lengthM / 2 : lengthM
  let heading = random.between(0, 2 * Math.PI)
  const lean = random.pick([-1, 1])
  let length = 0
  const step = (metres: number) => {
    const [x, y] = vertices.at(-1)!
    vertices.push([x + metres * Math.cos(heading), y + metres * Math.sin(heading)])
    length += metres
  }
  while (length < wanted) {
    if (random.chance(0.2)) {
      const bend = random.between(-0.12, 0.12)
      for (let left = random.between(60, 200); left > 0; left -= 6) {
        heading += bend
        step(6)
      }
    } else step(Math.max(2 * cornerM, random.between(...blockM)))
    const turn = random.chance(0.25)
      ? random.between(-0.4, 0.4)
      : (random.chance(0.65) ? lean : -lean) * (Math.PI / 2 + 0.15 * random.gauss())
    // A corner is rounded in pieces of about 20°.
    const pieces = Math.max(1, Math.round(Math.abs(turn) / 0.35))
    for (let k = 0; k < pieces; k++) {
      heading += turn / pieces
      if (k < pieces - 1) step((cornerM * Math.abs(turn)) / pieces)
    }
  }
  if (isReturning) for (let k = vertices.length - 2; k >= 0; k--) vertices.push(vertices[k]!)
  const x = vertices.map((v) => v[0])
  const y = vertices.map((v) => v[1])
  const along = [0]
  const turn = [0]
  for (let k = 1; k < x.length; k++) {
    along.push(along[k - 1]! + Math.hypot(x[k]! - x[k - 1]!, y[k]! - y[k - 1]!))
    if (k + 1 < x.length) {
      const before = Math.atan2(y[k]! - y[k - 1]!, x[k]! - x[k - 1]!)
      const after = Math.atan2(y[k + 1]! - y[k]!, x[k + 1]! - x[k]!)
      turn.push(Math.abs(Math.atan2(Math.sin(after - before), Math.cos(after - before))))
    } else turn.push(0)
  }
  return { x, y, along, turn }
}

// ── The body ────────────────────────────────────────────────────────────────

/** True positions each second, in metres. */
interface Motion {
  readonly x: number[]
  readonly y: number[]
  readonly distance_m: number
}

/** Seconds gone for each metre of the way, second by second; ends at the way's end. */
function follow(way: Way, speeds: (at: number, second: number) => number, wanderM: number, random: Random): Motion {
  const x: number[] = []
  const y: number[] = []
  const end = way.along.at(-1)!
  let at = 0
  let k = 1
  let aside = 0
  let distance = 0
  for (let second = 0; at < end && second < 13 * 3600; second++) {
    while (k < way.along.length - 1 && way.along[k]! < at) k++
    const share = (at - way.along[k - 1]!) / Math.max(1e-9, way.along[k]! - way.along[k - 1]!)
    const dx = way.x[k]! - way.x[k - 1]!
    const dy = way.y[k]! - way.y[k - 1]!
    const length = Math.hypot(dx, dy) || 1
    const speed = speeds(at, second)
    if (speed > 0.05) aside += -aside * 0.05 + wanderM * 0.3 * random.gauss()
    x.push(way.x[k - 1]! + dx * share - (dy / length) * aside)
    y.push(way.y[k - 1]! + dy * share + (dx / length) * aside)
    at += speed
    distance += speed
  }
  return { x, y, distance_m: Math.min(distance, end) }
}

/** A person with a dog: a pace that drifts, stops to sniff, now and then a rest. */
function walkOf(random: Random, way: Way, paceMps: number, options: { sniffs: boolean; steadiness: number }): Motion {
  let fast = 0
  let slow = 0
  let standing = 0
  let sniffing = 0
  const stopsPerSec = options.sniffs ? 1 / random.between(50, 240) : 1 / 900
  return follow(
    way,
    () => {
      fast += -fast / 8 + options.steadiness * 0.45 * random.gauss() * Math.sqrt(2 / 8)
      slow += -slow / 150 + options.steadiness * 0.7 * random.gauss() * Math.sqrt(2 / 150)
      if (standing > 0) {
        standing--
        return 0
      }
      if (sniffing > 0) sniffing--
      else if (random.chance(stopsPerSec)) {
        if (random.chance(0.3)) sniffing = random.between(5, 30)
        else standing = random.chance(0.06) ? random.between(90, 420) : Math.min(80, 4 * Math.exp(0.9 * random.gauss() + 0.9))
      }
      return Math.max(0.15, paceMps * (1 + Math.max(-0.5, Math.min(0.5, fast + slow))) * (sniffing > 0 ? 0.4 : 1))
    },
    options.sniffs ? 0.4 : 0.15,
    random,
  )
}

interface Wheels {
  cruise: () => number
  cornerMps: number
  accelerate: number
  brake: number
  /** Chance of a stop at a crossing, and how long. */
  stop: number
  stopSec: readonly [number, number]
  /** Every so many metres a stop as a bus makes it; 0 for none. */
  stationM: number
  jam: boolean
}

/** Something on wheels: it brakes before what makes it slow and sets off gently. */
function rideOf(random: Random, way: Way, wheels: Wheels): Motion {
  const limits: { at: number; speed: number; hold: number }[] = []
  for (let k = 1; k < way.along.length - 1; k++) {
    const isCorner = way.turn[k]! > 0.25
    const lastHold = limits.at(-1)?.at ?? -100
    if (isCorner && way.along[k]! - lastHold > 25) {
      const isStop = random.chance(wheels.stop)
      limits.push({
        at: way.along[k]!,
        speed: isStop ? 0 : wheels.cornerMps * random.between(0.85, 1.2),
        hold: isStop ? random.between(...wheels.stopSec) : 0,
      })
    }
  }
  const end = way.along.at(-1)!
  if (wheels.stationM > 0) {
    for (let at = random.between(100, wheels.stationM); at < end; at += wheels.stationM * random.between(0.8, 1.3)) {
      limits.push({ at, speed: 0, hold: random.between(10, 40) })
    }
  }
  limits.sort((a, b) => a.at - b.at)
  let next = 0
  let speed = 0
  let hold = 0
  let cruise = wheels.cruise()
  let wobble = 0
  let jamLeft = 0
  let jamHold = 0
  return follow(
    way,
    (at, second) => {
      if (second % 45 === 44) cruise = wheels.cruise()
      wobble += -wobble / 15 + 0.07 * random.gauss() * Math.sqrt(2 / 15)
      if (wheels.jam) {
        if (jamLeft > 0) jamLeft--
        else if (random.chance(1 / 240)) jamLeft = random.between(120, 480)
        if (jamLeft > 0 && jamHold <= 0 && random.chance(1 / 14)) jamHold = random.between(3, 25)
        if (jamHold > 0) jamHold--
      }
      if (hold > 0) {
        hold--
        speed = 0
        return 0
      }
      while (next < limits.length && limits[next]!.at < at - 1) next++
      let target = cruise * (1 + wobble)
      if (jamLeft > 0) target = jamHold > 0 ? 0 : Math.min(target, random.between(1.5, 4.5))
      for (let k = next; k < Math.min(limits.length, next + 6); k++) {
        const limit = limits[k]!
        target = Math.min(target, Math.sqrt(limit.speed ** 2 + 2 * wheels.brake * Math.max(0, limit.at - at - 1)))
      }
      if (next < limits.length && limits[next]!.speed === 0 && limits[next]!.at - at < 3) {
        hold = Math.round(limits[next]!.hold)
        limits[next] = { at: limits[next]!.at, speed: wheels.cornerMps, hold: 0 }
        speed = 0
        return 0.5
      }
      speed = target > speed ? Math.min(target, speed + wheels.accelerate) : Math.max(target, speed - 2 * wheels.brake, 0)
      return speed < 0.3 && jamHold <= 0 ? Math.max(speed, 0.3) : speed
    },
    0.1,
    random,
  )
}

// ── The phone ───────────────────────────────────────────────────────────────

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
  const motion = rideOf(random, way, wheelsOf(random, mover))
  const phone = { ...makePhone(random, options.is_hard ?? random.chance(0.1)), ...options.phone }
  return made(random, phone, motion, options, false)
}

function wheelsOf(random: Random, mover: Exclude<Mover, 'walk' | 'jog'>): Wheels {
  const base = {
    accelerate: random.between(1.2, 2.2),
    brake: random.between(1.5, 2.5),
    stopSec: [10, 70] as const,
    stationM: 0,
    jam: false,
  }
  switch (mover) {
    case 'bicycle': {
      const cruise = random.between(12, 20) / 3.6
      return {
        ...base,
        cruise: () => cruise * random.between(0.88, 1.12),
        cornerMps: random.between(2.5, 4),
        accelerate: random.between(0.4, 0.9),
        brake: 1.2,
        stop: 0.12,
        stopSec: [5, 40],
      }
    }
    case 'e_scooter': {
      const cruise = random.between(17, 25) / 3.6
      return {
        ...base,
        cruise: () => cruise * random.between(0.95, 1.02),
        cornerMps: random.between(2.5, 4),
        accelerate: 1.2,
        brake: 1.5,
        stop: 0.15,
        stopSec: [5, 40],
      }
    }
    case 'bus':
      return {
        ...base,
        cruise: () => random.between(25, 50) / 3.6,
        cornerMps: 4.5,
        accelerate: random.between(0.8, 1.3),
        brake: 1.2,
        stop: 0.4,
        stationM: random.between(250, 500),
      }
    case 'traffic_jam':
      return { ...base, cruise: () => random.between(20, 50) / 3.6, cornerMps: 5, stop: 0.4, jam: true }
    case 'car':
      return { ...base, cruise: () => random.between(30, 60) / 3.6, cornerMps: random.between(4, 6), stop: 0.35 }
  }
}

// ── Faking ──────────────────────────────────────────────────────────────────

/** The track with each column rewritten point by point; `null` drops a point. */
export function mapTrack(track: Track, change: (point: TrackPoint, i: number) => TrackPoint | null): Track {
  const points: TrackPoint[] = []
  for (let i = 0; i < track.time_ms.length; i++) {
    const point = change(pointAt(track, i), i)
    if (point) points.push(point)
  }
  return fromPoints(points, track)
}

export interface TrackPoint {
  lat: number
  lng: number
  time_ms: number
  altitude_m: number
  accuracy_m: number
  is_mock: number
}

export function pointAt(track: Track, i: number): TrackPoint {
  return {
    lat: track.lat[i]!,
    lng: track.lng[i]!,
    time_ms: track.time_ms[i]!,
    altitude_m: track.altitude_m?.[i] ?? NaN,
    accuracy_m: track.accuracy_m?.[i] ?? NaN,
    is_mock: track.is_mock?.[i] ?? 0,
  }
}

/** `like` says which optional columns there are. */
export function fromPoints(points: readonly TrackPoint[], like?: Track): Track {
  const column = (key: keyof TrackPoint) => Float64Array.from(points, (point) => point[key])
  return {
    lat: column('lat'),
    lng: column('lng'),
    time_ms: column('time_ms'),
    altitude_m: like?.altitude_m === null ? null : column('altitude_m'),
    accuracy_m: like?.accuracy_m === null ? null : column('accuracy_m'),
    is_mock: points.some((point) => point.is_mock === 1) ? Uint8Array.from(points, (point) => point.is_mock) : null,
  }
}

export function joinTracks(...tracks: readonly Track[]): Track {
  return fromPoints(tracks.flatMap((track) => Array.from(track.time_ms, (_, i) => pointAt(track, i))))
}

/** Moved as a whole: metres keep, apart from the change of longitude's scale with latitude. */
export function shiftTrack(track: Track, by: { east_m?: number; north_m?: number; time_ms?: number }): Track {
  const perLng = METRES_PER_DEGREE * Math.cos(((track.lat[0] ?? 0) * Math.PI) / 180)
  return mapTrack(track, (point) => ({
    ...point,
    lat: point.lat + (by.north_m ?? 0) / METRES_PER_DEGREE,
    lng: point.lng + (by.east_m ?? 0) / perLng,
    time_ms: point.time_ms + (by.time_ms ?? 0),
  }))
}

/** Turned about its first point. */
export function rotateTrack(track: Track, degrees: number): Track {
  const lat0 = track.lat[0] ?? 0
  const lng0 = track.lng[0] ?? 0
  const shrink = Math.cos((lat0 * Math.PI) / 180)
  const cos = Math.cos((degrees * Math.PI) / 180)
  const sin = Math.sin((degrees * Math.PI) / 180)
  return mapTrack(track, (point) => {
    const x = (point.lng - lng0) * shrink
    const y = point.lat - lat0
    return { ...point, lng: lng0 + (x * cos - y * sin) / shrink, lat: lat0 + x * sin + y * cos }
  })
}

/** Time runs `factor` times as slowly, so that speeds are divided by it. */
export function stretchTrack(track: Track, factor: number): Track {
  const start = track.time_ms[0] ?? 0
  return mapTrack(track, (point) => ({ ...point, time_ms: Math.round(start + (point.time_ms - start) * factor) }))
}

export function resampleTrack(track: Track, every: number, offset = 0): Track {
  return mapTrack(track, (point, i) => (i % every === offset ? point : null))
}

/** A fix each `seconds`, interpolated: what a careful forger does after changing the times. */
export function interpolateTrack(track: Track, seconds: number): Track {
  const points: TrackPoint[] = []
  const end = track.time_ms.at(-1) ?? 0
  let k = 1
  for (let at = track.time_ms[0] ?? 0; at < end; at += seconds * 1000) {
    while (track.time_ms[k]! < at) k++
    const share = (at - track.time_ms[k - 1]!) / (track.time_ms[k]! - track.time_ms[k - 1]!)
    const a = pointAt(track, k - 1)
    const b = pointAt(track, k)
    points.push({ ...a, time_ms: at, lat: a.lat + (b.lat - a.lat) * share, lng: a.lng + (b.lng - a.lng) * share })
  }
  return fromPoints(points, track)
}

/** More noise on top, white or drifting with the time constant `driftSec`. */
export function addNoise(track: Track, seed: number, noise: { white_m?: number; drift_m?: number; drift_sec?: number }): Track {
  const random = randomFrom(seed)
  const perLng = METRES_PER_DEGREE * Math.cos(((track.lat[0] ?? 0) * Math.PI) / 180)
  const drift = noise.drift_m ?? 0
  const white = noise.white_m ?? 0
  let dx = drift * random.gauss()
  let dy = drift * random.gauss()
  return mapTrack(track, (point, i) => {
    const seconds = i > 0 ? Math.max(0, (point.time_ms - track.time_ms[i - 1]!) / 1000) : 0
    const decay = Math.exp(-seconds / (noise.drift_sec ?? 60))
    dx = dx * decay + drift * Math.sqrt(1 - decay * decay) * random.gauss()
    dy = dy * decay + drift * Math.sqrt(1 - decay * decay) * random.gauss()
    return {
      ...point,
      lat: point.lat + (dy + white * random.gauss()) / METRES_PER_DEGREE,
      lng: point.lng + (dx + white * random.gauss()) / perLng,
    }
  })
}

/** The phone "moves" by `jumps` leaps of 0.6–5 km and goes on walking there. */
export function teleportTrack(track: Track, seed: number, jumps: number): Track {
  const random = randomFrom(seed)
  const count = track.time_ms.length
  const at = Array.from({ length: jumps }, (_, k) => Math.floor((count * (k + 0.5 + random.between(-0.3, 0.3))) / jumps))
  let east = 0
  let north = 0
  let next = 0
  return mapTrack(track, (point, i) => {
    if (next < at.length && i === at[next]) {
      const far = random.between(600, 5000)
      const angle = random.between(0, 2 * Math.PI)
      east += far * Math.cos(angle)
      north += far * Math.sin(angle)
      next++
    }
    return { ...point, lat: point.lat + north / METRES_PER_DEGREE, lng: point.lng + east / (METRES_PER_DEGREE * 0.793) }
  })
}

/** `share` of the points flagged by the phone as mocked. */
export function mockTrack(track: Track, share: number): Track {
  return mapTrack(track, (point, i) => ({ ...point, is_mock: Math.floor((i + 1) * share) > Math.floor(i * share) ? 1 : 0 }))
}
