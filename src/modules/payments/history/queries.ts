import { sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { type Db, firstRow } from '../../../db/client.ts'
import { viewer } from '../../../db/viewer.ts'
import type { Payment } from './schema.ts'

export type Position = readonly [at: string, provider: string, transaction_id: string, kind: string]

export interface PaymentRow {
  readonly payment: Payment
  readonly position: Position
}

/** The ledger of the viewer, newest first, one more than `limit`. */
export async function listPayments(
  db: Db,
  actor: Actor,
  { after, limit }: { after: Position | null; limit: number },
): Promise<{ rows: PaymentRow[] } | null> {
  const before = after
    ? sql`(payments.at, payments.provider::text, payments.transaction_id, payments.kind::text) < (${after[0]}::timestamptz, ${after[1]}, ${after[2]}, ${after[3]})`
    : sql`true`
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT coalesce(json_agg(page.row ORDER BY page.at DESC, page.provider DESC, page.transaction_id DESC, page.kind DESC), '[]')
      FROM (
        SELECT payments.at, payments.provider::text AS provider, payments.transaction_id, payments.kind::text AS kind,
               json_build_object(
                 'payment', json_build_object(
                   'at', payments.at, 'product_id', payments.product_id, 'name', products.name, 'kind', payments.kind, 'amount_won', payments.amount_won,
                   'currency', payments.currency, 'method', payments.provider, 'paid_with', CASE WHEN payments.provider = 'toss' THEN payments.method END,
                   'order_id', coalesce(payments.order_id, payments.transaction_id), 'receipt_url', payments.receipt_url,
                   'refund', CASE WHEN payments.kind = 'charge' THEN (
                     SELECT json_build_object(
                       'amount_won', refunds.amount_won, 'state', CASE WHEN refunds.state IN ('done', 'refused') THEN refunds.state::text ELSE 'pending' END
                     )
                     FROM refunds
                     WHERE refunds.order_id = payments.order_id
                     ORDER BY refunds.created_at DESC, refunds.id
                     LIMIT 1
                   ) END
                 ),
                 'position', json_build_array(payments.at, payments.provider, payments.transaction_id, payments.kind)
               ) AS row
        FROM payments
        JOIN products ON products.id = payments.product_id
        WHERE payments.user_id = viewer.id AND ${before}
        ORDER BY payments.at DESC, payments.provider::text DESC, payments.transaction_id DESC, payments.kind::text DESC
        LIMIT ${limit + 1}
      ) AS page
    ) AS rows
    FROM viewer`,
  )
}
