import { sql } from 'drizzle-orm'
import { type Db, firstRow } from '../../db/client.ts'
import { liveRooms } from '../rooms/recheck/sql.ts'
import type { Revocation } from './schema.ts'

interface IdentityNotice {
  provider: Revocation['provider']
  provider_id: string
  reason: string
  /** True when the account itself is to be deleted, and not only its sessions. */
  is_deletion: boolean
  /** Sessions and devices that began later are left alone, and so is an account that was made or logged in to later. */
  occurred_at: Date
  now: Date
}

/** Records a notice and does what it asks for, if anything. A notice that was recorded before changes nothing. Answers the person's live rooms. */
export async function insertAppleNotice(
  db: Db,
  { notice_id, now, notice }: { notice_id: string; now: Date; notice: IdentityNotice | null },
): Promise<string[]> {
  const received = sql`
      INSERT INTO identity_notices (provider, notice_id, received_at)
      VALUES ('apple', ${notice_id}, ${now.toISOString()})
      ON CONFLICT DO NOTHING
      RETURNING notice_id`
  if (!notice) {
    await db.execute(received)
    return []
  }
  const row = await firstRow<{ rooms: string[] }>(
    db,
    sql`
    WITH received AS (${received}
    ), identity AS (
      SELECT identities.user_id
      FROM identities
      CROSS JOIN received
      WHERE identities.provider = ${notice.provider} AND identities.provider_id = ${notice.provider_id}
    ), forgotten AS (
      UPDATE identities
      SET vendor_token = NULL, vendor_client_id = NULL
      FROM identity
      WHERE identities.provider = ${notice.provider}
        AND identities.provider_id = ${notice.provider_id}
        AND identities.linked_at <= ${notice.occurred_at.toISOString()}
    ), ${endAccount(notice)}
    SELECT ${liveRooms(sql`identity.user_id`, notice.now)} AS rooms
    FROM identity`,
  )
  return row?.rooms ?? []
}

export async function applyNotice(db: Db, notice: IdentityNotice): Promise<string[]> {
  const row = await firstRow<{ rooms: string[] }>(
    db,
    sql`
    WITH identity AS (
      SELECT user_id
      FROM identities
      WHERE provider = ${notice.provider} AND provider_id = ${notice.provider_id}
    ), ${endAccount(notice)}
    SELECT ${liveRooms(sql`identity.user_id`, notice.now)} AS rooms
    FROM identity`,
  )
  return row?.rooms ?? []
}

/** CTEs that end the sessions of the person with `identity`, delete their push tokens, and begin the deletion where asked. */
function endAccount({ reason, is_deletion, occurred_at, now }: IdentityNotice) {
  return sql`ended AS (
      UPDATE sessions
      SET revoked_at = ${now.toISOString()}, revoked_reason = ${reason}
      FROM identity
      WHERE sessions.user_id = identity.user_id
        AND sessions.created_at <= ${occurred_at.toISOString()}
        AND sessions.revoked_at IS NULL
    ), silenced AS (
      DELETE FROM push_tokens
      USING identity
      WHERE push_tokens.user_id = identity.user_id AND push_tokens.registered_at <= ${occurred_at.toISOString()}
    ), deleted AS (
      UPDATE users
      SET deleted_at = ${now.toISOString()}
      FROM identity
      WHERE ${is_deletion}::boolean
        AND users.id = identity.user_id
        AND users.deleted_at IS NULL
        AND users.created_at <= ${occurred_at.toISOString()}
        -- Whoever has logged in since has the provider's account again.
        AND NOT EXISTS (SELECT FROM sessions WHERE sessions.user_id = users.id AND sessions.created_at > ${occurred_at.toISOString()})
    )`
}
