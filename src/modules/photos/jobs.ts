import { DAY_MS } from '../../core/time.ts'
import type { Deps } from '../../deps.ts'
import { defineJob, type Task } from '../../jobs/job.ts'
import { type Stretch, sweepFolder } from '../../jobs/objects.ts'
import { allKeysOf, nameOf } from './object-keys.ts'
import { photoKinds, photoObjectSchema } from './schema.ts'
import { deleteLostPhoto, listPhotosBetween } from './sweep.queries.ts'

/** Left in the outbox where a photo's row is deleted. */
export const deletePhotoObjects = defineJob({
  type: 'uploads.delete_objects',
  payload: photoObjectSchema,
  async run({ bucket }, photo) {
    await bucket.delete(allKeysOf(photo))
  },
})

/** Whatever is younger may still be on its way. */
const SETTLED_MS = DAY_MS

export const sweepPhotos: Task = {
  name: 'uploads.sweep',
  async run(deps, scheduledAt) {
    const swept = { objects: 0, rows: 0 }
    for (const kind of photoKinds) {
      const { objects, rows } = await sweepPhotosIn(deps, `${kind}/`, scheduledAt)
      swept.objects += objects
      swept.rows += rows
    }
    return swept
  },
}

/**
 * Compares the photos in R2 with the rows that know them, and removes what has no counterpart: objects whose row was never written or is gone, rows whose
 * object is lost.
 */
export async function sweepPhotosIn(
  deps: Pick<Deps, 'db' | 'bucket'>,
  prefix: string,
  at: Date,
): Promise<{ objects: number; rows: number }> {
  const { db, bucket } = deps
  const settledBefore = new Date(at.getTime() - SETTLED_MS)
  const swept = { objects: 0, rows: 0 }
  async function compare({ after, last, objects }: Stretch) {
    const photos = await listPhotosBetween(db, after, last, settledBefore)
    const listed = new Set(objects.map(({ key }) => key))
    for (const { id, object_key, is_old } of photos) {
      if (!is_old || listed.has(object_key) || (await bucket.head(object_key))) continue
      await deleteLostPhoto(db, id, at)
      swept.rows++
    }
    const known = new Set(photos.flatMap(allKeysOf))
    // Thumbnails come after their photo: the first ones may belong to the photo that ended the stretch before.
    const isOrphan = ({ key, uploaded }: R2Object) => uploaded < settledBefore && !known.has(key) && nameOf(key) !== nameOf(after)
    const orphans = objects.filter(isOrphan).map(({ key }) => key)
    if (orphans.length > 0) await bucket.delete(orphans)
    swept.objects += orphans.length
  }
  await sweepFolder(deps, prefix, compare)
  return swept
}
