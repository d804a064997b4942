import { sql } from 'drizzle-orm'
import { answerOf, type Db, firstRow } from '../../db/client.ts'
import { liveRooms } from '../rooms/recheck/sql.ts'
import { userProfile } from '../users/sql.ts'
import type { ProfileRow } from '../users/schema.ts'
import type { Device, Login, Revocation } from './schema.ts'

interface NewLogin {
  /** With `vendor_token` encrypted. */
  identity: Revocation & { email: string | null }
  device: Device
  session_id: string
  token_hash: string
  expires_at: Date
  /** The new account, if nobody has this identity yet. */
  newcomer: { id: string; nickname: string }
  /** Accounts deleted at or before then are not restored. */
  restorable_after: Date
  now: Date
}

/**
 * Opens a session for the account with this identity, and creates or restores the account if needed. Two first logins at the same time wait for each
 * other at the identity's key, and make one account.
 */
export function insertLogin(
  db: Db,
  login: NewLogin,
): Promise<(Pick<Login, 'is_new_user' | 'is_restored'> & { user_id: string; user: ProfileRow }) | null> {
  const { identity, device, newcomer } = login
  const now = login.now.toISOString()
  return answerOf(db, {
    account: sql`
    WITH identity AS (
      INSERT INTO identities AS known (provider, provider_id, user_id, email, vendor_token, vendor_client_id, linked_at)
      VALUES (${identity.provider}, ${identity.provider_id}, ${newcomer.id}, ${identity.email}, ${identity.vendor_token}, ${identity.vendor_client_id}, ${now})
      ON CONFLICT (provider, provider_id) DO UPDATE
      SET user_id = CASE
            WHEN EXISTS (SELECT FROM users WHERE users.id = known.user_id AND users.deleted_at <= ${login.restorable_after.toISOString()})
            THEN excluded.user_id
            ELSE known.user_id
          END,
          email = coalesce(excluded.email, known.email),
          vendor_token = coalesce(excluded.vendor_token, known.vendor_token),
          vendor_client_id = CASE WHEN excluded.vendor_token IS NULL THEN known.vendor_client_id ELSE excluded.vendor_client_id END,
          linked_at = CASE WHEN excluded.vendor_token IS NULL THEN known.linked_at ELSE excluded.linked_at END
      RETURNING user_id
    )
    INSERT INTO users (id, nickname, created_at)
    SELECT identity.user_id, ${newcomer.nickname}, ${now}
    FROM identity
    WHERE identity.user_id = ${newcomer.id}`,
    answer: sql`
    WITH account AS (
      SELECT user_id
      FROM identities
      WHERE provider = ${identity.provider} AND provider_id = ${identity.provider_id}
    ), restored AS (
      UPDATE users
      SET deleted_at = NULL
      FROM account
      WHERE users.id = account.user_id AND users.deleted_at IS NOT NULL
      RETURNING users.id
    ), session AS (
      INSERT INTO sessions (id, user_id, device_name, device_platform, counter, token_hash, created_at, rotated_at, expires_at)
      SELECT ${login.session_id}, account.user_id, ${device.name ?? null}, ${device.platform ?? null}, 1,
        decode(${login.token_hash}, 'hex'), ${now}, ${now}, ${login.expires_at.toISOString()}
      FROM account
    )
    SELECT account.user_id,
      account.user_id = ${newcomer.id} AS is_new_user,
      EXISTS (SELECT FROM restored) AS is_restored,
      ${userProfile(sql`account.user_id`, login.now)} AS "user"
    FROM account`,
  })
}

interface Rotation {
  session_id: string
  counter: number
  token_hash: string
  next_hash: string
  /** A token that was spent after this time counts as asked twice, and not as stolen. */
  repeatable_since: Date
  expires_at: Date
  /** A session that began before this time has ended, however often it was renewed. */
  born_after: Date
  now: Date
}

interface RotationVerdict {
  verdict: 'rotate' | 'repeat' | 'reuse' | 'invalid'
  user_id: string
  /** The hash of the newest token before this statement. */
  token_hash: string
  /** Live rooms that a session which has just ended may still be in. */
  rooms: string[]
}

/** Spends a refresh token, or says why not. `null` when there is no such session. A second request waits for the first and sees what it did. */
export function rotateSession(db: Db, rotation: Rotation): Promise<RotationVerdict | null> {
  const now = rotation.now.toISOString()
  return firstRow(
    db,
    sql`
    WITH session AS MATERIALIZED (
      SELECT sessions.id, sessions.user_id, sessions.counter, sessions.token_hash, sessions.rotated_at,
        sessions.revoked_at IS NULL
          AND sessions.expires_at > ${now}
          AND sessions.created_at > ${rotation.born_after.toISOString()}
          AND users.deleted_at IS NULL AS is_live
      FROM sessions
      JOIN users ON users.id = sessions.user_id
      WHERE sessions.id = ${rotation.session_id}
      FOR UPDATE OF sessions
    ), judged AS MATERIALIZED (
      SELECT session.id, session.user_id, session.token_hash,
        CASE
          WHEN NOT session.is_live THEN 'invalid'
          WHEN session.counter = ${rotation.counter} AND session.token_hash = decode(${rotation.token_hash}, 'hex') THEN 'rotate'
          WHEN session.counter = ${rotation.counter}::int + 1 AND session.rotated_at >= ${rotation.repeatable_since.toISOString()} THEN 'repeat'
          WHEN session.counter > ${rotation.counter} THEN 'reuse'
          ELSE 'invalid'
        END AS verdict
      FROM session
    ), rotated AS (
      UPDATE sessions
      SET counter = sessions.counter + 1, token_hash = decode(${rotation.next_hash}, 'hex'),
        rotated_at = ${now}, expires_at = ${rotation.expires_at.toISOString()}
      FROM judged
      WHERE sessions.id = judged.id AND judged.verdict = 'rotate'
    ), revoked AS (
      UPDATE sessions
      SET revoked_at = ${now}, revoked_reason = 'reuse'
      FROM judged
      WHERE sessions.id = judged.id AND judged.verdict = 'reuse'
    )
    SELECT judged.verdict, judged.user_id, encode(judged.token_hash, 'hex') AS token_hash,
      CASE WHEN judged.verdict = 'reuse' THEN ${liveRooms(sql`judged.user_id`, rotation.now)} ELSE '[]' END AS rooms
    FROM judged`,
  )
}

/** Whether an account has this identity now. */
export async function hasIdentity(db: Db, { provider, provider_id }: Revocation): Promise<boolean> {
  const row = await firstRow<{ user_id: string }>(
    db,
    sql`SELECT user_id FROM identities WHERE provider = ${provider} AND provider_id = ${provider_id}`,
  )
  return row !== null
}
