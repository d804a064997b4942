import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import type { Creation } from '../../core/idempotency.ts'
import { asArray } from '../../db/array.ts'
import { mayWrite, suspendedUntil } from '../social/suspensions/sql.ts'
import { isBlocked } from '../social/blocks/sql.ts'
import { answerOf, type Db, firstRow, runBatch } from '../../db/client.ts'
import { geographyPoint } from '../../db/geography.ts'
import { notify } from '../notifications/sql.ts'
import { primaryPetCard } from '../pets/sql.ts'
import { lockViewer, viewer } from '../../db/viewer.ts'
import type { Times } from './rules.ts'
import type { Answer, Invitation, InvitationStatus, Invite } from './schema.ts'

/** The invitees whom the viewer may see. `viewer` and `invitations` must be in scope. */
const VISIBLE_INVITEES = sql`invitees
          JOIN users ON users.id = invitees.user_id AND users.deleted_at IS NULL AND NOT ${isBlocked(sql`viewer.id`, sql`users.id`)}
          WHERE invitees.invitation_id = invitations.id`

/** An `Invitation` as the viewer sees it. `viewer`, `invitations` and, left-joined as `mine`, the viewer's row of `invitees` must be in scope. */
const invitationJson = (now: Date): SQL => sql`json_build_object(
        'id', invitations.id,
        'box', CASE WHEN invitations.inviter_id = viewer.id THEN 'sent' ELSE 'received' END,
        'status', invitation_status(invitations, viewer.id, ${now.toISOString()}),
        'inviter', (
          SELECT json_build_object('id', users.id, 'nickname', users.nickname, 'pet', ${primaryPetCard(sql`users.id`, now)})
          FROM users
          WHERE users.id = invitations.inviter_id
        ),
        'invitees', (
          SELECT coalesce(json_agg(json_build_object(
            'id', users.id, 'nickname', users.nickname, 'pet', ${primaryPetCard(sql`users.id`, now)},
            'status', invitation_status(invitations, users.id, ${now.toISOString()}), 'answered_at', invitees.answered_at
          ) ORDER BY users.nickname), '[]')
          FROM ${VISIBLE_INVITEES}
        ),
        'scheduled_at', invitations.scheduled_at,
        'expires_at', invitations.expires_at,
        'location_name', invitations.location_name,
        'lat', ST_Y(invitations.location::geometry),
        'lng', ST_X(invitations.location::geometry),
        'message', invitations.message,
        'created_at', invitations.created_at,
        'is_read', mine.user_id IS NULL OR mine.read_at IS NOT NULL,
        'room', json_build_object(
          'is_open', invitation_status(invitations, viewer.id, ${now.toISOString()}) = 'accepted' AND invitations.ends_at > ${now.toISOString()},
          'ends_at', invitations.ends_at
        )
      )`

/** Whether the viewer may see an invitation: they sent it to somebody they may see, or somebody they may see sent it to them. */
const isVisible = sql`(
        (invitations.inviter_id = viewer.id AND EXISTS (SELECT 1 FROM ${VISIBLE_INVITEES}))
        OR (mine.user_id IS NOT NULL AND EXISTS (
          SELECT 1
          FROM users
          WHERE users.id = invitations.inviter_id AND users.deleted_at IS NULL AND NOT ${isBlocked(sql`viewer.id`, sql`users.id`)}
        ))
      )`

const MINE = sql`LEFT JOIN invitees mine ON mine.invitation_id = invitations.id AND mine.user_id = viewer.id`

export interface NewInvitation extends Creation, Omit<Invite, 'id' | 'scheduled_at'> {
  /** Null when the time is too near or too far. Then nothing is inserted, but an earlier request may have made it. */
  readonly times: Times | null
}

export interface InviteAnswer {
  readonly invitation: Invitation | null
  readonly request_hash: string | null
  readonly is_id_taken: boolean
  readonly is_each_known: boolean
  readonly sent_lately: number
  readonly suspended_until: string | null
}

