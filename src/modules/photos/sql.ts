import { type SQL, sql } from 'drizzle-orm'
import { thumbnailDot } from '../../core/media.ts'
import { outboxInsert } from '../../jobs/sql.ts'
import { JOB } from '../../jobs/types.ts'

/** `photo_url` and `thumbnail_url` for `json_build_object`. They are null when `condition` finds no photo. It is only for photos that everybody may see. */
export const publicPhoto = (condition: SQL): SQL => sql`
        'photo_url', (SELECT '/media/' || photos.object_key FROM photos WHERE ${condition}),
        'thumbnail_url', (
          SELECT '/media/' || CASE WHEN photos.has_thumbnails THEN replace(photos.object_key, '.', ${thumbnailDot(200)}) ELSE photos.object_key END
          FROM photos
          WHERE ${condition}
        )`

/** Deletes rows of `photos`, and leaves a job in the outbox that deletes their objects. Answers the `{id}` of outbox rows to be announced. */
export const deletePhotos = (condition: SQL): SQL => sql`gone AS (
      DELETE FROM photos
      WHERE ${condition}
      RETURNING photos.object_key, photos.has_thumbnails
    )
    ${outboxInsert(
      JOB.deleteObjects,
      sql`SELECT jsonb_build_object('object_key', gone.object_key, 'has_thumbnails', gone.has_thumbnails) AS payload FROM gone`,
    )}`
