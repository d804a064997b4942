import { haversineM } from '../../../core/geo.ts'
import type { Piece } from '../../../measuring/measure-track.ts'
import { encodeRoute } from '../showing/presentation.ts'
import type { Segment } from '../schema.ts'
import type { Analytics, Pace, PaceStretch } from './schema.ts'

/** The way on foot as it is kept: a piece runs from one of `piece_starts` to just before the next. */
export interface Way {
  readonly lng: Float64Array
  readonly lat: Float64Array
  readonly time_ms: Float64Array
  readonly piece_starts: readonly number[]
}

/** A way, and how far along it each point is. Between pieces nothing is added. */
export interface MeasuredWay extends Way {
  readonly along_m: Float64Array
}

const COLORS = { slow: '#3B82F6', normal: '#10B981', fast: '#EF4444' } as const satisfies Record<Pace, string>
/** A pace is one that was kept for so far. */
const PACE_M = 50
const SLOW = 0.8
const FAST = 1.2

const paceOf = (speedKmh: number, averageKmh: number): Pace =>
  speedKmh < SLOW * averageKmh ? 'slow' : speedKmh > FAST * averageKmh ? 'fast' : 'normal'

/** The kept line is simplified, so it is a little shorter than what was measured. It is stretched to that. */
export function measureWay(way: Way, distanceM: number): MeasuredWay {
  const { lng, lat, piece_starts } = way
  const starts = new Set(piece_starts)
  const along_m = new Float64Array(lng.length)
  for (let i = 1; i < lng.length; i++) {
    const metres = starts.has(i) ? 0 : haversineM(lat[i - 1]!, lng[i - 1]!, lat[i]!, lng[i]!)
    along_m[i] = along_m[i - 1]! + metres
  }
  const total = along_m.at(-1) ?? 0
  if (total > 0) for (let i = 0; i < along_m.length; i++) along_m[i]! *= distanceM / total
  return { ...way, along_m }
}

interface Stretch {
  readonly from: number
  to: number
  readonly pace: Pace
}

/** The way in stretches of one pace each. */
export function paceStretches({ lng, lat, time_ms, along_m, piece_starts }: MeasuredWay, averageKmh: number): PaceStretch[] {
  const stretches: Stretch[] = []
  for (const [n, first] of piece_starts.entries()) {
    const end = (piece_starts[n + 1] ?? lng.length) - 1
    let isNew = true
    for (let from = first; from < end;) {
      let to = from + 1
      while (to < end && along_m[to]! - along_m[from]! < PACE_M) to++
      // What is left of a piece is too short for a pace of its own.
      if (along_m[end]! - along_m[to]! < PACE_M / 2) to = end
      const seconds = (time_ms[to]! - time_ms[from]!) / 1_000
      const pace = paceOf(seconds > 0 ? (3.6 * (along_m[to]! - along_m[from]!)) / seconds : 0, averageKmh)
      const last = stretches.at(-1)
      if (!isNew && last?.pace === pace) last.to = to
      else stretches.push({ from, to, pace })
      isNew = false
      from = to
    }
  }
  return stretches.map(({ from, to, pace }) => ({
    from_m: Math.round(along_m[from]!),
    to_m: Math.round(along_m[to]!),
    pace,
    color: COLORS[pace],
    polyline: encodeRoute(Array.from({ length: to - from + 1 }, (_, i) => [lng[from + i]!, lat[from + i]!] as const)),
  }))
}

/** The same by the segments of 500 m, where the way is not kept. */
export const paceSegments = (segments: readonly Segment[], averageKmh: number): PaceStretch[] =>
  segments.map(({ from_m, to_m, avg_speed_kmh }) => {
    const pace = paceOf(avg_speed_kmh, averageKmh)
    return { from_m, to_m, pace, color: COLORS[pace], polyline: null }
  })

const STRETCH_M = 50
const STRETCHES_MAX = 100

/** Mean altitudes along the way. A fix lies where the way was at its time, so both must be in the order of time. */
export function elevationAlong({ time_ms, along_m, piece_starts }: MeasuredWay, pieces: readonly Piece[]): Analytics['elevation'] {
  const total = along_m.at(-1) ?? 0
  if (total <= 0) return null
  const step = Math.max(STRETCH_M, Math.ceil(total / STRETCHES_MAX))
  const count = Math.max(1, Math.ceil(total / step))
  const [sum, fixes] = [new Float64Array(count), new Float64Array(count)]
  const starts = new Set(piece_starts)
  let k = 0
  for (const { time_ms: times, altitude_m: altitudes } of pieces) {
    for (let i = 0; i < times.length; i++) {
      const [at, altitude] = [times[i]!, altitudes[i]!]
      if (Number.isNaN(altitude)) continue
      while (k + 1 < time_ms.length && time_ms[k + 1]! < at) k++
      // Before the way, behind it, or in a break of it.
      if (k + 1 >= time_ms.length || time_ms[k]! > at || starts.has(k + 1)) continue
      const share = (at - time_ms[k]!) / Math.max(1, time_ms[k + 1]! - time_ms[k]!)
      const along = along_m[k]! + share * (along_m[k + 1]! - along_m[k]!)
      const stretch = Math.min(count - 1, Math.floor(along / step))
      sum[stretch]! += altitude
      fixes[stretch]!++
    }
  }
  const profile = Array.from(sum, (metres, n) => ({ from_m: n * step, elevation_m: Math.round(metres / fixes[n]!) + 0 })).filter(
    (_, n) => fixes[n]! > 0,
  )
  return profile.length > 0 ? profile : null
}

/** The length of a dog owner's step (docs/product.md#walks). With it 2.34 km are 3,240 steps. */
const STEP_M = 0.722
/** A phone that counted for less of the walk did not count it. */
const COUNTED_SHARE = 0.5
/** The first and the last report may lie outside of the fixes. */
const REPORT_MS = 60_000

export const estimateSteps = (distanceM: number): number => Math.round(distanceM / STEP_M)

/** Steps that the phone counted between the start and the end of a walk, or null where it did not. A counter that began again adds nothing at that moment. */
export function countSteps(
  reports: readonly (readonly [time_ms: number, count: number])[] | null | undefined,
  walked: { readonly from_ms: number; readonly to_ms: number },
): number | null {
  const within = (reports ?? [])
    .filter(([at, count]) => at >= walked.from_ms - REPORT_MS && at <= walked.to_ms + REPORT_MS && count >= 0)
    .toSorted(([a], [b]) => a - b)
  const [first, last] = [within.at(0), within.at(-1)]
  if (!first || !last || last[0] - first[0] < COUNTED_SHARE * (walked.to_ms - walked.from_ms)) return null
  let steps = 0
  for (let i = 1; i < within.length; i++) steps += Math.max(0, within[i]![1] - within[i - 1]![1])
  return steps > 0 ? Math.round(steps) : null
}
