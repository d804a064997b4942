import { METRES_PER_DEGREE } from '../src/core/geo.ts'
import type { Track } from '../src/measuring/measure-track.ts'
import { randomFrom } from './random.ts'

/** What can be done to a track, honestly (moved, thinned) or to fake one. */

/** Rewrites a track point by point. `null` drops a point. */
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

/** Moves a track as a whole. Distances stay the same, apart from longitude's scale, which changes with latitude. */
export function shiftTrack(track: Track, by: { east_m?: number; north_m?: number; time_ms?: number }): Track {
  const perLng = METRES_PER_DEGREE * Math.cos(((track.lat[0] ?? 0) * Math.PI) / 180)
  return mapTrack(track, (point) => ({
    ...point,
    lat: point.lat + (by.north_m ?? 0) / METRES_PER_DEGREE,
    lng: point.lng + (by.east_m ?? 0) / perLng,
    time_ms: point.time_ms + (by.time_ms ?? 0),
  }))
}

/** Turns a track about its first point. */
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

/** Makes time run `factor` times as slowly, so that speeds are divided by it. */
export function stretchTrack(track: Track, factor: number): Track {
  const start = track.time_ms[0] ?? 0
  return mapTrack(track, (point) => ({ ...point, time_ms: Math.round(start + (point.time_ms - start) * factor) }))
}

export function resampleTrack(track: Track, every: number, offset = 0): Track {
  return mapTrack(track, (point, i) => (i % every === offset ? point : null))
}

/** Makes an interpolated fix every `seconds`, as a careful forger does after changing the times. */
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

/** Adds noise: white, or drifting with the time constant `driftSec`. */
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

/** Adds `jumps` leaps of 0.6–5 km. The phone goes on walking where it has leapt to. */
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

/** Flags a `share` of the points as mocked. */
export function mockTrack(track: Track, share: number): Track {
  return mapTrack(track, (point, i) => ({ ...point, is_mock: Math.floor((i + 1) * share) > Math.floor(i * share) ? 1 : 0 }))
}
