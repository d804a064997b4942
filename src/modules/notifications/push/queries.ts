import { type SQL, sql } from 'drizzle-orm'
import { asArray } from '../../../db/array.ts'
import { type Db, runBatch } from '../../../db/client.ts'
import { isBlocked } from '../../social/blocks/sql.ts'
import type { StoredSettings } from '../../users/settings/schema.ts'
import { shownFacts, shownSender } from '../sql.ts'
import type { Spent } from '../rules.ts'
import type { NotificationType } from '../schema.ts'

/** A phone that was silent for this long most likely no longer has the app. */
const SILENT = sql`interval '60 days'`

/** A Worker of the deploy before claims by `sweep_at` alone. */
const CLAIMED_UNTIL = sql`coalesce(claimed_until, sweep_at)`

/** Whether a row of `notifications` is an invitation of somebody whom its receiver does not know. */
const isFromStranger = (row: SQL): SQL =>
  sql`(${row}.type = 'invitation' AND ${row}.sender_id IS NOT NULL AND NOT knows(${row}.user_id, ${row}.sender_id))`

/** A notification that one consumer has claimed, with everything that decides its push. */
export interface ClaimedPush {
  readonly id: string
  readonly user_id: string
  readonly type: NotificationType
  readonly facts: Record<string, unknown>
  readonly nickname: string | null
  readonly sender_id: string | null
  /** An invitation of somebody whom its receiver does not know. */
  readonly is_from_stranger: boolean
  /** Nothing can be done about it any more: an invitation that nobody can accept, or a seat at a date that has begun. */
  readonly is_void: boolean
  readonly created_at: string
  readonly attempts: number
  readonly is_reachable: boolean
  readonly settings: StoredSettings
  readonly has_marketing_consent: boolean
  readonly has_night_consent: boolean
  readonly spent: Spent
  readonly unread: number
  /** The devices to send to now. */
  readonly tokens: readonly string[]
  /** An earlier claim has told some device. */
  readonly is_told: boolean
}

export interface Claim {
  readonly ids: readonly string[]
  readonly claim: string
  readonly now: Date
  /** After this time the consumer counts as dead. */
  readonly until: Date
}

/**
 * Claims those of `ids` that are due for one consumer, in one trip. Calling it again with the same `claim` answers the same. Until `finishPushes` nobody else
 * can claim a notification of the same person, so `spent` stays true. `busy` are due, but another consumer has their person.
 */
