import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { answerOf, type Db, firstRow, runBatch } from '../../../db/client.ts'
import { lockViewer, viewer } from '../../../db/viewer.ts'
import { hasBought } from '../../subscriptions/sql.ts'
import { type Folding, priceOf } from '../ledger/sql.ts'
import { orderJson } from './sql.ts'
import type { Order } from './schema.ts'

/** Of plans only the year may be paid at once. It is not renewed. */
const PAID_YEAR = 'annual'

export interface NewOrder {
  readonly id: string
  readonly request_hash: string
  readonly product: string
  readonly anyway: boolean
  readonly expires_at: string
}

export interface OrderAnswer {
  readonly order: Order | null
  readonly request_hash: string | null
  readonly is_id_taken: boolean
  readonly is_sold: boolean
  readonly is_owned: boolean
  readonly is_subscribed: boolean
}

/** Makes an order with our price. */
export function insertOrder(
  db: Db,
  actor: Actor,
  { id, request_hash, product, anyway, expires_at }: NewOrder,
  { now, countsSandbox }: Folding,
): Promise<OrderAnswer | null> {
  const at = now.toISOString()
  const isSold = sql`products.is_active AND (products.plan IS NULL OR products.plan = ${PAID_YEAR})`
  const isOwned = hasBought(sql`viewer.id`, sql`products.id`, countsSandbox)
  const isSubscribed = sql`(products.plan IS NOT NULL AND EXISTS (
          SELECT 1
          FROM subscriptions
          WHERE subscriptions.user_id = viewer.id AND subscriptions.superseded_at IS NULL AND greatest(subscriptions.ends_at, subscriptions.grace_ends_at) > ${at}
        ))`
  return answerOf(db, {
    lock: lockViewer(actor),
    made: sql`
    WITH ${viewer(actor)}
    INSERT INTO orders (id, user_id, person_ref, product_id, amount_won, request_hash, created_at, expires_at)
    SELECT ${id}, viewer.id, users.store_account_token, products.id,
           coalesce(products.price_won, ${priceOf(sql`products.plan`, sql`${at}::timestamptz`)}), ${request_hash}, ${at}, ${expires_at}
    FROM viewer
    JOIN users ON users.id = viewer.id
    JOIN products ON products.id = ${product}
    WHERE ${isSold} AND NOT ${isOwned} AND (${anyway} OR NOT ${isSubscribed})
    ON CONFLICT (id) DO NOTHING`,
    answer: sql<OrderAnswer>`
    WITH ${viewer(actor)}
    SELECT CASE WHEN orders.id IS NOT NULL THEN ${orderJson} END AS order,
           orders.request_hash,
           EXISTS (SELECT 1 FROM orders taken WHERE taken.id = ${id}) AS is_id_taken,
           coalesce(${isSold}, false) AS is_sold,
           coalesce(${isOwned}, false) AS is_owned,
           coalesce(${isSubscribed}, false) AS is_subscribed
    FROM viewer
    LEFT JOIN products ON products.id = ${product}
    LEFT JOIN orders ON orders.id = ${id} AND orders.user_id = viewer.id`,
  })
}

