import type { Client } from '../../client/src/index.ts'
import type { LatLng } from '../../src/core/geo.ts'
import type { Track } from '../../src/measuring/measure-track.ts'
import { completionBody } from '../completion-body.ts'
import { rotateTrack, shiftTrack } from '../track-changes.ts'
import type { Completion } from './stage.ts'

/** 서울숲 */
export const HOME: LatLng = { lat: 37.5444, lng: 127.0374 }

/** A track that ended a minute ago. It is turned and shifted, because the same track twice is a replay. */
export function walkedJustNow(track: Track): Track {
  const turned = rotateTrack(track, Math.random() * 360)
  const shifted = shiftTrack(turned, { east_m: (Math.random() - 0.5) * 3_000, north_m: (Math.random() - 0.5) * 3_000 })
  return shiftTrack(shifted, { time_ms: Date.now() - 60_000 - Math.max(...shifted.time_ms) })
}

export async function walk(client: Client, petId: string, track: Track): Promise<Completion> {
  const { id } = await client.post('/walks', {
    body: { id: client.newId(), pet_id: petId, started_at: new Date(Math.min(...track.time_ms)).toISOString() },
  })
  const body = { ...completionBody(track), shared_to_feed: true, memo: '오늘 산책 한마디' }
  return (await client.post('/walks/{id}/complete', { path: { id }, body })) as Completion
}
