import { type SQL, sql } from 'drizzle-orm'
import { type Db, firstRow } from '../../../../db/client.ts'
import { outboxInsert } from '../../../../jobs/sql.ts'
import { JOB } from '../../../../jobs/types.ts'
import type { Environment, ItemFacts, PurchaseFacts } from '../../ledger/facts.ts'

export interface PurchaseToken {
  readonly token_hash: string
  readonly token: string
  readonly product_id: string
  readonly linked_hash: string | null
  readonly is_acknowledged: boolean
  /** What is still waiting for its money cannot be acknowledged. */
  readonly is_pending: boolean
  readonly bought_at: Date
}

const MESSAGE_MS = 10 * 60_000

/**
 * Keeps a token, and has the purchase acknowledged if it belongs to somebody here. One that belongs to nobody is left, so that Google gives the money back.
 * It stands after the statement that keeps and binds the purchase. `kept` and `bound` say whether that did, because a caller may not be signed in. Answers the
 * outbox's ids.
 */
const keepToken = (
  { token_hash, token, product_id, linked_hash, is_acknowledged, is_pending, bought_at }: PurchaseToken,
  { kept, bound, subscription }: { readonly kept: SQL; readonly bound: SQL; readonly subscription: SQL },
  now: Date,
): SQL<{ id: string }> => sql`
    WITH kept AS (
      INSERT INTO store_tokens AS known (token_hash, token, product_id, subscription_id, linked_hash, is_acknowledged, is_bound, bought_at, next_at, read_at)
      SELECT ${token_hash}, ${token}, ${product_id}, (${subscription}), ${linked_hash}::text, ${is_acknowledged}, ${bound}, ${bought_at.toISOString()},
             CASE WHEN ${bound} AND NOT ${is_acknowledged} AND NOT ${is_pending} THEN ${new Date(now.getTime() + MESSAGE_MS).toISOString()}::timestamptz END, ${now.toISOString()}
      WHERE ${kept}
      ON CONFLICT (token_hash) DO UPDATE
      SET is_acknowledged = known.is_acknowledged OR excluded.is_acknowledged, is_bound = excluded.is_bound, read_at = excluded.read_at, bought_at = excluded.bought_at,
          subscription_id = coalesce(excluded.subscription_id, known.subscription_id), linked_hash = coalesce(excluded.linked_hash, known.linked_hash),
          next_at = CASE WHEN known.is_acknowledged OR excluded.is_acknowledged THEN NULL ELSE coalesce(known.next_at, excluded.next_at) END
      RETURNING known.token_hash, known.next_at
    )
    ${outboxInsert(
      JOB.acknowledge,
      sql`SELECT jsonb_build_object('token_hash', kept.token_hash) AS payload FROM kept WHERE kept.next_at = ${new Date(now.getTime() + MESSAGE_MS).toISOString()}`,
    )}`

// public: it belongs into the batch that has asked who the caller is.
/** The token of a subscription, once `apply_purchase` has kept that. */
export function keepSubscriptionToken(token: PurchaseToken, { environment, external_id }: PurchaseFacts, now: Date): SQL<{ id: string }> {
  const isIt = sql`subscriptions.provider = 'google_play' AND subscriptions.environment = ${environment}::purchase_environment AND subscriptions.external_id = ${external_id}`
  const bound = sql`EXISTS (SELECT 1 FROM subscriptions WHERE ${isIt} AND subscriptions.user_id IS NOT NULL)`
  const subscription = sql`SELECT subscriptions.id FROM subscriptions WHERE ${isIt}`
  return keepToken(token, { kept: sql`EXISTS (${subscription})`, bound, subscription }, now)
}

// public: it belongs into the batch that has asked who the caller is.
/** The token of a product that is bought once, when `apply_item` has kept that. */
export function keepItemToken(token: PurchaseToken, { environment, ref }: ItemFacts, now: Date): SQL<{ id: string }> {
  const purchase = sql`SELECT 1 FROM purchases
        WHERE purchases.provider = 'google_play' AND purchases.environment = ${environment}::purchase_environment AND purchases.ref = ${ref}`
  const bound = sql`EXISTS (${purchase} AND purchases.user_id IS NOT NULL)`
  return keepToken(token, { kept: sql`EXISTS (${purchase})`, bound, subscription: sql`SELECT NULL::uuid` }, now)
}

/** Null when it is not known, acknowledged already, bound to nobody, or gone. */
export function findUnacknowledged(
  db: Db,
  tokenHash: string,
): Promise<{ token: string; product_id: string; is_good: boolean; bought_at: string } | null> {
  return firstRow(
    db,
    sql`
    SELECT token, product_id, subscription_id IS NULL AS is_good, to_json(bought_at) AS bought_at
    FROM store_tokens
    WHERE token_hash = ${tokenHash} AND is_bound AND NOT is_acknowledged AND NOT is_gone`,
  )
}

export async function markAcknowledged(db: Db, tokenHash: string): Promise<void> {
  await db.execute(sql`UPDATE store_tokens SET is_acknowledged = true, next_at = NULL WHERE token_hash = ${tokenHash}`)
}

export async function dropAcknowledgement(db: Db, tokenHash: string): Promise<void> {
  await db.execute(sql`UPDATE store_tokens SET next_at = NULL WHERE token_hash = ${tokenHash}`)
}

export async function markGone(db: Db, tokenHash: string): Promise<void> {
  await db.execute(sql`UPDATE store_tokens SET is_gone = true, next_at = NULL WHERE token_hash = ${tokenHash}`)
}

/** Purchases whose acknowledgement is due (again). Answers the outbox's ids. */
export async function dispatchAcknowledgements(db: Db, now: Date, limit: number): Promise<string[]> {
  const again = new Date(now.getTime() + MESSAGE_MS).toISOString()
  const { rows } = await db.execute<{ id: string }>(sql`
    WITH due AS (
      UPDATE store_tokens
      SET next_at = ${again}
      WHERE token_hash IN (
        SELECT token_hash FROM store_tokens WHERE next_at <= ${now.toISOString()} ORDER BY next_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
      )
      RETURNING token_hash
    )
    ${outboxInsert(JOB.acknowledge, sql`SELECT jsonb_build_object('token_hash', due.token_hash) AS payload FROM due`)}`)
  return rows.map(({ id }) => id)
}

/** When the next acknowledgement is due, as a scalar of SQL. */
export const nextAcknowledgement: SQL = sql`SELECT min(next_at) FROM store_tokens WHERE next_at IS NOT NULL`

/** The token of a subscription, which the API wants whole. Null when Google has forgotten it. */
export function findToken(
  db: Db,
  tokenHash: string,
): Promise<{ token: string; product_id: string; environment: Environment | null; plan: string | null } | null> {
  return firstRow(
    db,
    sql`
    SELECT store_tokens.token, store_tokens.product_id, subscriptions.environment, subscriptions.plan
    FROM store_tokens
    LEFT JOIN subscriptions ON subscriptions.id = store_tokens.subscription_id
    WHERE store_tokens.token_hash = ${tokenHash} AND NOT store_tokens.is_gone`,
  )
}
