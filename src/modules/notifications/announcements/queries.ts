import { sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { type Db, firstRow } from '../../../db/client.ts'
import { viewer } from '../../../db/viewer.ts'
import type { Announcement } from '../schema.ts'

/** What was announced, newest first, one more than `limit`. */
export function listAnnouncements(
  db: Db,
  actor: Actor,
  { after, limit }: { readonly after: { readonly created_at: string; readonly id: string } | null; readonly limit: number },
): Promise<{ items: Announcement[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT coalesce(json_agg(json_build_object(
        'id', page.id, 'title', page.title, 'body', page.body, 'link', page.link, 'created_at', page.created_at
      ) ORDER BY page.created_at DESC, page.id DESC), '[]')
      FROM (
        SELECT announcements.*
        FROM announcements
        WHERE ${after === null} OR (announcements.created_at, announcements.id) < (${after?.created_at ?? null}::timestamptz, ${after?.id ?? null}::uuid)
        ORDER BY announcements.created_at DESC, announcements.id DESC
        LIMIT ${limit + 1}
      ) AS page
    ) AS items
    FROM viewer`,
  )
}
