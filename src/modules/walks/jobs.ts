import { defineJob, type Task } from '../../jobs/job.ts'
import { deleteObjects } from '../../jobs/objects.ts'
import { announcePushes } from '../../jobs/outbox.ts'
import { findCompanySchema } from './company/schema.ts'
import { findCompanyForWalks } from './company/service.ts'
import { deleteSpooledTrack, deleteWalkRows, endWalksActiveSince, listPurgeableWalks, listSpooledTracks } from './purge.queries.ts'
import { FORGOTTEN_MS, LATE_MAX_MS } from './rules.ts'

const SLICE = 200
const SPOOL_SLICE = 20
const FOLDERS = ['tracks', 'walk-photos', 'share-cards'] as const
/** What one run may do; what is left waits for the next. */
const SLICES_MAX = 20

export const findCompany = defineJob({ type: 'walks.find_company', payload: findCompanySchema, run: findCompanyForWalks })

/** Walks active for twelve hours are over; a track that comes later still completes them. */
export const endForgottenWalks: Task = {
  name: 'walks.end_forgotten',
  async run(deps, scheduledAt) {
    const { ended, told } = await endWalksActiveSince(deps.db, new Date(scheduledAt.getTime() - FORGOTTEN_MS), scheduledAt)
    await announcePushes(deps, told)
    return { ended }
  },
}

/** Moves raw tracks that R2 did not take when they came. */
export const storeSpooledTracks: Task = {
  name: 'walks.store_spooled_tracks',
  async run({ db, bucket }) {
    const tracks = await listSpooledTracks(db, SPOOL_SLICE)
    for (const { walk_id, track_key, content } of tracks) {
      await bucket.put(
        track_key,
        Uint8Array.from(atob(content), (character) => character.charCodeAt(0)),
      )
      await deleteSpooledTrack(db, walk_id, track_key)
    }
    return { stored: tracks.length }
  },
}

/** Deleted walks, refused ones (kept for appeal) and those whose track never came go after thirty days, recordings and pictures first. */
export const purgeWalks: Task = {
  name: 'walks.purge',
  async run(deps, scheduledAt) {
    const before = new Date(scheduledAt.getTime() - LATE_MAX_MS)
    let purged = 0
    for (let slice = 0; slice < SLICES_MAX; slice++) {
      const walks = await listPurgeableWalks(deps.db, before, SLICE)
      for (const { id, user_id } of walks) {
        for (const folder of FOLDERS) await deleteObjects(deps, `${folder}/${user_id}/${id}/`)
      }
      purged += await deleteWalkRows(
        deps.db,
        before,
        walks.map(({ id }) => id),
      )
      if (walks.length < SLICE) break
    }
    return { purged }
  },
}
