import { sql } from 'drizzle-orm'
import type { PhotoObject } from '../../core/media.ts'
import { type Db, runBatch } from '../../db/client.ts'

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
export async function deleteLostPhoto(db: Db, photoId: string): Promise<void> {
  const walk = sql`(SELECT walk_id FROM photos WHERE id = ${photoId})`
  await runBatch(db, [
    sql`SELECT 1 FROM users WHERE id = (SELECT user_id FROM photos WHERE id = ${photoId}) FOR NO KEY UPDATE`,
    sql`
    UPDATE walks
    SET photo_count = (SELECT count(*) FROM photos WHERE photos.walk_id = walks.id AND photos.id <> ${photoId})
    WHERE id = ${walk}`,
    sql`SELECT fold_walk(id) FROM walks WHERE id = ${walk} AND status = 'completed'`,
    sql`SELECT fold_histogram(user_id) FROM walks WHERE id = ${walk}`,
    sql`DELETE FROM photos WHERE id = ${photoId}`,
  ])
}
