import type { Random } from '../../dev/random.ts'
import { MADE_AT_MS } from '../../dev/tracks.ts'
import { METRES_PER_DEGREE } from '../../src/core/geo.ts'
import type { Track } from '../../src/measuring/measure-track.ts'

/** Tracks whose truth is known, the same for the same seed. Places are metres about one spot, one a second. */

export interface Trodden {
  readonly x: number[]
  readonly y: number[]
  readonly distance_m: number
  readonly isMoving: boolean[]
}

const ORIGIN = { lat: 37.53, lng: 127.06 }

/** Walking about in a round park: the heading wanders, the fence turns it back, and some stop to sniff. */
export function parkWalk(random: Random, radiusM: number, speedMps: number, minutes: number, hasStops: boolean): Trodden {
  const walk: Trodden & { distance_m: number } = { x: [0], y: [0], distance_m: 0, isMoving: [true] }
  let heading = random.between(0, 2 * Math.PI)
  let turn = 0
  let stopped = 0
  for (let s = 1; s < minutes * 60; s++) {
    const x = walk.x[s - 1]!
    const y = walk.y[s - 1]!
    if (stopped <= 0 && hasStops && random.chance(1 / 40)) stopped = random.between(5, 25)
    stopped--
    const step = stopped > 0 ? 0 : speedMps * (1 + 0.15 * random.gauss())
    turn = 0.9 * turn + 0.05 * random.gauss()
    heading += turn
    const toX = x + step * Math.cos(heading)
    const toY = y + step * Math.sin(heading)
    const isOut = Math.hypot(toX, toY) > radiusM
    if (isOut) heading = Math.atan2(-y, -x) + random.between(-1, 1)
    walk.x.push(isOut ? x + step * Math.cos(heading) : toX)
    walk.y.push(isOut ? y + step * Math.sin(heading) : toY)
    walk.isMoving.push(step > 0)
    walk.distance_m += step
  }
  return walk
}

export function lying(hours: number): Trodden {
  const zeros = Array.from({ length: hours * 3600 }, () => 0)
  return { x: zeros, y: zeros, distance_m: 0, isMoving: zeros.map(() => false) }
}

/** A lying phone whose position hops among five Wi-Fi places within 250 m, or glides between two 100 m apart. */
export function indoors(random: Random, hours: number, how: 'hops' | 'glides'): Trodden {
  const places = Array.from({ length: 5 }, () => [random.between(-125, 125), random.between(-125, 125)] as const)
  const still = lying(hours)
  let at = places[0]!
  let until = 0
  const x: number[] = []
  const y: number[] = []
  for (let s = 0; s < still.x.length; s++) {
    if (how === 'hops') {
      if (s >= until) {
        at = random.pick(places)
        until = s + random.between(5, 25)
      }
      x.push(at[0])
      y.push(at[1])
    } else {
      const phase = (s % 300) / 150
      x.push(100 * Math.min(1, Math.max(0, phase < 1 ? 1.3 * phase - 0.15 : 1.3 * (2 - phase) - 0.15)))
      y.push(0)
    }
  }
  return { ...still, x, y }
}

export interface Receiver {
  every: number
  white_m?: number
  drift_m?: number
  drift_sec?: number
  accuracy_m?: number
  has_speeds?: boolean
  has_steps?: boolean
}

/** What a phone writes down of it. */
export function receive(random: Random, walk: Trodden, receiver: Receiver): Track {
  const { every, white_m: white = 0.5, drift_m: drift = 0, drift_sec: driftSec = 30 } = receiver
  const perLng = METRES_PER_DEGREE * Math.cos((ORIGIN.lat * Math.PI) / 180)
  const decay = Math.exp(-1 / driftSec)
  const kick = drift * Math.sqrt(1 - decay * decay)
  let driftX = drift * random.gauss()
  let driftY = drift * random.gauss()
  let stepped = 0
  const rows: number[][] = []
  const steps: [number, number][] = []
  for (let s = 0; s < walk.x.length; s++) {
    driftX = driftX * decay + kick * random.gauss()
    driftY = driftY * decay + kick * random.gauss()
    const before = Math.max(0, s - 1)
    const speed = Math.hypot(walk.x[s]! - walk.x[before]!, walk.y[s]! - walk.y[before]!)
    if (walk.isMoving[s]) stepped += 1.7
    if (s % 10 === 0) steps.push([MADE_AT_MS + s * 1_000, Math.round(stepped)])
    if (s % every !== 0) continue
    const x = walk.x[s]! + driftX + white * random.gauss()
    const y = walk.y[s]! + driftY + white * random.gauss()
    rows.push([
      Math.round((ORIGIN.lat + y / METRES_PER_DEGREE) * 1e6) / 1e6,
      Math.round((ORIGIN.lng + x / perLng) * 1e6) / 1e6,
      MADE_AT_MS + s * 1_000,
      (receiver.accuracy_m ?? NaN) * random.between(0.8, 1.2),
      Math.max(0, speed + 0.1 * random.gauss()),
    ])
  }
  const column = (k: number) => Float64Array.from(rows, (row) => row[k]!)
  return {
    lat: column(0),
    lng: column(1),
    time_ms: column(2),
    altitude_m: null,
    accuracy_m: receiver.accuracy_m ? column(3) : null,
    speed_mps: receiver.has_speeds ? column(4) : null,
    steps: receiver.has_steps ? steps : null,
    is_mock: null,
  }
}

/** A planned route of streets and corners that a program runs through, its speed varied slowly by up to `variation`. */
export function planned(random: Random, lengthM: number, speedMps: number, variation: number): Trodden {
  const walk: Trodden & { distance_m: number } = { x: [0], y: [0], distance_m: 0, isMoving: [true] }
  let heading = 0
  let left = 0
  let phase = random.between(0, 6)
  const wave = random.between(0.02, 0.1)
  while (walk.distance_m < lengthM) {
    let step = speedMps * (1 + variation * Math.sin((phase += wave)))
    let x = walk.x.at(-1)!
    let y = walk.y.at(-1)!
    walk.distance_m += step
    while (step > 0) {
      if (left <= 0) {
        left = random.between(30, 200)
        heading += random.pick([-1, 1]) * random.between(0.3, 1.7)
      }
      const part = Math.min(step, left)
      x += part * Math.cos(heading)
      y += part * Math.sin(heading)
      left -= part
      step -= part
    }
    walk.x.push(x)
    walk.y.push(y)
    walk.isMoving.push(true)
  }
  return walk
}
