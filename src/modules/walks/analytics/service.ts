import { signedIn, type Actor } from '../../../core/actor.ts'
import { within } from '../../../core/deadline.ts'
import { found } from '../../../core/errors.ts'
import type { Deps } from '../../../deps.ts'
import { toPieces, type Track } from '../../../measuring/measure-track.ts'
import { premiumRequired } from '../../subscriptions/errors.ts'
import { walkNotFound } from '../errors.ts'
import { thinTrack } from '../recording/thinning.ts'
import { readRecording } from '../review/service.ts'
import { BUCKET_DEADLINE_MS } from '../rules.ts'
import { findWalkFigures, type WalkFigures } from './queries.ts'
import { countSteps, elevationAlong, estimateSteps, measureWay, type MeasuredWay, paceSegments, paceStretches } from './rules.ts'
import type { Analytics } from './schema.ts'

/** So many points tell the heights of a hundred stretches. More would take the Worker's time. */
const PROFILE_POINTS = 2_500

export async function getAnalytics(
  { db, bucket, now }: Pick<Deps, 'db' | 'bucket' | 'now'>,
  actor: Actor,
  walkId: string,
): Promise<Analytics> {
  const answer = signedIn(await findWalkFigures(db, actor, walkId, now()))
  const figures = found(answer.figures, walkNotFound)
  if (!answer.is_premium) throw premiumRequired()
  return analyse(figures, await readTrack(bucket, figures))
}

/** What a walk's figures, its way and its recording say. The recording may be lost or out of reach. */
export function analyse(figures: WalkFigures, track: Track | null): Analytics {
  const { segments, distance_m, avg_speed_kmh, max_speed_kmh, moving_sec, stopped_sec, ascent_m, descent_m, way } = figures
  const measured = way && way.lng.length > 1 ? measureWay(way, distance_m) : null
  const counted = countSteps(track?.steps, { from_ms: Date.parse(figures.started_at), to_ms: Date.parse(figures.ended_at) })
  return {
    max_speed_kmh,
    moving_sec,
    stopped_sec,
    ascent_m,
    descent_m,
    steps: counted ?? estimateSteps(distance_m),
    is_estimated: counted === null,
    speed_colors: measured ? paceStretches(measured, avg_speed_kmh) : paceSegments(segments, avg_speed_kmh),
    elevation: measured && track?.altitude_m ? elevationOf(measured, track, figures) : null,
  }
}

function elevationOf(way: MeasuredWay, track: Track, { started_at, measured_at }: WalkFigures): Analytics['elevation'] {
  const clock = { now_ms: Date.parse(measured_at), started_at_ms: Date.parse(started_at) }
  return elevationAlong(way, toPieces(thinTrack(track, PROFILE_POINTS).track, clock))
}

/** Null also when R2 does not answer in time: everything else is known without it. */
async function readTrack(bucket: R2Bucket, figures: WalkFigures): Promise<Track | null> {
  try {
    return await within(BUCKET_DEADLINE_MS, readRecording(bucket, figures))
  } catch (error) {
    console.warn(JSON.stringify({ level: 'warn', message: 'raw track out of reach', error: String(error) }))
    return null
  }
}
