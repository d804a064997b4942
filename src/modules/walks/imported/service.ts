import { toBase64 } from '../../../core/base64.ts'
import { pathIn } from '../../../core/folders.ts'
import { sha256Hex } from '../../../core/hash.ts'
import { HOUR_MS } from '../../../core/time.ts'
import { indecencyOf } from '../../../core/words/decent.ts'
import type { Deps } from '../../../deps.ts'
import { impossibilityOf, LONGEST_WALK_MS, type Measurement, type Track } from '../../../measuring/measure-track.ts'
import { measuredColumns, spoolTracks } from '../completion/queries.ts'
import { keepRecordings } from '../completion/service.ts'
import { packTrack } from '../recording/raw-track.ts'
import { keepPoints, measureRecording } from '../recording/thinning.ts'
import { FUTURE_TOLERANCE_MS } from '../rules.ts'
import { encodeRoute } from '../showing/presentation.ts'
import { drawSketch } from '../showing/sketch.ts'
import { problemOf, type TrackProblem } from './rules.ts'
import type { ImportedWalk } from './sql.ts'

export interface Recording {
  readonly walk_id: string
  readonly track_key: string
  readonly recording: Uint8Array
}

export type Judged =
  | { readonly problem: TrackProblem }
  | { readonly walk: ImportedWalk; readonly started_at_ms: number; readonly recording: Recording }

/**
 * Measures a track from elsewhere as one that was synced, and makes it a walk unless it is none. Only the thirty days of a late sync do not hold: a track is measured as of
 * the moment at which it ends. `memo` is left out where others should not read it.
 */
export async function judgeImported(
  { keyedIds, keyedSeeds, now }: Pick<Deps, 'keyedIds' | 'keyedSeeds' | 'now'>,
  userId: string,
  sent: Track,
  memo: string | null,
): Promise<Judged> {
  const track = withoutStrays(sent)
  const span = spanOf(track.time_ms, now().getTime() + FUTURE_TOLERANCE_MS)
  if (typeof span === 'string') return { problem: span }
  const { first, last } = span
  const clock = { now_ms: last }
  if (impossibilityOf(track, clock)) return { problem: 'impossible' }
  const measurement = measureRecording(track, clock)
  const problem = problemOf(measurement)
  if (problem || measurement.started_at_ms === null) return { problem: problem ?? 'no_track' }
  // What goes on for longer is several walks in one, or a receiver that was left on.
  if (measurement.auto_ended || last - first > 2 * LONGEST_WALK_MS) return { problem: 'too_long' }
  const { walk, recording } = await toWalk({ keyedIds, keyedSeeds }, userId, track, measurement, memo)
  return { walk, recording, started_at_ms: measurement.started_at_ms }
}

async function toWalk(
  { keyedIds, keyedSeeds }: Pick<Deps, 'keyedIds' | 'keyedSeeds'>,
  userId: string,
  track: Track,
  measurement: Measurement,
  memo: string | null,
): Promise<{ walk: ImportedWalk; recording: Recording }> {
  const recording = packTrack(track)
  const request_hash = await sha256Hex(recording)
  const id = await keyedIds.of({ user_id: userId, route: 'imported walk', key: request_hash })
  const track_key = pathIn('tracks', userId, id, `${request_hash.slice(0, 32)}.track`)
  const columns = {
    ...measuredColumns(measurement, encodeRoute(measurement.route)),
    request_hash,
    memo: indecencyOf(memo) ? null : memo,
    sketch: (await drawSketch(keyedSeeds, id, measurement.route)) ?? [],
    track_key,
  }
  return { walk: { id, columns, line: measurement.line }, recording: { walk_id: id, track_key, recording } }
}

/** R2 is asked no more often than this. What is left waits in the spool. */
const PUTS_MAX = 10

/** Keeps the recordings of walks that were imported, so that they can be measured again. Answers how many calls that took. */
export async function keepImported(
  deps: Pick<Deps, 'bucket' | 'db'>,
  recordings: readonly Recording[],
  at: Date,
): Promise<{ readonly calls: number }> {
  const [now, later] = [recordings.slice(0, PUTS_MAX), recordings.slice(PUTS_MAX)]
  await keepRecordings(deps, now, at)
  if (later.length > 0)
    await spoolTracks(
      deps.db,
      later.map(({ recording, ...of }) => ({ ...of, content: toBase64(recording) })),
      at,
    )
  return { calls: now.length + Number(later.length > 0) }
}

/** No satellites told the time to civilians sooner. A receiver that knows no time yet says 1970, 1980 or the year 1. */
const EARLIEST_MS = Date.UTC(2000, 0, 1)

/** Nobody rests for so long within a walk. */
const APART_MS = 6 * HOUR_MS
/** So large a part of the points is the walk, and the rest are strays. */
const WALK_SHARE = 0.95

/** Without the few points that lie hours from all others. A phone that is asked first says where it was when it was asked last, which may be days ago. */
function withoutStrays(track: Track): Track {
  const times = track.time_ms.filter(Number.isFinite).sort()
  let [from, longest, begin] = [0, 0, 0]
  for (let i = 1; i <= times.length; i++) {
    if (i < times.length && times[i]! - times[i - 1]! <= APART_MS) continue
    if (i - begin > longest) [from, longest] = [begin, i - begin]
    begin = i
  }
  if (longest === times.length || longest < WALK_SHARE * times.length) return track
  const [first, last] = [times[from]!, times[from + longest - 1]!]
  return keepPoints(track, (i) => track.time_ms[i]! >= first && track.time_ms[i]! <= last)
}

/** From the first to the last time that can be. A few others are the receiver's, and are dropped with their points when the track is measured. */
function spanOf(times: Float64Array, latest: number): { first: number; last: number } | TrackProblem {
  let [first, last] = [Infinity, -Infinity]
  let [known, possible, future] = [0, 0, 0]
  for (const at of times) {
    if (!Number.isFinite(at)) continue
    known++
    if (at > latest) future++
    if (at > latest || at < EARLIEST_MS) continue
    possible++
    first = Math.min(first, at)
    last = Math.max(last, at)
  }
  if (known === 0) return times.length > 0 ? 'no_times' : 'no_track'
  if (2 * future >= known) return 'in_future'
  return 2 * possible > known ? { first, last } : 'impossible'
}
