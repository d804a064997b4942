import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, Client } from '../../../client/src/index.ts'
import { DAY_MS } from '../../../src/core/time.ts'
import { shiftTrack } from '../../track-changes.ts'
import { makeWalk, type Track } from '../../tracks.ts'
import { check, DemoFailed, km, say, type Session, step, WORKER } from '../stage.ts'
import { walkedJustNow } from '../walking.ts'

const BEFORE_DAYS = 40
const TRIES = 60
const PAUSE_MS = 500

type Import = Answer<'get', '/users/me/imports/{id}'>

/** A walk that another app has recorded, before this one was known. It is in the history, and counts for no badge. */
export async function bringOldWalk(client: Client, session: Session, petId: string): Promise<void> {
  step('A walk from another app')
  const earned = (await client.get('/badges/summary')).earned
  const { track } = makeWalk(Math.floor(Math.random() * 2 ** 31), { length_m: 1_400, is_hard: false })
  const gpx = gpxOf(shiftTrack(walkedJustNow(track), { time_ms: -BEFORE_DAYS * DAY_MS }))
  const first = await bring(client, session, petId, gpx)
  check(first.state === 'done' && first.counts.imported === 1, `the walk to be imported (${first.detail ?? first.state})`)

  const { items } = await client.get('/users/me/imports/{id}/files', { path: { id: first.id } })
  const walk = await client.get('/walks/{id}', { path: { id: items[0]!.walk_id! } })
  check(walk.source === 'imported' && walk.pets[0]?.id === petId, 'the walk in the history, with the dog')
  check((await client.get('/badges/summary')).earned === earned, 'it to earn nothing')
  say(
    `    ${Math.round(gpx.length / 1_024)} KiB of GPX: ${km(walk.distance_m ?? 0)} on ${walk.started_at.slice(0, 10)}, which earns no badge`,
  )

  const again = await bring(client, session, petId, gpx)
  check(again.counts.duplicate === 1 && again.counts.imported === 0, 'the same file to bring nothing')
  say('    the same file again: a duplicate')
}

/** Announces the file, sends it, and waits until it has been read. */
async function bring(client: Client, { tokens }: Session, petId: string, gpx: string): Promise<Import> {
  const { id } = await client.post('/users/me/imports', {
    body: { id: client.newId(), kind: 'files', name: '지난 산책.gpx', pet_ids: [petId] },
  })
  // The file goes as it is, which the client does for pictures alone.
  const sent = await fetch(new URL(`/users/me/imports/${id}/file`, WORKER), {
    method: 'PUT',
    headers: { Authorization: `Bearer ${tokens?.access_token}`, 'Content-Type': 'application/octet-stream' },
    body: gpx,
  })
  check(sent.status === 202, `the file to be taken, but it was ${sent.status}`)
  for (let tries = 0; tries < TRIES; tries++) {
    const now = await client.get('/users/me/imports/{id}', { path: { id } })
    if (now.state === 'done' || now.state === 'failed') return now
    await sleep(PAUSE_MS)
  }
  throw new DemoFailed('expected the file to be read within 30 seconds')
}

function gpxOf({ lat, lng, time_ms }: Track): string {
  const points = Array.from(
    time_ms,
    (at, k) => `<trkpt lat="${lat[k]!.toFixed(6)}" lon="${lng[k]!.toFixed(6)}"><time>${new Date(at).toISOString()}</time></trkpt>`,
  )
  return `<gpx version="1.1" creator="another app"><trk><type>walking</type><trkseg>${points.join('')}</trkseg></trk></gpx>`
}
