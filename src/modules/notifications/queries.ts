import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { asArray } from '../../db/array.ts'
import { answerOf, type Db, firstRow } from '../../db/client.ts'
import { isBlocked } from '../social/blocks/sql.ts'
import { viewer } from '../../db/viewer.ts'
import { shownFacts, shownSender } from './sql.ts'
import type { NotificationType, PushToken, RegisterPushToken } from './schema.ts'

/** A notification as it is stored. Its words are made when it is shown. */
export interface NotificationRow {
  readonly id: string
  readonly type: NotificationType
  readonly facts: Record<string, unknown>
  readonly sender: { readonly id: string; readonly nickname: string } | null
  readonly created_at: string
  readonly read_at: string | null
}

const KEPT = sql`interval '30 days'`

/** The viewer's notifications in the centre. Those in the name of somebody who has left or is blocked are left out. */
const inCentre = (now: Date): SQL => sql`notifications.user_id = viewer.id
        AND notifications.removed_at IS NULL
        AND notifications.created_at > ${now.toISOString()}::timestamptz - ${KEPT}
        AND notifications.created_at <= ${now.toISOString()}
        AND (notifications.sender_id IS NULL OR (sender.id IS NOT NULL AND NOT ${isBlocked(sql`viewer.id`, sql`sender.id`)}))`

const SENDER = sql`LEFT JOIN users sender ON sender.id = ${shownSender} AND sender.deleted_at IS NULL`

const rowJson = sql`json_build_object(
            'id', notifications.id, 'type', notifications.type, 'facts', ${shownFacts},
            'sender', CASE WHEN sender.id IS NOT NULL THEN json_build_object('id', sender.id, 'nickname', sender.nickname) END,
            'created_at', notifications.created_at, 'read_at', notifications.read_at
          )`

export interface CentrePage {
  readonly types: readonly NotificationType[]
  readonly after: { readonly created_at: string; readonly id: string } | null
  readonly limit: number
}

/** Newest first, one more than `limit`. */
export function listNotifications(
  db: Db,
  actor: Actor,
  { types, after, limit }: CentrePage,
  now: Date,
): Promise<{ items: NotificationRow[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT coalesce(json_agg(page.row ORDER BY page.created_at DESC, page.id DESC), '[]')
      FROM (
        SELECT ${rowJson} AS row, notifications.created_at, notifications.id
        FROM notifications
        ${SENDER}
        WHERE ${inCentre(now)}
          AND notifications.type = ANY (${asArray(types)}::notification_type[])
          AND (
            ${after === null}
            OR (notifications.created_at, notifications.id) < (${after?.created_at ?? null}::timestamptz, ${after?.id ?? null}::uuid)
          )
        ORDER BY notifications.created_at DESC, notifications.id DESC
        LIMIT ${limit + 1}
      ) AS page
    ) AS items
    FROM viewer`,
  )
}

export function countUnread(db: Db, actor: Actor, now: Date): Promise<{ counts: Partial<Record<NotificationType, number>> } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT unread_counts(viewer.id, ${now.toISOString()}) AS counts
    FROM viewer`,
  )
}

/** `row` is null when the viewer has no such notification. */
export function markRead(db: Db, actor: Actor, id: string, now: Date): Promise<{ row: NotificationRow | null } | null> {
  return answerOf(db, {
    read: sql`
    WITH ${viewer(actor)}
    UPDATE notifications
    SET read_at = ${now.toISOString()}
    FROM viewer
    WHERE notifications.id = ${id} AND notifications.user_id = viewer.id AND notifications.read_at IS NULL`,
    answer: sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT ${rowJson}
      FROM notifications
      ${SENDER}
      WHERE notifications.id = ${id} AND ${inCentre(now)}
    ) AS row
    FROM viewer`,
  })
}

export function markAllRead(db: Db, actor: Actor, types: readonly NotificationType[], now: Date): Promise<{ id: string } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, read AS (
      UPDATE notifications
      SET read_at = ${now.toISOString()}
      FROM viewer
      WHERE notifications.user_id = viewer.id
        AND notifications.read_at IS NULL
        AND notifications.removed_at IS NULL
        AND notifications.type = ANY (${asArray(types)}::notification_type[])
    )
    SELECT viewer.id
    FROM viewer`,
  )
}

/** Marks it as removed. The row stays as long as others do, so that its cause does not notify again. A waiting push is not sent. */
export function removeNotification(db: Db, actor: Actor, id: string, now: Date): Promise<{ is_known: boolean } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, removed AS (
      UPDATE notifications
      SET removed_at = coalesce(notifications.removed_at, ${now.toISOString()})
      FROM viewer
      WHERE notifications.id = ${id} AND notifications.user_id = viewer.id
      RETURNING 1
    )
    SELECT EXISTS (SELECT 1 FROM removed) AS is_known
    FROM viewer`,
  )
}

/** Deletes up to `limit` notifications that the centre no longer shows. */
export async function deleteOldNotifications(db: Db, now: Date, limit: number): Promise<number> {
  const { rowCount } = await db.execute(sql`
    DELETE FROM notifications
    WHERE id IN (
      SELECT id FROM notifications WHERE created_at < ${now.toISOString()}::timestamptz - ${KEPT} ORDER BY created_at LIMIT ${limit}
    )`)
  return rowCount
}

/**
 * Gives the token to the viewer's session, whoever had it. A device's new token replaces its old one. Of more devices than `keep`, the ones registered longest
 * ago are deleted.
 */
export function upsertPushToken(
  db: Db,
  actor: Actor,
  { token, platform, device_id }: Omit<RegisterPushToken, 'device_id'> & { readonly device_id: string | null },
  { keep, now }: { keep: number; now: Date },
): Promise<PushToken | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, others AS (
      SELECT push_tokens.token, push_tokens.device_id, row_number() OVER (ORDER BY push_tokens.registered_at DESC, push_tokens.token) AS position
      FROM viewer
      JOIN push_tokens ON push_tokens.user_id = viewer.id
      WHERE push_tokens.token <> ${token}
    ), replaced AS (
      DELETE FROM push_tokens
      USING others
      WHERE push_tokens.token = others.token AND (others.device_id = ${device_id} OR others.position >= ${keep})
    )
    INSERT INTO push_tokens (token, user_id, session_id, platform, device_id, registered_at)
    SELECT ${token}, viewer.id, ${actor.session_id}, ${platform}, ${device_id}, ${now.toISOString()}
    FROM viewer
    ON CONFLICT (token) DO UPDATE
    SET user_id = excluded.user_id, session_id = excluded.session_id, platform = excluded.platform, device_id = excluded.device_id,
        registered_at = excluded.registered_at
    RETURNING platform, device_id`,
  )
}

/** Leaves a token alone that belongs to somebody else by now. */
export function deletePushToken(db: Db, actor: Actor, token: string): Promise<{ id: string } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, forgotten AS (
      DELETE FROM push_tokens
      USING viewer
      WHERE push_tokens.token = ${token} AND push_tokens.user_id = viewer.id
    )
    SELECT viewer.id
    FROM viewer`,
  )
}
