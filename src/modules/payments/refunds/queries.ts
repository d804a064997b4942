import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { type Db, firstRow, runBatch } from '../../../db/client.ts'
import { viewer } from '../../../db/viewer.ts'
import { outboxInsert } from '../../../jobs/sql.ts'
import { JOB } from '../../../jobs/types.ts'
import type { ShownPayment } from '../orders/payment.ts'
import type { Folding } from '../ledger/sql.ts'
import { type Settled, settleOrder } from '../orders/sql.ts'

export interface OpenedRefund {
  readonly outcome: 'opened' | 'known' | 'conflict' | 'missing' | 'store' | 'account' | 'refused'
  readonly refund?: { readonly id: string; readonly amount_won: number; readonly state: 'due' | 'sending' | 'unknown' | 'done' | 'refused' }
  readonly store?: 'ios_iap' | 'google_play'
  readonly outbox_id?: string
}

/** Opens a refund, and ends at once what was paid for. */
export async function openRefund(
  db: Db,
  actor: Actor,
  { id, order_id, reason }: { id: string; order_id: string; reason: string },
  { now, countsSandbox }: Folding,
): Promise<OpenedRefund | null> {
  const row = await firstRow<{ opened: OpenedRefund }>(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT open_refund(viewer.id, ${order_id}, ${id}::uuid, ${reason}, ${now.toISOString()}, ${countsSandbox}) AS opened
    FROM viewer`,
  )
  return row && row.opened
}

/** An invocation finishes within this time. */
const LEASE_MS = 2 * 60_000
const DISPATCHED_MS = 10 * 60_000
const isOpen = sql`refunds.state IN ('due', 'sending', 'unknown')`

export interface ClaimedRefund {
  readonly id: string
  readonly payment_key: string
  readonly order_id: string
  readonly amount_won: number
  readonly reason: string
  readonly tries: number
  readonly created_at: string
  /** What was left of the payment when the refund was first sent. It changes only when Toss has refused the call for it, so that every try is the same call. */
  readonly left_won: number
}

export function claimRefund(db: Db, id: string, now: Date): Promise<ClaimedRefund | null> {
  const at = now.toISOString()
  const leaseEnd = new Date(now.getTime() + LEASE_MS).toISOString()
  return firstRow(
    db,
    sql`
    UPDATE refunds
    SET state = 'sending', lease_until = ${leaseEnd}, next_at = ${leaseEnd}, tries = refunds.tries + 1,
        left_won = coalesce(refunds.left_won, (
          SELECT sum(payments.amount_won) FROM payments WHERE payments.provider = 'toss' AND payments.order_id = refunds.order_id
        ), 0)
    WHERE refunds.id = ${id}
      AND CASE WHEN refunds.state = 'sending' THEN refunds.lease_until <= ${at} ELSE ${isOpen} AND refunds.next_at <= ${at} END
    RETURNING refunds.id, refunds.payment_key, refunds.order_id, refunds.amount_won, refunds.reason, refunds.tries, refunds.created_at, refunds.left_won`,
  )
}

/** Settles the payment as Toss shows it after a refund, and the refund. */
export async function settleRefund(
  db: Db,
  { id, payment, askedAt }: { id: string; payment: ShownPayment; askedAt: Date },
  folding: Folding,
): Promise<string[]> {
  const { settled } = await runBatch(db, {
    settled: sql<{ settled: Settled }>`SELECT ${settleOrder(payment, askedAt, folding)} AS settled`,
    refund: sql`
    UPDATE refunds
    SET state = 'done', code = NULL, lease_until = NULL, next_at = NULL, settled_at = ${folding.now.toISOString()}
    WHERE id = ${id}`,
  })
  return settled[0]!.settled.told
}

export async function refuseRefund(db: Db, id: string, code: string, now: Date): Promise<void> {
  await db.execute(sql`
    UPDATE refunds
    SET state = 'refused', code = ${code}, lease_until = NULL, next_at = NULL, settled_at = ${now.toISOString()}
    WHERE id = ${id} AND ${isOpen}`)
}

/** Has a refund sent again, of a payment of which `left_won` are left. */
export async function reviseRefund(db: Db, id: string, left_won: number, now: Date): Promise<void> {
  await db.execute(sql`
    UPDATE refunds
    SET state = 'due', left_won = ${left_won}, lease_until = NULL, next_at = ${now.toISOString()}, dispatched_until = NULL
    WHERE id = ${id}`)
}

/** Writes down that it is not known whether the money went back. `next_at` null: nobody asks any more. */
export async function leaveRefundUnknown(db: Db, id: string, next_at: Date | null, code: string): Promise<void> {
  await db.execute(sql`
    UPDATE refunds
    SET state = 'unknown', code = ${code.slice(0, 100)}, lease_until = NULL, next_at = ${next_at?.toISOString() ?? null}, dispatched_until = NULL
    WHERE id = ${id} AND ${isOpen}`)
}

/** Makes messages for refunds that are due. Answers the ids of the outbox rows. */
export async function dispatchRefunds(db: Db, limit: number, now: Date): Promise<string[]> {
  const at = now.toISOString()
  const { rows } = await db.execute<{ id: string }>(sql`
    WITH dispatched AS (
      UPDATE refunds
      SET dispatched_until = ${new Date(now.getTime() + DISPATCHED_MS).toISOString()}
      WHERE refunds.id IN (
        SELECT refunds.id
        FROM refunds
        WHERE ${isOpen} AND refunds.next_at <= ${at} AND (refunds.dispatched_until IS NULL OR refunds.dispatched_until <= ${at})
        ORDER BY refunds.next_at
        LIMIT ${limit}
        FOR UPDATE SKIP LOCKED
      )
      RETURNING refunds.id
    )
    ${outboxInsert(JOB.refund, sql`SELECT jsonb_build_object('refund_id', dispatched.id) AS payload FROM dispatched`)}`)
  return rows.map(({ id }) => id)
}

/** When the next refund is to be sent, as a scalar of SQL. */
export const nextRefund = (): SQL =>
  sql`SELECT min(greatest(refunds.next_at, refunds.dispatched_until)) FROM refunds WHERE ${isOpen} AND refunds.next_at IS NOT NULL`
