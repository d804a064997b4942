import { sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import type { Creation } from '../../core/idempotency.ts'
import { answerOf, type Db } from '../../db/client.ts'
import { viewer } from '../../db/viewer.ts'
import { JOB } from '../../jobs/types.ts'
import type { CreateAnnouncement, Announcement, Broadcast } from '../notifications/schema.ts'

export interface AnnouncementRow {
  readonly is_admin: boolean
  readonly announcement: Announcement | null
  readonly request_hash: string | null
}

/** Inserts an announcement and, under the same id in the outbox, the broadcast that tells everybody. Does nothing for somebody who is not an admin. */
export function insertAnnouncement(
  db: Db,
  actor: Actor,
  { id, request_hash }: Creation,
  { title, body, link }: CreateAnnouncement,
  broadcast: Broadcast,
  now: Date,
): Promise<AnnouncementRow | null> {
  const at = now.toISOString()
  return answerOf(db, {
    written: sql`
    WITH ${viewer(actor)}, written AS (
      INSERT INTO announcements (id, request_hash, title, body, link, written_by, created_at)
      SELECT ${id}, ${request_hash}, ${title}, ${body}, ${link ?? null}, viewer.id, ${at}
      FROM viewer
      WHERE viewer.role = 'admin'
      ON CONFLICT (id) DO NOTHING
      RETURNING id
    )
    INSERT INTO outbox (id, type, payload)
    SELECT written.id, ${JOB.broadcast}, ${JSON.stringify(broadcast)}::jsonb
    FROM written`,
    answer: sql`
    WITH ${viewer(actor)}
    SELECT viewer.role = 'admin' AS is_admin,
           CASE WHEN announcements.id IS NOT NULL THEN json_build_object(
             'id', announcements.id, 'title', announcements.title, 'body', announcements.body, 'link', announcements.link,
             'created_at', announcements.created_at
           ) END AS announcement,
           announcements.request_hash
    FROM viewer
    LEFT JOIN announcements ON announcements.id = ${id} AND viewer.role = 'admin'`,
  })
}
