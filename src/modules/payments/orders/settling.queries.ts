import { sql } from 'drizzle-orm'
import { type Db, runBatch } from '../../../db/client.ts'
import type { ShownPayment } from './payment.ts'
import type { Folding } from '../ledger/sql.ts'
import type { Order } from './schema.ts'
import { orderJson, type Settled, settleOrder } from './sql.ts'

/** Settles a payment, and reads the order that it pays. */
export async function settlePayment(
  db: Db,
  payment: ShownPayment,
  askedAt: Date,
  folding: Folding,
): Promise<Settled & { order: Order | null }> {
  const { settled, order } = await runBatch(db, {
    settled: sql<{ settled: Settled }>`SELECT ${settleOrder(payment, askedAt, folding)} AS settled`,
    order: sql<{ order: Order }>`SELECT ${orderJson} AS order FROM orders WHERE orders.id = ${payment.order_id}`,
  })
  return { ...settled[0]!.settled, order: order[0]?.order ?? null }
}