/** Invites all or none, and notifies them. */
export async function insertInvitation(
  db: Db,
  actor: Actor,
  { id, request_hash, invitee_ids, times, lat, lng, location_name, message }: NewInvitation,
  dailyMax: number,
  now: Date,
): Promise<{ answer: InviteAnswer; told: string[] } | null> {
  const at = now.toISOString()
  const chosen = sql`
      SELECT users.id
      FROM viewer
      JOIN users ON users.id = ANY (${asArray(invitee_ids)}::uuid[]) AND users.deleted_at IS NULL AND users.id <> viewer.id
      WHERE NOT ${isBlocked(sql`viewer.id`, sql`users.id`)}`
  const sentLately = sql`(
      SELECT count(*)::int FROM viewer JOIN invitations ON invitations.inviter_id = viewer.id AND invitations.created_at > ${at}::timestamptz - interval '1 day'
    )`
  const place = lat === null || lat === undefined || lng === null || lng === undefined ? sql`NULL` : geographyPoint({ lat, lng })
  const { answer, told } = await runBatch(db, {
    lock: lockViewer(actor),
    invitation: sql`
    WITH ${viewer(actor)}, chosen AS (${chosen})
    INSERT INTO invitations (id, request_hash, inviter_id, scheduled_at, expires_at, ends_at, location_name, location, message, created_at)
    SELECT ${id}, ${request_hash}, viewer.id, ${times?.scheduled_at ?? null}::timestamptz, ${times?.expires_at ?? null}::timestamptz,
           ${times?.ends_at ?? null}::timestamptz, ${location_name ?? null}, ${place}, ${message || null}, ${at}
    FROM viewer
    WHERE ${times !== null} AND ${mayWrite(now)} AND (SELECT count(*) FROM chosen) = ${invitee_ids.length} AND ${sentLately} < ${dailyMax}
    ON CONFLICT (id) DO NOTHING`,
    invitees: sql`
    INSERT INTO invitees (invitation_id, user_id, created_at)
    SELECT invitations.id, users.id, invitations.created_at
    FROM invitations
    JOIN users ON users.id = ANY (${asArray(invitee_ids)}::uuid[])
    WHERE invitations.id = ${id} AND invitations.inviter_id = ${actor.user_id} AND invitations.request_hash = ${request_hash}
    ON CONFLICT DO NOTHING`,
    told: notify(
      'invitation',
      sql`
      SELECT invitees.user_id, invitations.id::text AS topic, jsonb_build_object('invitation_id', invitations.id) AS facts, invitations.inviter_id AS sender_id
      FROM invitations
      JOIN invitees ON invitees.invitation_id = invitations.id
      WHERE invitations.id = ${id} AND invitations.inviter_id = ${actor.user_id} AND invitations.created_at = ${at}`,
      sql`${at}::timestamptz`,
    ),
    answer: sql<InviteAnswer>`
    WITH ${viewer(actor)}, chosen AS (${chosen})
    SELECT CASE WHEN invitations.id IS NOT NULL THEN ${invitationJson(now)} END AS invitation,
           invitations.request_hash,
           EXISTS (SELECT 1 FROM invitations taken WHERE taken.id = ${id}) AS is_id_taken,
           (SELECT count(*) FROM chosen) = ${invitee_ids.length} AS is_each_known,
           ${sentLately} AS sent_lately,
           ${suspendedUntil(now)} AS suspended_until
    FROM viewer
    LEFT JOIN invitations ON invitations.id = ${id} AND invitations.inviter_id = viewer.id
    ${MINE}`,
  })
  return answer[0] ? { answer: answer[0], told: told.map((row) => row.id) } : null
}

export interface InvitationFilter {
  readonly box: 'received' | 'sent' | null
  readonly status: InvitationStatus | null
  readonly after: { readonly created_at: string; readonly id: string } | null
  readonly limit: number
}

