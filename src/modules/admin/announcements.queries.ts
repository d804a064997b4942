import { sql } from 'drizzle-orm'
import type { User } from '../../core/actor.ts'
import type { Creation } from '../../core/idempotency.ts'
import { type Db, lastRow } from '../../db/client.ts'
import { viewer } from '../../db/viewer.ts'
import { outboxInsert } from '../../jobs/outbox.ts'
import type { Announce, Announcement } from '../notifications/schema.ts'

export interface AnnouncementRow {
  readonly is_admin: boolean
  readonly announcement: Announcement | null
  readonly request_hash: string | null
  /** Of the broadcast that waits for the queue; null where it was opened before. */
  readonly outbox_id: string | null
}

/** Writes it down together with the broadcast that tells everybody. None for who is not an admin. */
export function insertAnnouncement(
  db: Db,
  actor: User,
  { id, request_hash }: Creation,
  { title, body, link }: Announce,
  now: Date,
): Promise<AnnouncementRow | null> {
  const at = now.toISOString()
  const broadcast = { type: 'system', topic: id, facts: { title, body, link: link ?? null }, at, after: null }
  return lastRow(db, [
    sql`
    WITH ${viewer(actor)}, written AS (
      INSERT INTO announcements (id, request_hash, title, body, link, written_by, created_at)
      SELECT ${id}, ${request_hash}, ${title}, ${body}, ${link ?? null}, viewer.id, ${at}
      FROM viewer
      WHERE viewer.role = 'admin'
      ON CONFLICT (id) DO NOTHING
      RETURNING id
    )
    ${outboxInsert('notifications.broadcast', sql`SELECT ${JSON.stringify(broadcast)}::jsonb AS payload FROM written`)}`,
    sql`
    WITH ${viewer(actor)}
    SELECT viewer.role = 'admin' AS is_admin,
           CASE WHEN announcements.id IS NOT NULL THEN json_build_object(
             'id', announcements.id, 'title', announcements.title, 'body', announcements.body, 'link', announcements.link,
             'created_at', announcements.created_at
           ) END AS announcement,
           announcements.request_hash,
           (
             SELECT outbox.id
             FROM outbox
             WHERE outbox.type = 'notifications.broadcast' AND outbox.payload ->> 'topic' = ${id} AND outbox.done_at IS NULL AND outbox.died_at IS NULL
               AND outbox.created_at > now() - interval '1 minute'
             LIMIT 1
           ) AS outbox_id
    FROM viewer
    LEFT JOIN announcements ON announcements.id = ${id} AND viewer.role = 'admin'`,
  ])
}