export async function claimPushes(db: Db, { ids, claim, now, until }: Claim): Promise<{ claimed: ClaimedPush[]; busy: string[] }> {
  const at = now.toISOString()
  const asked = sql`${asArray(ids)}::uuid[]`
  const { claimed, busy } = await runBatch(db, {
    lock: sql`
    SELECT 1
    FROM users
    WHERE id IN (SELECT user_id FROM notifications WHERE id = ANY (${asked}))
    ORDER BY id
    FOR NO KEY UPDATE`,
    claims: sql`
    UPDATE notifications
    SET push_state = 'claimed', claim = ${claim}, claimed_until = ${until.toISOString()}, sweep_at = ${until.toISOString()}
    WHERE id = ANY (${asked})
      AND (claim = ${claim} OR (push_state = 'waiting' AND push_at <= ${at}) OR (push_state = 'claimed' AND ${CLAIMED_UNTIL} <= ${at}))
      AND NOT EXISTS (
        SELECT 1
        FROM notifications other
        WHERE other.user_id = notifications.user_id AND other.push_state = 'claimed' AND other.claim <> ${claim} AND coalesce(other.claimed_until, other.sweep_at) > ${at}
      )`,
    deliveries: sql`
    INSERT INTO push_deliveries AS delivery (notification_id, token, state, claim)
    SELECT notifications.id, push_tokens.token, 'sending', ${claim}
    FROM notifications
    JOIN push_tokens ON push_tokens.user_id = notifications.user_id
    JOIN sessions ON sessions.id = push_tokens.session_id
    WHERE notifications.id = ANY (${asked}) AND notifications.claim = ${claim} AND notifications.push_state = 'claimed'
      AND sessions.revoked_at IS NULL
      AND sessions.expires_at > ${at}
      AND greatest(sessions.rotated_at, push_tokens.registered_at) > ${at}::timestamptz - ${SILENT}
      -- A device that came after the first attempt may be one that was told under its former token.
      AND (
        NOT EXISTS (SELECT 1 FROM push_deliveries WHERE notification_id = notifications.id)
        OR EXISTS (SELECT 1 FROM push_deliveries WHERE notification_id = notifications.id AND token = push_tokens.token)
      )
    ON CONFLICT (notification_id, token) DO UPDATE
    SET state = 'sending', claim = excluded.claim
    WHERE delivery.state IN ('retrying', 'sending')`,
    claimed: sql<ClaimedPush>`
    SELECT notifications.id, notifications.user_id, notifications.type, ${shownFacts} AS facts, sender.nickname, to_json(notifications.created_at) AS created_at,
           notifications.attempts, notifications.sender_id,
           ${isFromStranger(sql`notifications`)} AS is_from_stranger,
           is_push_void(notifications.type, notifications.user_id, notifications.topic, notifications.facts, ${at}) AS is_void,
           users.deleted_at IS NULL
             AND notifications.removed_at IS NULL
             AND (notifications.sender_id IS NULL OR (sender.id IS NOT NULL AND NOT ${isBlocked(sql`users.id`, sql`sender.id`)})) AS is_reachable,
           users.settings,
           has_agreed(users.id, 'marketing') AS has_marketing_consent,
           has_agreed(users.id, 'night_marketing') AS has_night_consent,
           (
             SELECT json_build_object(
               'day', count(*) FILTER (WHERE pushed.today AND NOT pushed.is_from_stranger),
               'ranking', count(*) FILTER (WHERE pushed.today AND starts_with(earlier.type::text, 'ranking_')),
               'ranking_down', count(*) FILTER (WHERE pushed.today AND earlier.type = 'ranking_down'),
               'system', count(*) FILTER (WHERE earlier.type = 'system'),
               'strangers', count(*) FILTER (WHERE pushed.today AND pushed.is_from_stranger),
               'by_sender', (
                 SELECT coalesce(json_object_agg(by_sender.id, by_sender.count), '{}')
                 FROM (
                   SELECT sender_id AS id, count(*) AS count
                   FROM unnest(array_agg(earlier.sender_id) FILTER (WHERE pushed.today AND earlier.type = 'invitation')) AS sender_id
                   WHERE sender_id IS NOT NULL
                   GROUP BY sender_id
                 ) AS by_sender
               )
             )
             FROM notifications earlier
             CROSS JOIN LATERAL (
               SELECT coalesce(earlier.pushed_on, seoul_day(coalesce(earlier.claimed_until, earlier.sweep_at))) = seoul_day(${at}::timestamptz) AS today,
                      ${isFromStranger(sql`earlier`)} AS is_from_stranger
             ) AS pushed
             WHERE earlier.user_id = users.id
               AND CASE
                 -- A dead consumer's may have been sent.
                 WHEN earlier.push_state = 'claimed' THEN earlier.claim <> ${claim}
                 ELSE earlier.pushed_on >= date_trunc('week', seoul_day(${at}::timestamptz)::timestamp)::date
               END
               AND (earlier.push_state = 'claimed' OR earlier.pushed_on IS NOT NULL)
           ) AS spent,
           (
             SELECT count(*)::int
             FROM notifications unread
             WHERE unread.user_id = users.id AND unread.removed_at IS NULL AND unread.read_at IS NULL
               AND unread.created_at > ${at}::timestamptz - interval '30 days'
           ) AS unread,
           (
             SELECT coalesce(json_agg(token ORDER BY token), '[]')
             FROM push_deliveries
             WHERE notification_id = notifications.id AND state = 'sending' AND push_deliveries.claim = ${claim}
           ) AS tokens,
           EXISTS (SELECT 1 FROM push_deliveries WHERE notification_id = notifications.id AND state = 'sent') AS is_told
    FROM notifications
    JOIN users ON users.id = notifications.user_id
    LEFT JOIN users sender ON sender.id = ${shownSender} AND sender.deleted_at IS NULL
    WHERE notifications.id = ANY (${asked}) AND notifications.claim = ${claim} AND notifications.push_state = 'claimed'
    ORDER BY notifications.created_at, notifications.id`,
    busy: sql<{ id: string }>`
    SELECT id FROM notifications WHERE id = ANY (${asked}) AND push_state = 'waiting' AND push_at <= ${at}`,
  })
  return { claimed, busy: busy.map(({ id }) => id) }
}

