import { sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { type Db, firstRow } from '../../../db/client.ts'
import { viewer } from '../../../db/viewer.ts'
import type { AlbumPhoto } from './schema.ts'

export interface AlbumFilter {
  /** Seoul days, both counted. */
  readonly from: string | null
  readonly to: string | null
  readonly after: { readonly at: string; readonly id: string } | null
  readonly limit: number
}

export interface AlbumRow extends Omit<AlbumPhoto, 'photo_url' | 'thumbnail_url'> {
  readonly object_key: string
  readonly has_thumbnails: boolean
  /** When it was taken, or else uploaded. */
  readonly at: string
}

/** Lists photos of the viewer's walks, newest first, but for walks that are deleted or refused. Answers one more than `limit`. */
export async function listAlbum(db: Db, actor: Actor, { from, to, after, limit }: AlbumFilter): Promise<AlbumRow[] | null> {
  const row = await firstRow<{ photos: AlbumRow[] }>(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT coalesce(json_agg(page ORDER BY page.at DESC, page.id DESC), '[]')
      FROM (
        SELECT photos.id, photos.object_key, photos.has_thumbnails, photos.width, photos.height, photos.walk_id, photos.taken_at, photos.created_at,
               ST_Y(photos.location::geometry) AS lat, ST_X(photos.location::geometry) AS lng, coalesce(photos.taken_at, photos.created_at) AS at
        FROM photos
        JOIN walks ON walks.id = photos.walk_id AND walks.user_id = viewer.id AND walks.deleted_at IS NULL AND walks.is_valid IS NOT FALSE
        WHERE photos.user_id = viewer.id
          AND photos.kind = 'walk_photo'
          AND (${from}::date IS NULL OR coalesce(photos.taken_at, photos.created_at) >= ${from}::date::timestamp AT TIME ZONE 'Asia/Seoul')
          AND (${to}::date IS NULL OR coalesce(photos.taken_at, photos.created_at) < (${to}::date + 1)::timestamp AT TIME ZONE 'Asia/Seoul')
          AND (
            ${after === null}
            OR (coalesce(photos.taken_at, photos.created_at), photos.id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid)
          )
        ORDER BY coalesce(photos.taken_at, photos.created_at) DESC, photos.id DESC
        LIMIT ${limit + 1}
      ) AS page
    ) AS photos
    FROM viewer`,
  )
  return row?.photos ?? null
}
