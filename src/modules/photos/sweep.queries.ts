import { sql } from 'drizzle-orm'
import type { PhotoObject } from '../../core/media.ts'
import { type Db, runBatch } from '../../db/client.ts'
import { settleWalk } from '../facts/sql.ts'

export interface SweptPhoto extends PhotoObject {
  readonly id: string
  readonly is_old: boolean
}

/** The photos with keys after `after`, up to `last`. */
export async function listPhotosBetween(db: Db, after: string, last: string, oldBefore: Date): Promise<SweptPhoto[]> {
  const { rows } = await db.execute<SweptPhoto & Record<string, unknown>>(sql`
    SELECT id, object_key, has_thumbnails, created_at < ${oldBefore.toISOString()} AS is_old
    FROM photos
    WHERE object_key > ${after} AND object_key <= ${last}`)
  return rows
}

/** Deletes the row of a photo whose object is lost, and no longer counts it for its walk. */
export async function deleteLostPhoto(db: Db, photoId: string, now: Date): Promise<void> {
  const walk = sql`(SELECT walk_id FROM photos WHERE id = ${photoId})`
  const owner = sql`(SELECT user_id FROM photos WHERE id = ${photoId})`
  const change = sql`
    UPDATE walks
    SET photo_count = (SELECT count(*) FROM photos WHERE photos.walk_id = walks.id AND photos.id <> ${photoId})
    WHERE id = ${walk}`
  await runBatch(db, { ...settleWalk(owner, walk, now, change), photo: sql`DELETE FROM photos WHERE id = ${photoId}` })
}