/** The outcome of a claimed notification. */
export interface FinishedPush {
  readonly id: string
  readonly push_state: 'waiting' | 'pushed' | 'withheld' | 'failed'
  readonly push_reason: string | null
  /** For one that waits: the earliest time to push it, and the time from which the sweep may announce it. */
  readonly push_at: string | null
  readonly sweep_at: string | null
  readonly attempts: number
  /** Whether it uses its person's budget. */
  readonly is_counted: boolean
}

export interface FinishedDelivery {
  readonly notification_id: string
  readonly token: string
  readonly state: 'sent' | 'retrying' | 'unregistered' | 'refused'
  readonly error: string | null
}

/** Writes the outcomes of a claim in one trip, and deletes the tokens of devices without the app. What another consumer has taken over is left alone. */
export async function finishPushes(
  db: Db,
  { claim, now }: { claim: string; now: Date },
  { pushes, deliveries }: { pushes: readonly FinishedPush[]; deliveries: readonly FinishedDelivery[] },
): Promise<void> {
  await db.execute(sql`
    WITH told AS (
      SELECT *
      FROM jsonb_to_recordset(${JSON.stringify(pushes)}::jsonb)
        AS told (id uuid, push_state push_state, push_reason text, push_at timestamptz, sweep_at timestamptz, attempts int, is_counted boolean)
    ), delivered AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(deliveries)}::jsonb) AS delivered (notification_id uuid, token text, state delivery_state, error text)
    ), finished AS (
      UPDATE notifications
      SET push_state = told.push_state, push_reason = told.push_reason, push_at = coalesce(told.push_at, notifications.push_at),
          sweep_at = coalesce(told.sweep_at, notifications.sweep_at), attempts = told.attempts, claim = NULL, claimed_until = NULL,
          pushed_on = CASE WHEN told.is_counted THEN seoul_day(${now.toISOString()}::timestamptz) END
      FROM told
      WHERE notifications.id = told.id AND notifications.claim = ${claim} AND notifications.push_state = 'claimed'
    ), noted AS (
      UPDATE push_deliveries
      SET state = delivered.state, error = delivered.error
      FROM delivered
      WHERE push_deliveries.notification_id = delivered.notification_id AND push_deliveries.token = delivered.token AND push_deliveries.claim = ${claim}
    ), unsent AS (
      DELETE FROM push_deliveries
      USING told
      WHERE push_deliveries.notification_id = told.id AND push_deliveries.state = 'sending' AND push_deliveries.claim = ${claim}
        AND NOT EXISTS (
          SELECT 1
          FROM delivered
          WHERE delivered.notification_id = push_deliveries.notification_id AND delivered.token = push_deliveries.token
        )
    )
    DELETE FROM push_tokens
    USING delivered
    WHERE push_tokens.token = delivered.token AND delivered.state = 'unregistered' AND push_tokens.registered_at <= ${now.toISOString()}`)
}

/** When the sweep looks at it next. */
export const nextUnsweptPush = sql`SELECT min(sweep_at) FROM notifications WHERE push_state IN ('waiting', 'claimed')`

/** Lists due notifications whose message was lost or whose consumer died. They are announced again now, and not once more before `until`. */
export async function listUnsweptPushes(db: Db, now: Date, { until, limit }: { until: Date; limit: number }): Promise<string[]> {
  const { rows } = await db.execute<{ id: string }>(sql`
    UPDATE notifications
    SET sweep_at = ${until.toISOString()}, claimed_until = CASE WHEN push_state = 'claimed' THEN ${CLAIMED_UNTIL} END
    WHERE id IN (
      SELECT id
      FROM notifications
      WHERE push_state IN ('waiting', 'claimed') AND sweep_at <= ${now.toISOString()}
      ORDER BY sweep_at
      LIMIT ${limit}
      FOR UPDATE SKIP LOCKED
    )
    RETURNING id`)
  return rows.map(({ id }) => id)
}

/** Marks notifications that the queue has given up on. Their message is among the dead letters. */
export async function failPushes(db: Db, ids: readonly string[]): Promise<void> {
  await db.execute(sql`
    UPDATE notifications SET push_state = 'failed', push_reason = 'dead_letter' WHERE id = ANY (${asArray(ids)}::uuid[]) AND push_state = 'waiting'`)
}
