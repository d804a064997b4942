import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../../../client/src/index.ts'
import { check, DemoFailed, say, step } from '../stage.ts'

const TRIES = 60
const PAUSE_MS = 500

/** Everything of one's own, in one archive. */
export async function takeAllHome(client: Client): Promise<void> {
  step('Everything of one’s own')
  const { id } = await client.post('/users/me/exports', { body: { id: client.newId(), photos: true } })
  const { file_count, download_url } = await readyArchive(client, id)
  const file = await fetch(client.urlOf(download_url))
  const bytes = Buffer.from(await file.arrayBuffer())
  check(file.status === 200 && bytes.subarray(0, 2).toString() === 'PK', 'a zip')
  say(`    ${file_count} files, ${Math.round(bytes.length / 1_024)} KiB: walks, tracks, photos, badges, and what was paid`)
}

async function readyArchive(client: Client, id: string): Promise<{ file_count: number | null; download_url: string }> {
  for (let tries = 0; tries < TRIES; tries++) {
    const { state, file_count, download_url } = await client.get('/users/me/exports/{id}', { path: { id } })
    check(state === 'running' || state === 'ready', `the archive to be made, and not ${state}`)
    if (download_url !== null) return { file_count, download_url }
    await sleep(PAUSE_MS)
  }
  throw new DemoFailed('expected the archive to be ready within 30 seconds')
}
