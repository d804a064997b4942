import { describeFailure } from '../../../db/client.ts'
import type { Deps } from '../../../deps.ts'
import { measureRecording } from '../recording/thinning.ts'
import { readRecording } from '../review/service.ts'
import { encodeRoute } from '../showing/presentation.ts'
import { listUnmeasured, markUnmeasurable, type Unmeasured, updateMeasured } from './queries.ts'
import { judgeAgain } from './rules.ts'

/** Reading a recording, and writing what it is worth. */
const TRIPS_A_WALK = 2
/** Listing walks, and writing down which of them are lost. */
const TRIPS_BESIDE = 2

export interface MeasuredAgain {
  readonly measured: number
  /** Their recordings are lost or cannot be read. */
  readonly lost: number
  /** R2 or Postgres failed. The next night tries them again. */
  readonly failed: number
  /** The last walk, if there may be more. */
  readonly next: string | null
}

/** Measures the next walks after `after` again that earlier rules have measured, as many as `trips` reach for. One that fails holds up no other. */
export async function measureWalksAgain(
  deps: Pick<Deps, 'db' | 'bucket'>,
  { after, trips, now }: { after: string | null; trips: number; now: Date },
): Promise<MeasuredAgain> {
  const limit = Math.floor((trips - TRIPS_BESIDE) / TRIPS_A_WALK)
  const walks = await listUnmeasured(deps.db, after, limit)
  const lost: string[] = []
  let measured = 0
  for (const walk of walks) {
    try {
      if (await measureOne(deps, walk, now)) measured++
      else lost.push(walk.id)
    } catch (error) {
      console.error(
        JSON.stringify({ level: 'error', message: 'a walk was not measured again', walk_id: walk.id, error: describeFailure(error) }),
      )
    }
  }
  if (lost.length > 0) await markUnmeasurable(deps.db, lost)
  const failed = walks.length - measured - lost.length
  // When all of a message's walks fail, R2 or Postgres is down, and the rest waits for the next night.
  const goesOn = walks.length === limit && failed < walks.length
  return { measured, lost: lost.length, failed, next: goesOn ? (walks.at(-1)?.id ?? null) : null }
}

/** Answers `false` when the recording is lost. The walk is measured as on the day it arrived. */
async function measureOne({ db, bucket }: Pick<Deps, 'db' | 'bucket'>, walk: Unmeasured, now: Date): Promise<boolean> {
  const track = await readRecording(bucket, walk)
  if (!track) return false
  const measurement = measureRecording(track, { now_ms: Date.parse(walk.measured_at), started_at_ms: Date.parse(walk.started_at) })
  const verdict = judgeAgain(walk, measurement)
  await updateMeasured(db, walk, { measurement, route_polyline: encodeRoute(measurement.route), verdict }, now)
  return true
}
