import { setTimeout as sleep } from 'node:timers/promises'
import { ask, playIfThere } from './parts.ts'
import { check, DemoFailed, say, type Session, WORKER } from '../stage.ts'

interface Export {
  readonly id: string
  readonly state: 'running' | 'ready' | 'failed' | 'gone'
  readonly file_count: number | null
  readonly download_url: string | null
}

/** Everything of one's own, in one archive. */
export function takeAllHome(session: Session): Promise<void> {
  return playIfThere('Everything of one’s own', ['/users/me/exports', '/users/me/exports/{id}'], async () => {
    let archive = await ask<Export>(session, 'POST', '/users/me/exports', { id: crypto.randomUUID(), photos: true })
    for (let tries = 0; archive.state === 'running'; tries++) {
      if (tries === 60) throw new DemoFailed('expected the archive to be ready within 30 seconds')
      await sleep(500)
      archive = await ask<Export>(session, 'GET', `/users/me/exports/${archive.id}`)
    }
    check(archive.state === 'ready' && archive.download_url !== null, 'the archive to be ready')
    const file = await fetch(new URL(archive.download_url!, WORKER))
    const bytes = Buffer.from(await file.arrayBuffer())
    check(file.status === 200 && bytes.subarray(0, 2).toString() === 'PK', 'a zip')
    say(`    ${archive.file_count} files, ${Math.round(bytes.length / 1_024)} KiB: walks, tracks, photos, badges, and what was paid`)
  })
}
