import type { Random } from './random.ts'

/** How a body or a vehicle really moves, before any phone looks at it. */

export type Mover = 'walk' | 'jog' | 'bicycle' | 'e_scooter' | 'car' | 'traffic_jam' | 'bus'

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
  return wayThrough(vertices)
}

export function wayThrough(vertices: readonly (readonly [number, number])[]): Way {
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

/** True positions each second, in metres. */
export interface Motion {
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
export function walkOf(random: Random, way: Way, paceMps: number, options: { sniffs: boolean; steadiness: number }): Motion {
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
export function rideOf(random: Random, way: Way, wheels: Wheels): Motion {
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

export function wheelsOf(random: Random, mover: Exclude<Mover, 'walk' | 'jog'>): Wheels {
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
