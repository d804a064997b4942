import { z } from 'zod'
import { pathIn, photoFolders } from '../../core/folders.ts'
import { DAY_MS } from '../../core/time.ts'
import type { Deps } from '../../deps.ts'
import { defineJob, done, type Task, TRIPS_MAX } from '../../jobs/job.ts'
import { type Stretch, sweepFolder } from '../../jobs/objects.ts'
import { JOB } from '../../jobs/types.ts'
import { allKeysOf, nameOf } from './object-keys.ts'
import { photoObjectSchema } from './schema.ts'
import { deleteLostPhoto, listPhotosBetween } from './sweep.queries.ts'

/** A statement that deletes a photo's row leaves it in the outbox. */
export const deletePhotoObjects = defineJob({
  type: JOB.deleteObjects,
  payload: photoObjectSchema,
  async run({ bucket }, photo) {
    await bucket.delete(allKeysOf(photo))
  },
})

/** An upload that is younger may not be finished. */
const SETTLED_MS = DAY_MS

/** A row whose object is not listed costs a look at R2 and a deletion. */
const LOST_TRIPS = 2
/** Trips that a sweep makes besides. */
const SWEEP_TRIPS = 2
/** A page costs a list, the rows that belong to it, and the deletion of what is left over. */
const PAGE_TRIPS = 3

const sweepCursor = z.object({ kind: z.int().min(0) }).nullish()

/** Each kind of photo has a message of its own. Lost rows get another message, because there may be more than one message can handle. */
export const sweepPhotos: Task = {
  name: 'uploads.sweep',
  async run(deps, scheduledAt, cursor) {
    const at = sweepCursor.parse(cursor)?.kind ?? 0
    const folder = photoFolders[at]
    if (!folder) return done({})
    const counts = await sweepPhotosIn(deps, `${pathIn(folder)}/`, scheduledAt)
    if (counts.rows > 0) return { counts, next: { kind: at } }
    return { counts, next: at + 1 < photoFolders.length ? { kind: at + 1 } : null }
  },
}

/**
 * Compares the photos in R2 with their rows, and removes whatever has no counterpart: objects whose row was never written or is gone, and rows whose object
 * is lost.
 */
export async function sweepPhotosIn(
  deps: Pick<Deps, 'db' | 'bucket'>,
  prefix: string,
  at: Date,
): Promise<{ objects: number; rows: number }> {
  const { db, bucket } = deps
  const settledBefore = new Date(at.getTime() - SETTLED_MS)
  const swept = { objects: 0, rows: 0 }
  let trips = TRIPS_MAX - SWEEP_TRIPS
  async function compare({ after, last, objects }: Stretch): Promise<boolean> {
    if (trips < PAGE_TRIPS) return false
    trips -= PAGE_TRIPS
    const photos = await listPhotosBetween(db, after, last, settledBefore)
    const listed = new Set(objects.map(({ key }) => key))
    for (const { id, object_key, is_old } of photos) {
      if (!is_old || listed.has(object_key)) continue
      if (trips < LOST_TRIPS) return false
      trips -= LOST_TRIPS
      if (await bucket.head(object_key)) continue
      await deleteLostPhoto(db, id, at)
      swept.rows++
    }
    const known = new Set(photos.flatMap(allKeysOf))
    // Thumbnails come after their photo, so the first ones may belong to the last photo of the stretch before.
    const isOrphan = ({ key, uploaded }: R2Object) => uploaded < settledBefore && !known.has(key) && nameOf(key) !== nameOf(after)
    const orphans = objects.filter(isOrphan).map(({ key }) => key)
    if (orphans.length > 0) await bucket.delete(orphans)
    swept.objects += orphans.length
    return true
  }
  await sweepFolder(deps, prefix, compare)
  return swept
}
