import { sql } from 'drizzle-orm'
import { type Db, runBatch } from '../../../db/client.ts'

/** Contracts, payments and refunds (전자상거래법 시행령 §6). */
const KEPT = sql`interval '5 years'`

/**
 * A card that is not to be charged any more, or whose person is gone. While the outcome of a charge is not known, the same call may have to be made again, so
 * its card stays, also when its person has given another meanwhile.
 */
const IS_SPENT = sql`(billing_keys.state = 'dead' OR billing_keys.user_id IS NULL)
        AND NOT EXISTS (SELECT 1 FROM charges WHERE charges.billing_key_id = billing_keys.id AND charges.state IN ('sending', 'unknown'))`

export interface SpentKey {
  readonly id: string
  readonly sealed_key: string
}

export async function listSpentKeys(db: Db, after: string | null, limit: number): Promise<SpentKey[]> {
  const { rows } = await db.execute<{ id: string; sealed_key: string }>(sql`
    SELECT billing_keys.id, billing_keys.sealed_key
    FROM billing_keys
    WHERE ${IS_SPENT} AND (${after === null} OR billing_keys.id > ${after}::uuid)
    ORDER BY billing_keys.id
    LIMIT ${limit}`)
  return rows
}

export async function deleteSpentKeys(db: Db, ids: readonly string[]): Promise<number> {
  const listed = sql`(SELECT spent.id::uuid FROM json_array_elements_text(${JSON.stringify(ids)}) AS spent (id))`
  const { gone } = await runBatch(db, {
    // Subscriptions before their cards, as where somebody gives a new card.
    lock: sql`SELECT 1 FROM subscriptions WHERE subscriptions.billing_key_id IN ${listed} ORDER BY subscriptions.id FOR UPDATE`,
    gone: sql`DELETE FROM billing_keys WHERE billing_keys.id IN ${listed} AND ${IS_SPENT} RETURNING 1 AS gone`,
  })
  return gone.length
}

/**
 * Deletes what no law wants kept any longer: up to `limit` rows of each table. A subscription of somebody who is still here stays with all that hangs on it,
 * because it is theirs to see and their rest days follow from it. The ledger of a subscription goes after the subscription, because its facts would make the
 * ledger again. `trial_uses` stay, because a trial is for once in a life.
 */
export async function deleteOldRecords(db: Db, now: Date, limit: number): Promise<number> {
  const before = sql`${now.toISOString()}::timestamptz - ${KEPT}`
  const { rows } = await db.execute<{ gone: number }>(sql`
    WITH contracts AS (
      DELETE FROM subscriptions
      WHERE id IN (
        SELECT it.id
        FROM subscriptions it
        WHERE it.user_id IS NULL
          AND greatest(it.created_at, it.ends_at, it.grace_ends_at, it.hold_ends_at, it.cancelled_at, it.superseded_at) < ${before}
          AND NOT EXISTS (SELECT 1 FROM payments WHERE payments.subscription_id = it.id AND payments.at >= ${before})
          AND NOT EXISTS (SELECT 1 FROM refunds WHERE refunds.subscription_id = it.id AND coalesce(refunds.settled_at, refunds.created_at) >= ${before})
          AND NOT EXISTS (SELECT 1 FROM charges WHERE charges.subscription_id = it.id AND charges.state IN ('sending', 'unknown'))
          AND NOT EXISTS (SELECT 1 FROM subscriptions older WHERE older.superseded_by = it.id)
        ORDER BY it.created_at
        LIMIT ${limit}
      )
      RETURNING 1
    ), ledger AS (
      DELETE FROM payments
      WHERE (provider, transaction_id, kind) IN (
        SELECT provider, transaction_id, kind FROM payments WHERE subscription_id IS NULL AND at < ${before} ORDER BY at LIMIT ${limit}
      )
      RETURNING 1
    ), repaid AS (
      DELETE FROM refunds
      WHERE id IN (
        SELECT id FROM refunds WHERE state IN ('done', 'refused') AND subscription_id IS NULL AND created_at < ${before} AND coalesce(settled_at, created_at) < ${before} LIMIT ${limit}
      )
      RETURNING 1
    ), ordered AS (
      DELETE FROM orders
      WHERE id IN (
        SELECT id FROM orders WHERE state NOT IN ('sending', 'unknown') AND created_at < ${before} AND coalesce(settled_at, created_at) < ${before} LIMIT ${limit}
      )
      RETURNING 1
    ), goods AS (
      DELETE FROM purchases
      WHERE (provider, environment, ref) IN (
        SELECT provider, environment, ref FROM purchases WHERE user_id IS NULL AND greatest(granted_at, revoked_at, fact_at) < ${before} LIMIT ${limit}
      )
      RETURNING 1
    ), tokens AS (
      DELETE FROM store_tokens
      WHERE token_hash IN (SELECT token_hash FROM store_tokens WHERE subscription_id IS NULL AND bought_at < ${before} LIMIT ${limit})
      RETURNING 1
    ), heard AS (
      DELETE FROM provider_events
      WHERE (provider, event_id) IN (SELECT provider, event_id FROM provider_events WHERE received_at < ${before} LIMIT ${limit})
      RETURNING 1
    ), differed AS (
      DELETE FROM payment_differences
      WHERE id IN (SELECT id FROM payment_differences WHERE found_at < ${before} LIMIT ${limit})
      RETURNING 1
    )
    SELECT ((SELECT count(*) FROM contracts) + (SELECT count(*) FROM ledger) + (SELECT count(*) FROM repaid) + (SELECT count(*) FROM ordered)
            + (SELECT count(*) FROM goods) + (SELECT count(*) FROM tokens) + (SELECT count(*) FROM heard) + (SELECT count(*) FROM differed))::int AS gone`)
  return rows[0]?.gone ?? 0
}
