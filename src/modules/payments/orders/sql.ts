import { type SQL, sql } from 'drizzle-orm'
import type { ShownPayment } from './payment.ts'
import type { Folding } from '../ledger/sql.ts'

/** The `Order` of schema.ts as a scalar. `orders` must be in scope. */
export const orderJson: SQL = sql`(
      SELECT json_build_object(
        'order_id', orders.id,
        'product_id', orders.product_id,
        'name', goods.name,
        'amount_won', orders.amount_won,
        'state', CASE WHEN orders.state IN ('sending', 'unknown') THEN 'pending' ELSE orders.state::text END,
        'decline_code', orders.decline_code,
        'receipt_url', (
          SELECT payments.receipt_url
          FROM payments
          WHERE payments.provider = 'toss' AND payments.order_id = orders.id AND payments.kind = 'charge'
          ORDER BY payments.at DESC
          LIMIT 1
        ),
        'customer_key', orders.person_ref,
        'expires_at', orders.expires_at
      )
      FROM products goods
      WHERE goods.id = orders.product_id
    )`

export interface Settled {
  /** `unknown`: no order of ours is meant. `mismatch`: the payment cannot be that of its order. */
  readonly outcome: 'applied' | 'stale' | 'unknown' | 'mismatch'
  /** Notifications that are to be announced. */
  readonly told: string[]
}

/** Settles a payment of an order or a charge as the API of Toss has shown it, as a scalar `Settled`. `askedAt` is when the API was asked. It locks what it needs. */
export const settleOrder = (payment: ShownPayment, askedAt: Date, { now, countsSandbox }: Folding): SQL<Settled> =>
  sql`settle_order(${JSON.stringify(payment)}::jsonb, ${askedAt.toISOString()}, ${now.toISOString()}, ${countsSandbox})`
