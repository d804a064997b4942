import { type SQL, sql } from 'drizzle-orm'
import { type Db, firstRow, runBatch } from '../../../db/client.ts'
import { outboxInsert } from '../../../jobs/sql.ts'
import { JOB } from '../../../jobs/types.ts'
import type { Folding } from '../ledger/sql.ts'
import type { ShownPayment } from '../orders/payment.ts'
import { type Settled as SettledPayment, settleOrder } from '../orders/sql.ts'
import type { ChargeId } from './schema.ts'

/** What a claimed charge is sent with. The functions claim_charge and settle_charge say what the words mean. */
export interface Claim {
  readonly outcome: 'send' | 'ask'
  readonly is_repeat: boolean
  readonly attempt: number
  readonly lease_until: string
  readonly order_id: string
  readonly amount_won: number
  readonly idempotency_key: string
  readonly sealed_key: string
  readonly customer_key: string
}
type NoClaim =
  | { readonly outcome: 'held' }
  | { readonly outcome: 'nothing'; readonly told?: string | null }
  | { readonly outcome: 'no_card'; readonly told: string | null }

/** What came of a charge. */
export type Settlement =
  | {
      readonly kind: 'done'
      readonly payment_key: string
      readonly method: string
      readonly approved_at: string | null
      readonly receipt_url: string | null
      readonly trace_id?: string | null
      /** The payment, where some of it has been given back since. */
      readonly given_back?: { readonly payment: ShownPayment; readonly askedAt: Date }
    }
  | { readonly kind: 'declined'; readonly code: string; readonly needs_new_card: boolean; readonly trace_id?: string | null }
  | { readonly kind: 'order_refused'; readonly code: string; readonly trace_id?: string | null }
  | { readonly kind: 'unknown'; readonly error: string; readonly trace_id?: string | null }
  | { readonly kind: 'absent' }

export interface Settled {
  readonly state: 'due' | 'sending' | 'unknown' | 'declined' | 'done' | 'given_up' | 'void'
  /** When there is something to do again. */
  readonly wake_at?: string | null
  /** Notifications. */
  readonly told: readonly string[]
}

type SettledRow = Omit<Settled, 'told'> & { readonly told?: string | null }
const settledOf = ({ told, ...settled }: SettledRow, more: readonly string[] = []): Settled => ({
  ...settled,
  told: [...(told ? [told] : []), ...more],
})

export async function claimCharge(
  db: Db,
  { subscription_id, period_no }: ChargeId,
  { now, countsSandbox }: Folding,
): Promise<Claim | NoClaim> {
  const row = await firstRow<{ claim: Claim | NoClaim }>(
    db,
    sql`SELECT claim_charge(${subscription_id}, ${period_no}, ${now.toISOString()}, ${countsSandbox}) AS claim`,
  )
  return row!.claim
}

export async function settleCharge(
  db: Db,
  { subscription_id, period_no }: ChargeId,
  { attempt, lease_until }: Claim,
  settlement: Settlement,
  { now, countsSandbox }: Folding,
): Promise<Settled> {
  const { given_back, ...said } = { given_back: undefined, ...settlement }
  const answer = JSON.stringify({ ...said, attempt, lease_until })
  const settling = sql<{ settled: SettledRow }>`
    SELECT settle_charge(${subscription_id}, ${period_no}, ${answer}::jsonb, ${now.toISOString()}, ${countsSandbox}) AS settled`
  if (!given_back) return settledOf((await firstRow<{ settled: SettledRow }>(db, settling))!.settled)
  const { charge, rest } = await runBatch(db, {
    charge: settling,
    rest: sql<{
      settled: SettledPayment
    }>`SELECT ${settleOrder(given_back.payment, given_back.askedAt, { now, countsSandbox })} AS settled`,
  })
  return settledOf(charge[0]!.settled, rest[0]!.settled.told)
}