/** Newest first, one more than `limit`. */
export function listInvitations(
  db: Db,
  actor: Actor,
  { box, status, after, limit }: InvitationFilter,
  now: Date,
): Promise<{ items: Invitation[]; unread_count: number } | null> {
  const before = (createdAt: SQL, id: SQL) =>
    after ? sql`(${createdAt}, ${id}) < (${after.created_at}::timestamptz, ${after.id}::uuid)` : sql`true`
  const sent = sql`
          SELECT invitations.id FROM invitations WHERE invitations.inviter_id = viewer.id AND ${before(sql`invitations.created_at`, sql`invitations.id`)}`
  const received = sql`
          SELECT invitees.invitation_id FROM invitees WHERE invitees.user_id = viewer.id AND ${before(sql`invitees.created_at`, sql`invitees.invitation_id`)}`
  const theirs = box === 'sent' ? sent : box === 'received' ? received : sql`${sent} UNION ALL ${received}`
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT coalesce(json_agg(page.row ORDER BY page.created_at DESC, page.id DESC), '[]')
      FROM (
        SELECT ${invitationJson(now)} AS row, invitations.created_at, invitations.id
        FROM invitations
        ${MINE}
        WHERE invitations.id IN (${theirs}
          )
          AND ${isVisible}
          AND ${status === null ? sql`true` : sql`invitation_status(invitations, viewer.id, ${now.toISOString()}) = ${status}`}
        ORDER BY invitations.created_at DESC, invitations.id DESC
        LIMIT ${limit + 1}
      ) AS page
    ) AS items,
    (
      SELECT count(*)::int
      FROM invitees mine
      JOIN invitations ON invitations.id = mine.invitation_id
      WHERE mine.user_id = viewer.id
        AND mine.answer = 'pending'
        AND mine.read_at IS NULL
        AND invitations.cancelled_at IS NULL
        AND invitations.expires_at > ${now.toISOString()}
        AND ${isVisible}
    ) AS unread_count
    FROM viewer`,
  )
}

/** Answers an invitation, and marks it as read. */
export function findInvitation(db: Db, actor: Actor, id: string, now: Date): Promise<{ invitation: Invitation | null } | null> {
  return answerOf(db, {
    read: sql`
    WITH ${viewer(actor)}
    UPDATE invitees
    SET read_at = ${now.toISOString()}
    FROM viewer
    WHERE invitees.invitation_id = ${id} AND invitees.user_id = viewer.id AND invitees.read_at IS NULL`,
    answer: readInvitation(actor, id, now),
  })
}

const readInvitation = (actor: Actor, id: string, now: Date): SQL => sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT ${invitationJson(now)}
      FROM invitations
      ${MINE}
      WHERE invitations.id = ${id} AND ${isVisible}
    ) AS invitation
    FROM viewer`

/**
 * Writes an invitee's answer: an acceptance while the invitation is open, a refusal until the meeting is over. If the invitation then shows another status,
 * the answer came too late.
 */
export function updateAnswer(
  db: Db,
  actor: Actor,
  id: string,
  answer: Answer,
  now: Date,
): Promise<{ invitation: Invitation | null } | null> {
  const at = now.toISOString()
  return answerOf(db, {
    // Answers and cancellations of one invitation wait for each other.
    lock: sql`SELECT 1 FROM invitations WHERE id = ${id} FOR UPDATE`,
    answered: sql`
    WITH ${viewer(actor)}
    UPDATE invitees mine
    SET answer = ${answer}, answered_at = ${at}, read_at = coalesce(mine.read_at, ${at})
    FROM viewer, invitations
    WHERE mine.invitation_id = ${id}
      AND mine.user_id = viewer.id
      AND invitations.id = mine.invitation_id
      AND invitations.cancelled_at IS NULL
      AND CASE
        WHEN ${answer} = 'accepted' THEN mine.answer IN ('pending', 'declined') AND invitations.expires_at > ${at}
        WHEN mine.answer = 'pending' THEN invitations.expires_at > ${at}
        ELSE mine.answer = 'accepted' AND invitations.ends_at > ${at}
      END
      AND ${isVisible}`,
    answer: readInvitation(actor, id, now),
  })
}

/** Cancels the viewer's own invitation, until its meeting is over. Cancelling again changes nothing. */
export function cancelInvitation(db: Db, actor: Actor, id: string, now: Date): Promise<{ invitation: Invitation | null } | null> {
  return answerOf(db, {
    cancelled: sql`
    WITH ${viewer(actor)}
    UPDATE invitations
    SET cancelled_at = ${now.toISOString()}
    FROM viewer
    WHERE invitations.id = ${id}
      AND invitations.inviter_id = viewer.id
      AND invitations.cancelled_at IS NULL
      AND invitations.ends_at > ${now.toISOString()}`,
    answer: readInvitation(actor, id, now),
  })
}
