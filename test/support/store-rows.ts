import { sql } from 'drizzle-orm'
import { createTestDeps } from './api.ts'

export interface StoreRows {
  /** From its purchase on, in seconds, so that purchases at different times can be compared. */
  readonly periods: readonly { starts: number; ends: number; is_revoked: boolean }[]
  readonly ledger: readonly string[]
  readonly subscription: { state: string; auto_renew: boolean; is_revoked: boolean } | undefined
  readonly outcomes: readonly string[]
}

/** What is here of a subscription of a store, by its external id. */
export async function storeRows(external_id: string, now = new Date()): Promise<StoreRows> {
  const { db } = createTestDeps()
  const { rows: periods } = await db.execute<StoreRows['periods'][number] & Record<string, unknown>>(sql`
    SELECT round(extract(epoch FROM premium_periods.starts_at - min(premium_periods.starts_at) OVER ()))::int AS starts,
           round(extract(epoch FROM premium_periods.ends_at - min(premium_periods.starts_at) OVER ()))::int AS ends, premium_periods.revoked_at IS NOT NULL AS is_revoked
    FROM premium_periods
    JOIN subscriptions ON subscriptions.id = premium_periods.subscription_id
    WHERE subscriptions.external_id = ${external_id}
    ORDER BY 1, 2`)
  const { rows: ledger } = await db.execute<{ row: string }>(sql`
    SELECT concat_ws(' ', payments.kind, payments.amount_won) AS row
    FROM payments
    JOIN subscriptions ON subscriptions.id = payments.subscription_id
    WHERE subscriptions.external_id = ${external_id}
    ORDER BY 1`)
  const { rows: subscriptions } = await db.execute<NonNullable<StoreRows['subscription']>>(sql`
    SELECT subscription_state(subscriptions, ${now.toISOString()}) AS state, auto_renew, is_revoked FROM subscriptions WHERE external_id = ${external_id}`)
  const { rows: events } = await db.execute<{ outcome: string }>(
    sql`SELECT coalesce(outcome::text, 'open') AS outcome FROM provider_events WHERE external_id = ${external_id} ORDER BY 1`,
  )
  return {
    periods,
    ledger: ledger.map(({ row }) => row),
    subscription: subscriptions[0],
    outcomes: events.map(({ outcome }) => outcome),
  }
}