export function findOrder(db: Db, actor: Actor, id: string): Promise<{ order: Order | null } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (SELECT ${orderJson} FROM orders WHERE orders.id = ${id} AND orders.user_id = viewer.id) AS order
    FROM viewer`,
  )
}

/** Nobody else confirms the order in this time. Toss may take a minute. */
const LEASE_MS = 2 * 60_000
const leaseEnd = (now: Date) => new Date(now.getTime() + LEASE_MS).toISOString()

export interface ClaimAnswer {
  readonly order: Order | null
  readonly is_same_payment: boolean
  readonly is_expired: boolean
  readonly is_owned: boolean
}

/** Takes the right to confirm a payment for an order. Nobody has it twice, and not for another payment while the outcome of the first is open. */
export async function claimOrder(
  db: Db,
  actor: Actor,
  { payment_key, order_id, amount }: { payment_key: string; order_id: string; amount: number },
  { now, countsSandbox }: Folding,
): Promise<{ answer: ClaimAnswer; is_claimed: boolean } | null> {
  const at = now.toISOString()
  const isOwned = sql`(${hasBought(sql`viewer.id`, sql`orders.product_id`, countsSandbox)} OR EXISTS (
          SELECT 1
          FROM orders other
          WHERE other.user_id = viewer.id AND other.product_id = orders.product_id AND other.id <> orders.id AND other.state IN ('sending', 'unknown')
        ))`
  const { claimed, answer } = await runBatch(db, {
    lock: lockViewer(actor),
    claimed: sql<{ id: string }>`
    WITH ${viewer(actor)}
    UPDATE orders
    SET state = 'sending', payment_key = ${payment_key}, lease_until = ${leaseEnd(now)}, next_at = ${leaseEnd(now)}, decline_code = NULL,
        tries = CASE WHEN orders.payment_key = ${payment_key} THEN orders.tries ELSE 0 END
    FROM viewer
    WHERE orders.id = ${order_id}
      AND orders.user_id = viewer.id
      AND orders.amount_won = ${amount}
      AND CASE
        WHEN orders.state IN ('open', 'failed') THEN orders.expires_at > ${at} AND NOT ${isOwned}
        WHEN orders.state = 'unknown' THEN orders.payment_key = ${payment_key}
        WHEN orders.state = 'sending' THEN orders.payment_key = ${payment_key} AND orders.lease_until <= ${at}
        ELSE false
      END
      AND NOT EXISTS (SELECT 1 FROM orders other WHERE other.payment_key = ${payment_key} AND other.id <> orders.id)
    RETURNING orders.id`,
    answer: sql<ClaimAnswer>`
    WITH ${viewer(actor)}
    SELECT CASE WHEN orders.id IS NOT NULL THEN ${orderJson} END AS order,
           coalesce(orders.payment_key = ${payment_key}, false) AS is_same_payment,
           coalesce(orders.expires_at <= ${at}, false) AS is_expired,
           coalesce(${isOwned}, false) AS is_owned
    FROM viewer
    LEFT JOIN orders ON orders.id = ${order_id} AND orders.user_id = viewer.id`,
  })
  return answer[0] ? { answer: answer[0], is_claimed: claimed.length > 0 } : null
}

export interface SentOrder {
  readonly id: string
  readonly payment_key: string
  readonly amount_won: number
  readonly tries: number
}

export interface OpenOrder extends SentOrder {
  /** Whether its person is still here. */
  readonly is_wanted: boolean
}

/** How long the outcome of a payment is asked for. Toss forgets an idempotency key after fifteen days. */
const ASKED_DAYS = 14

const isOpen = sql`orders.state IN ('sending', 'unknown')`

/** Takes up to `limit` orders whose outcome is open and to be asked for. `overdue` are those that are given up on, for somebody to look at. */
export async function claimOpenOrders(db: Db, limit: number, now: Date): Promise<{ claimed: OpenOrder[]; overdue: { id: string }[] }> {
  const at = now.toISOString()
  const isOverdue = sql`orders.created_at <= ${at}::timestamptz - ${ASKED_DAYS} * interval '1 day'`
  return runBatch(db, {
    overdue: sql<{ id: string }>`
    UPDATE orders
    SET next_at = NULL
    WHERE ${isOpen} AND orders.next_at <= ${at} AND ${isOverdue}
    RETURNING orders.id`,
    claimed: sql<OpenOrder>`
    UPDATE orders
    SET state = 'sending', lease_until = ${leaseEnd(now)}, next_at = ${leaseEnd(now)}, tries = orders.tries + 1
    WHERE orders.id IN (
      SELECT orders.id
      FROM orders
      WHERE ${isOpen} AND orders.next_at <= ${at}
      ORDER BY orders.next_at
      LIMIT ${limit}
      FOR UPDATE SKIP LOCKED
    )
    RETURNING orders.id, orders.payment_key, orders.amount_won, orders.tries,
              EXISTS (SELECT 1 FROM users WHERE users.id = orders.user_id AND users.deleted_at IS NULL AND users.banned_at IS NULL) AS is_wanted`,
  })
}

/** When the outcome of an order is to be asked for next, as a scalar of SQL. */
export const nextAsking = (): SQL => sql`SELECT min(orders.next_at) FROM orders WHERE ${isOpen}`

const readOrder = (id: string) => sql<{ order: Order }>`SELECT ${orderJson} AS order FROM orders WHERE orders.id = ${id}`

/** Writes down that nothing was charged. Another payment may be made. */
export function declineOrder(
  db: Db,
  { id, payment_key, code }: { id: string; payment_key: string; code: string },
  now: Date,
): Promise<{ order: Order } | null> {
  return answerOf(db, {
    declined: sql`
    UPDATE orders
    SET state = 'failed', decline_code = ${code}, lease_until = NULL, next_at = NULL, settled_at = ${now.toISOString()}
    WHERE id = ${id} AND payment_key = ${payment_key} AND state IN ('sending', 'unknown')`,
    answer: readOrder(id),
  })
}

/** Writes down that it is not known whether the order is paid. */
export function leaveOrderUnknown(
  db: Db,
  { id, payment_key, next_at }: { id: string; payment_key: string; next_at: Date },
): Promise<{ order: Order } | null> {
  return answerOf(db, {
    unknown: sql`
    UPDATE orders
    SET state = 'unknown', lease_until = NULL, next_at = ${next_at.toISOString()}
    WHERE id = ${id} AND payment_key = ${payment_key} AND state IN ('sending', 'unknown')`,
    answer: readOrder(id),
  })
}
