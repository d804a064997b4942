import { type SQL, sql } from 'drizzle-orm'
import { thumbnailDot } from '../../core/media.ts'
import { outboxInsert } from '../../jobs/sql.ts'
import { JOB } from '../../jobs/types.ts'

/** A photo's pictures as paths on this API, a pair for `json_build_object`; null where `condition` finds none. Only for what everybody may see. */
export const publicPhoto = (condition: SQL): SQL => sql`
        'photo_url', (SELECT '/media/' || photos.object_key FROM photos WHERE ${condition}),
        'thumbnail_url', (
          SELECT '/media/' || CASE WHEN photos.has_thumbnails THEN replace(photos.object_key, '.', ${thumbnailDot(200)}) ELSE photos.object_key END
          FROM photos
          WHERE ${condition}
        )`

/** The photos of a walk in the order they were taken, as a list of `WalkPhotoRow` (schema.ts). */
export const walkPhotos = (walkId: SQL): SQL => sql`(
          SELECT coalesce(json_agg(json_build_object(
            'id', photos.id, 'object_key', photos.object_key, 'has_thumbnails', photos.has_thumbnails, 'width', photos.width, 'height', photos.height,
            'lat', ST_Y(photos.location::geometry), 'lng', ST_X(photos.location::geometry), 'taken_at', photos.taken_at
          ) ORDER BY coalesce(photos.taken_at, photos.created_at), photos.id), '[]')
          FROM photos
          WHERE photos.walk_id = ${walkId}
        )`

/** Deletes rows of `photos`, and leaves in the outbox that their objects must follow; answers `{id}` of what is to be announced. */
export const deletePhotos = (condition: SQL): SQL => sql`gone AS (
      DELETE FROM photos
      WHERE ${condition}
      RETURNING photos.object_key, photos.has_thumbnails
    )
    ${outboxInsert(
      JOB.deleteObjects,
      sql`SELECT jsonb_build_object('object_key', gone.object_key, 'has_thumbnails', gone.has_thumbnails) AS payload FROM gone`,
    )}`
