import { type Clock, type Measurement, measureTrack, type Track } from '../../../measuring/measure-track.ts'

/** Measures a recording, of which a long one is thinned first. Its reasons count points as they were sent. */
export function measureRecording(track: Track, clock: Clock): Measurement {
  const { track: measurable, each } = thinTrack(track, MEASURED_MAX)
  const measured = measureTrack(measurable, clock)
  return { ...measured, reasons: inPointsSent(measured.reasons, each) }
}

/** So many points tell all that there is to know of twelve hours: one every two seconds. */
const MEASURED_MAX = 25_000

/** Every n-th point of a track that has more than `most`; `each` is n. */
export function thinTrack(track: Track, most: number): { track: Track; each: number } {
  const each = Math.ceil(track.time_ms.length / most)
  if (each <= 1) return { track, each: 1 }
  return { track: keepPoints(track, (i) => i % each === 0), each }
}

/** A track of some of its points. What has times of its own, such as steps, stays whole. */
export function keepPoints(track: Track, isKept: (index: number) => boolean): Track {
  const some = <T extends Float64Array | Uint8Array>(values: T): T => values.filter((_, i) => isKept(i)) as T
  const { lat, lng, time_ms, altitude_m, accuracy_m, speed_mps, is_mock } = track
  return {
    ...track,
    lat: some(lat),
    lng: some(lng),
    time_ms: some(time_ms),
    altitude_m: altitude_m && some(altitude_m),
    accuracy_m: accuracy_m && some(accuracy_m),
    speed_mps: speed_mps ? some(speed_mps) : null,
    is_mock: is_mock && some(is_mock),
  }
}

/** Reasons of a thinned track count points as they were sent. */
function inPointsSent(reasons: Measurement['reasons'], each: number): Measurement['reasons'] {
  if (each === 1) return reasons
  return reasons.map(({ from_index, to_index, ...reason }) => ({
    ...reason,
    ...(from_index !== undefined && { from_index: from_index * each }),
    ...(to_index !== undefined && { to_index: to_index * each }),
  }))
}