/** Opens renewals that are about to fall due. */
export async function openRenewals(
  db: Db,
  limit: number,
  { now, countsSandbox }: Folding,
): Promise<{ listed: number; opened: number; first_at: string | null }> {
  const row = await firstRow<{ listed: number; opened: number; first_at: string | null }>(
    db,
    sql`SELECT listed, opened, to_json(first_at) AS first_at FROM open_renewals(${now.toISOString()}, ${limit}, ${countsSandbox})`,
  )
  return row!
}

/** Ends subscriptions that cannot go on. `told` are notifications. */
export async function endSubscriptions(
  db: Db,
  limit: number,
  { now, countsSandbox }: Folding,
): Promise<{ listed: number; ended: number; told: string[] }> {
  const row = await firstRow<{ listed: number; ended: number; told: string[] }>(
    db,
    sql`SELECT listed, ended, to_json(told) AS told FROM end_subscriptions(${now.toISOString()}, ${limit}, ${countsSandbox})`,
  )
  return row!
}

/** A message that did not come to be, or that died, is sent again after this time. */
const DISPATCHED_FOR = sql`interval '10 minutes'`
const IS_OPEN = sql`charges.state IN ('due', 'declined', 'unknown', 'sending')`

/** Puts charges that are due into the outbox. Answers the outbox rows. */
export async function dispatchCharges(db: Db, limit: number, now: Date): Promise<string[]> {
  const at = now.toISOString()
  const { rows } = await db.execute<{ id: string }>(sql`
    WITH sent AS (
      UPDATE charges
      SET dispatched_until = ${at}::timestamptz + ${DISPATCHED_FOR}
      WHERE (subscription_id, period_no) IN (
        SELECT charges.subscription_id, charges.period_no
        FROM charges
        WHERE ${IS_OPEN} AND charges.next_at <= ${at} AND (charges.dispatched_until IS NULL OR charges.dispatched_until <= ${at})
        ORDER BY charges.next_at
        LIMIT ${limit}
        FOR UPDATE SKIP LOCKED
      )
      RETURNING subscription_id, period_no
    )
    ${outboxInsert(JOB.charge, sql`SELECT jsonb_build_object('subscription_id', subscription_id, 'period_no', period_no) AS payload FROM sent`)}`)
  return rows.map(({ id }) => id)
}

/** When the next charge is to be sent, as a scalar of SQL. One whose message is on its way counts only when the message must be lost. */
export const nextDispatch = (now: Date): SQL => sql`
      SELECT least(
        (SELECT charges.next_at FROM charges WHERE ${IS_OPEN} AND charges.dispatched_until IS NULL AND charges.next_at IS NOT NULL ORDER BY charges.next_at LIMIT 1),
        (SELECT min(charges.dispatched_until) FROM charges WHERE ${IS_OPEN} AND charges.dispatched_until IS NOT NULL AND charges.next_at <= ${now.toISOString()})
      )`

/** What falls due later is left to the hourly task, so that a look at what comes next stays short. */
const AHEAD = sql`interval '2 hours'`
/** What comes after so many is looked at again when one of them has been opened or ended. */
const LOOKED_AT = 50

/** When the next renewal is to be opened, as a scalar of SQL. */
export const nextOpening = (now: Date): SQL => sql`
      SELECT min(renewal.ends_at) - interval '20 minutes' FROM upcoming_renewals(${now.toISOString()}::timestamptz + ${AHEAD}, true, ${LOOKED_AT}, 1) AS renewal`

/** When the next subscription is to be ended, as a scalar of SQL. */
export const nextEnd = (now: Date): SQL => sql`
      SELECT least(
        (SELECT min(renewal.ends_at) FROM upcoming_renewals(${now.toISOString()}::timestamptz + ${AHEAD}, false, ${LOOKED_AT}, 1) AS renewal),
        (SELECT min(declined.over_at) FROM declined_charges(100) AS declined)
      )`
