import { type SQL, sql } from 'drizzle-orm'
import { answerOf, type Db, firstRow } from '../../db/client.ts'
import { liveRooms } from '../rooms/recheck/sql.ts'
import { userProfile } from '../users/sql.ts'
import type { ProfileRow } from '../users/schema.ts'
import type { Device, Login, Revocation } from './schema.ts'

interface NewSession {
  readonly session_id: string
  /** Of everything that the login sent. */
  readonly request_hash: string
  /** Of its first refresh token. */
  readonly token_hash: string
  /** A session that was opened after this time and not used since may be asked for again. */
  readonly repeatable_since: Date
  readonly now: Date
}

interface NewLogin extends NewSession {
  readonly device: Device
  /** With `vendor_token` encrypted. */
  readonly identity: Revocation & { email: string | null }
  readonly expires_at: Date
  /** The new account, if nobody has this identity yet. */
  readonly newcomer: { id: string; nickname: string }
  /** Accounts deleted at or before then are not restored. */
  readonly restorable_after: Date
  /** Accounts banned at or before then open no session. */
  readonly admitted_after: Date
}

export type Account = Pick<Login, 'is_new_user' | 'is_restored'> & { user_id: string; user: ProfileRow; is_banned: boolean }

/** A person's devices that are logged in. A login beyond that ends the session that was renewed longest ago. */
const SESSIONS_MAX = 50

/** Whether a row of `sessions` is the one that the same login has just opened, and nobody has used its refresh token yet. */
const isRepeated = ({ request_hash, token_hash, repeatable_since, now }: NewSession): SQL => sql`(
        sessions.counter = 1
        AND sessions.request_hash = ${request_hash}
        AND sessions.token_hash = decode(${token_hash}, 'hex')
        AND sessions.created_at >= ${repeatable_since.toISOString()}
        AND sessions.expires_at > ${now.toISOString()}
        AND sessions.revoked_at IS NULL
      )`

/**
 * Opens a session for the account with this identity, and creates or restores the account if needed. Two first logins at the same time wait for each
 * other at the identity's key, and make one account. A session that exists already changes nothing: it is `repeated` or `used`.
 */
export function insertLogin(
  db: Db,
  login: NewLogin,
): Promise<(Account & { verdict: 'opened' | 'repeated' | 'used' | 'banned'; rooms: string[] }) | null> {
  const { identity, device, newcomer, session_id } = login
  const now = login.now.toISOString()
  return answerOf(db, {
    account: sql`
    WITH identity AS (
      INSERT INTO identities AS known (provider, provider_id, user_id, email, vendor_token, vendor_client_id, linked_at)
      SELECT ${identity.provider}::identity_provider, ${identity.provider_id}, ${newcomer.id}::uuid, ${identity.email}, ${identity.vendor_token},
        ${identity.vendor_client_id}, ${now}::timestamptz
      WHERE NOT EXISTS (SELECT FROM sessions WHERE id = ${session_id})
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
    ), known AS MATERIALIZED (
      SELECT sessions.user_id, sessions.created_at, ${isRepeated(login)} AS is_repeated
      FROM sessions
      WHERE sessions.id = ${session_id}
    ), restored AS (
      UPDATE users
      SET deleted_at = NULL
      FROM account
      WHERE users.id = account.user_id AND users.deleted_at IS NOT NULL AND NOT EXISTS (SELECT FROM known)
        AND (users.banned_at IS NULL OR users.banned_at > ${login.admitted_after.toISOString()})
      RETURNING users.id
    ), session AS (
      INSERT INTO sessions (id, user_id, device_name, device_platform, counter, token_hash, created_at, rotated_at, expires_at, request_hash)
      SELECT ${session_id}, account.user_id, ${device.name ?? null}, ${device.platform ?? null}, 1,
        decode(${login.token_hash}, 'hex'), ${now}, ${now}, ${login.expires_at.toISOString()}, ${login.request_hash}
      FROM account
      JOIN users ON users.id = account.user_id AND (users.banned_at IS NULL OR users.banned_at > ${login.admitted_after.toISOString()})
      WHERE NOT EXISTS (SELECT FROM known)
      RETURNING user_id
    ), ended AS (
      UPDATE sessions
      SET revoked_at = ${now}, revoked_reason = 'too_many'
      WHERE id IN (
        SELECT sessions.id
        FROM sessions
        JOIN session ON session.user_id = sessions.user_id
        WHERE sessions.revoked_at IS NULL AND sessions.expires_at > ${now}
        ORDER BY sessions.rotated_at DESC, sessions.id
        OFFSET ${SESSIONS_MAX - 1}
      )
      RETURNING id
    ), forgotten AS (
      DELETE FROM push_tokens
      USING ended
      WHERE push_tokens.session_id = ended.id
    )
    SELECT account.user_id,
      CASE
        WHEN users.banned_at <= ${login.admitted_after.toISOString()} THEN 'banned'
        WHEN known.user_id IS NULL THEN 'opened'
        WHEN known.is_repeated AND known.user_id = account.user_id AND users.deleted_at IS NULL THEN 'repeated'
        ELSE 'used'
      END AS verdict,
      account.user_id = ${newcomer.id} OR users.created_at IS NOT DISTINCT FROM known.created_at AS is_new_user,
      EXISTS (SELECT FROM restored) AS is_restored,
      users.banned_at IS NOT NULL AS is_banned,
      ${userProfile(sql`account.user_id`, login.now)} AS "user",
      CASE WHEN EXISTS (SELECT FROM ended) THEN ${liveRooms(sql`account.user_id`, login.now)} ELSE '[]' END AS rooms
    FROM account
    JOIN users ON users.id = account.user_id
    LEFT JOIN known ON true`,
  })
}

/** The account whose session the same login has just opened, if it has. */
export function findRepeatedLogin(db: Db, session: NewSession): Promise<Account | null> {
  return firstRow(
    db,
    sql`
    SELECT sessions.user_id, users.created_at = sessions.created_at AS is_new_user, false AS is_restored, users.banned_at IS NOT NULL AS is_banned,
      ${userProfile(sql`sessions.user_id`, session.now)} AS "user"
    FROM sessions
    JOIN users ON users.id = sessions.user_id AND users.deleted_at IS NULL
    WHERE sessions.id = ${session.session_id} AND ${isRepeated(session)}`,
  )
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
  /** A session of an account that was banned at or before this time has ended. */
  admitted_after: Date
  now: Date
}

interface RotationVerdict {
  verdict: 'rotate' | 'repeat' | 'reuse' | 'invalid'
  user_id: string
  is_banned: boolean
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
          AND users.deleted_at IS NULL
          AND (users.banned_at IS NULL OR users.banned_at > ${rotation.admitted_after.toISOString()}) AS is_live,
        users.banned_at IS NOT NULL AS is_banned
      FROM sessions
      JOIN users ON users.id = sessions.user_id
      WHERE sessions.id = ${rotation.session_id}
      FOR UPDATE OF sessions
    ), judged AS MATERIALIZED (
      SELECT session.id, session.user_id, session.is_banned, session.token_hash,
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
    SELECT judged.verdict, judged.user_id, judged.is_banned, encode(judged.token_hash, 'hex') AS token_hash,
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
