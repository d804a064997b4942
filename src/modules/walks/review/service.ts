import type { Deps } from '../../../deps.ts'
import { findRecording, judgeWalk, updateDoubt } from './queries.ts'
import { unpackTrack } from '../recording/raw-track.ts'
import { isBeyondDoubt, measureTrack, type Track } from '../../../measuring/measure-track.ts'

/**
 * Judges a valid walk once more from its raw recording. One that today's rules refuse is refused, and all that it counted for heals; of the others it is
 * noted whether they are beyond doubt; one whose recording is lost or cannot be read never is. `true` where it is. Three trips.
 */
export async function examineWalk({ db, bucket, now }: Pick<Deps, 'db' | 'bucket' | 'now'>, walkId: string): Promise<boolean> {
  const recording = await findRecording(db, walkId)
  if (!recording) return false
  const { track_key, spooled, distance_m, completed_at } = recording
  const content = spooled ? fromBase64(spooled) : track_key ? await (await bucket.get(track_key))?.bytes() : undefined
  const track = content ? readTrack(content) : null
  const measured = track && measureTrack(track, { now_ms: Date.parse(completed_at) })
  if (measured && !measured.valid) {
    await judgeWalk(db, walkId, { is_valid: false, reasons: measured.reasons.filter(({ effect }) => effect === 'refused') }, now())
    return false
  }
  const isSure = track !== null && measured !== null && isBeyondDoubt(track, measured, { distance_m })
  await updateDoubt(db, walkId, isSure)
  return isSure
}

/** Null where the bytes are no track of ours (any more): that says nothing about the walk. */
function readTrack(content: Uint8Array): Track | null {
  try {
    return unpackTrack(content)
  } catch (error) {
    console.error(JSON.stringify({ level: 'error', message: 'a recording cannot be read', error: String(error) }))
    return null
  }
}

const fromBase64 = (text: string) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
