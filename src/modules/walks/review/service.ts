import type { Deps } from '../../../deps.ts'
import { fromBase64 } from '../../../core/base64.ts'
import { findRecording, judgeWalk, lowerToUnranked, type Stored, updateDoubt } from './queries.ts'
import { unpackTrack } from '../recording/raw-track.ts'
import { measureRecording } from '../recording/thinning.ts'
import { isBeyondDoubt, type Track } from '../../../measuring/measure-track.ts'

/**
 * Judges a valid walk again from its raw recording. A walk that today's rules refuse is refused, one that they doubt is no longer ranked, and the facts heal. Of any other walk it stores whether the
 * walk is beyond doubt, and answers that. A walk whose recording is lost or cannot be read is never beyond doubt. It takes three trips.
 */
export async function examineWalk({ db, bucket, now }: Pick<Deps, 'db' | 'bucket' | 'now'>, walkId: string): Promise<boolean> {
  const recording = await findRecording(db, walkId)
  if (!recording) return false
  const { distance_m, started_at, completed_at } = recording
  const track = await readRecording(bucket, recording)
  const measured = track && measureRecording(track, { now_ms: Date.parse(completed_at), started_at_ms: Date.parse(started_at) })
  if (measured && !measured.valid) {
    await judgeWalk(db, walkId, { is_valid: false, reasons: measured.reasons.filter(({ effect }) => effect === 'refused') }, now())
    return false
  }
  if (measured && !measured.ranked) {
    const doubts = measured.reasons.filter(({ effect }) => effect === 'unranked')
    await lowerToUnranked(db, walkId, doubts, now())
    return false
  }
  const isSure = track !== null && measured !== null && isBeyondDoubt(track, measured, { distance_m })
  await updateDoubt(db, walkId, isSure)
  return isSure
}

/** Reads the recording of a walk. Answers `null` when it is lost or cannot be read. That is no reason to refuse the walk. */
export async function readRecording(bucket: R2Bucket, { spooled, track_key }: Stored): Promise<Track | null> {
  const content = spooled ? fromBase64(spooled) : track_key ? await (await bucket.get(track_key))?.bytes() : undefined
  return content ? readTrack(content) : null
}

function readTrack(content: Uint8Array): Track | null {
  try {
    return unpackTrack(content)
  } catch (error) {
    console.error(JSON.stringify({ level: 'error', message: 'a recording cannot be read', error: String(error) }))
    return null
  }
}
