import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { notify } from '../notifications/sql.ts'
import { isBlocked } from '../social/blocks/sql.ts'
import { REMINDED_BEFORE_MS } from './rules.ts'

const LEAD = sql`${REMINDED_BEFORE_MS} * interval '1 millisecond'`

/** Marks unanswered invitations as expired. Answers how many. */
export async function expireInvitations(db: Db, now: Date): Promise<number> {
  const { rowCount } = await db.execute(sql`
    UPDATE invitees
    SET answer = 'expired'
    FROM invitations
    WHERE invitations.id = invitees.invitation_id AND invitees.answer = 'pending' AND invitations.expires_at <= ${now.toISOString()}`)
  return rowCount
}

/** When the next invitation expires that somebody has not answered, as a scalar of SQL. */
export const nextExpiry = (now: Date): SQL => sql`
      SELECT min(invitations.expires_at)
      FROM invitees
      JOIN invitations ON invitations.id = invitees.invitation_id
      WHERE invitees.answer = 'pending' AND invitations.cancelled_at IS NULL AND invitations.expires_at > ${now.toISOString()}`

/**
 * When the next reminder is due, as a scalar of SQL. For a nearer meeting everybody has been reminded already. Somebody who accepts one of those sets the alarm.
 */
export const nextReminder = (now: Date): SQL => sql`
      SELECT invitations.scheduled_at - ${LEAD}
      FROM invitations
      WHERE invitations.scheduled_at > ${now.toISOString()}::timestamptz + ${LEAD}
        AND invitations.cancelled_at IS NULL
        AND EXISTS (SELECT 1 FROM invitees WHERE invitees.invitation_id = invitations.id AND invitees.answer = 'accepted')
      ORDER BY invitations.scheduled_at
      LIMIT 1`

/** Reminds everybody who goes, ten minutes before the meeting. An inviter reads the name of the guest who accepted first. Answers the notifications' ids. */
export async function remindOfMeetings(db: Db, now: Date): Promise<string[]> {
  const at = now.toISOString()
  const { rows } = await db.execute<{ id: string }>(
    notify(
      'invitation_reminder',
      sql`
      SELECT told.user_id, invitations.id::text AS topic,
             jsonb_build_object('invitation_id', invitations.id, 'starts_at', invitations.scheduled_at) AS facts, told.sender_id
      FROM invitations
      JOIN users inviter ON inviter.id = invitations.inviter_id AND inviter.deleted_at IS NULL
      JOIN LATERAL (
        SELECT invitees.user_id, row_number() OVER (ORDER BY invitees.answered_at, invitees.user_id) AS position
        FROM invitees
        JOIN users ON users.id = invitees.user_id AND users.deleted_at IS NULL
        WHERE invitees.invitation_id = invitations.id AND invitees.answer = 'accepted' AND NOT ${isBlocked(sql`users.id`, sql`inviter.id`)}
      ) AS guest ON true
      CROSS JOIN LATERAL (
        SELECT guest.user_id, inviter.id AS sender_id
        UNION ALL
        SELECT inviter.id, guest.user_id WHERE guest.position = 1
      ) AS told
      WHERE invitations.scheduled_at > ${at}
        AND invitations.scheduled_at <= ${at}::timestamptz + ${LEAD}
        AND invitations.cancelled_at IS NULL`,
      sql`${at}::timestamptz`,
    ),
  )
  return rows.map(({ id }) => id)
}

/** Deletes up to `limit` invitations whose meeting's time was before then. */
export async function deleteInvitationsBefore(db: Db, before: Date, limit: number): Promise<number> {
  const { rowCount } = await db.execute(sql`
    DELETE FROM invitations
    WHERE id IN (SELECT id FROM invitations WHERE scheduled_at < ${before.toISOString()} ORDER BY scheduled_at LIMIT ${limit})`)
  return rowCount
}
