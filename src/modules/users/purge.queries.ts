import { sql } from 'drizzle-orm'
import { type Db, firstRow } from '../../db/client.ts'
import { outboxInsert } from '../../jobs/sql.ts'
import { JOB } from '../../jobs/types.ts'

/** The next accounts after one that were deleted at or before `before`. */
export async function listDepartedUserIds(db: Db, before: Date, after: string | null, limit: number): Promise<string[]> {
  const { rows } = await db.execute<{ id: string }>(sql`
    SELECT id
    FROM users
    WHERE deleted_at <= ${before.toISOString()} AND (${after === null} OR id > ${after}::uuid)
    ORDER BY id
    LIMIT ${limit}`)
  return rows.map(({ id }) => id)
}

/** Destroys the account and all its rows, unless it was restored meanwhile. Outbox rows for its providers are left behind. */
export async function deleteUser(db: Db, userId: string, before: Date): Promise<{ is_gone: boolean; outbox_ids: string[] }> {
  const row = await firstRow<{ is_gone: boolean; outbox_ids: string[] }>(
    db,
    sql`
    WITH departed AS MATERIALIZED (
      SELECT id
      FROM users
      WHERE id = ${userId} AND deleted_at <= ${before.toISOString()}
      FOR UPDATE
    ), told AS (
      ${outboxInsert(
        JOB.revokeIdentity,
        sql`
        SELECT jsonb_build_object(
          'provider', identities.provider,
          'provider_id', identities.provider_id,
          'vendor_token', identities.vendor_token,
          'vendor_client_id', identities.vendor_client_id
        ) AS payload
        FROM departed
        JOIN identities ON identities.user_id = departed.id`,
      )}
    ), gone AS (
      DELETE FROM users
      USING departed
      WHERE users.id = departed.id
      RETURNING users.id
    )
    SELECT EXISTS (SELECT 1 FROM gone) AS is_gone, coalesce((SELECT json_agg(told.id) FROM told), '[]') AS outbox_ids,
           (SELECT forget_liker(departed.id) FROM departed) AS forgotten`,
  )
  return row ?? { is_gone: false, outbox_ids: [] }
}

export async function deleteOldSessions(db: Db, expiredBefore: Date): Promise<number> {
  const { rowCount } = await db.execute(sql`DELETE FROM sessions WHERE expires_at < ${expiredBefore.toISOString()}`)
  return rowCount
}

export async function deleteOldNotices(db: Db, receivedBefore: Date): Promise<number> {
  const { rowCount } = await db.execute(sql`DELETE FROM identity_notices WHERE received_at < ${receivedBefore.toISOString()}`)
  return rowCount
}
