import { type SQL, sql } from 'drizzle-orm'
import { outboxInsert } from '../../jobs/sql.ts'
import { JOB } from '../../jobs/types.ts'

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
