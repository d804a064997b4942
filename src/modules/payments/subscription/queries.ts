import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { type Db, firstRow, runBatch } from '../../../db/client.ts'
import { lockViewer, viewer } from '../../../db/viewer.ts'
import { premiumUntil } from '../../subscriptions/sql.ts'
import { type Folding, stateOf } from '../ledger/sql.ts'
import type { DecideCharge, OwnSubscriptions, Plan, Subscription } from './schema.ts'
import { manageUrlOf, subscriptionJson } from './sql.ts'

export type OwnRow = Omit<OwnSubscriptions, 'premium'>

export function listOwnSubscriptions(db: Db, actor: Actor, now: Date): Promise<OwnRow | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT to_json(${premiumUntil(sql`viewer.id`, now)}) AS premium_until, coalesce(own.going_on > 1, false) AS also_active, coalesce(own.list, '[]') AS subscriptions
    FROM viewer
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE ${stateOf(now)} NOT IN ('cancelled', 'expired', 'revoked', 'superseded')) AS going_on,
             json_agg(${subscriptionJson(now)} ORDER BY subscriptions.created_at DESC, subscriptions.id) AS list
      FROM subscriptions
      WHERE subscriptions.user_id = viewer.id
    ) AS own`,
  )
}

export interface Cancelled {
  readonly outcome: 'cancelled' | 'none'
  readonly ends_at: string | null
}

export async function cancelSubscriptions(
  db: Db,
  actor: Actor,
  { now, countsSandbox }: Folding,
): Promise<{ cancelled: Cancelled; manage_url: string | null } | null> {
  const { answer } = await runBatch(db, {
    lock: lockViewer(actor),
    answer: sql<{ cancelled: Cancelled; manage_url: string | null }>`
    WITH ${viewer(actor)}
    SELECT cancel_subscriptions(viewer.id, ${now.toISOString()}, ${countsSandbox}) AS cancelled, ${manageUrlOf(sql`viewer.id`, now)} AS manage_url
    FROM viewer`,
  })
  return answer[0] ?? null
}

/** What became of a change, and the subscription at Toss as it is now. */
export interface Changed {
  readonly outcome: 'done' | 'none' | 'not_open' | 'unknown_plan' | 'amount_mismatch'
  readonly subscription: Subscription | null
  /** Of a store, where there is none at Toss. */
  readonly manage_url: string | null
}

async function change(db: Db, actor: Actor, call: SQL, now: Date): Promise<Changed | null> {
  const { change: outcomes, answer } = await runBatch(db, {
    lock: lockViewer(actor),
    change: sql<Pick<Changed, 'outcome'>>`
    WITH ${viewer(actor)}
    SELECT ${call} AS outcome
    FROM viewer`,
    answer: sql<Omit<Changed, 'outcome'>>`
    WITH ${viewer(actor)}
    SELECT CASE WHEN subscriptions.id IS NOT NULL THEN ${subscriptionJson(now)} END AS subscription, ${manageUrlOf(sql`viewer.id`, now)} AS manage_url
    FROM viewer
    LEFT JOIN subscriptions ON subscriptions.id = toss_subscription_of(viewer.id, ${now.toISOString()})`,
  })
  return outcomes[0] && answer[0] ? { ...outcomes[0], ...answer[0] } : null
}

export const updateRenewal = (db: Db, actor: Actor, { now }: Folding): Promise<Changed | null> =>
  change(db, actor, sql`resume_subscription(viewer.id, ${now.toISOString()})`, now)

export const updatePlan = (db: Db, actor: Actor, plan: Plan, version: string, { now, countsSandbox }: Folding): Promise<Changed | null> =>
  change(db, actor, sql`change_plan(viewer.id, ${plan}, ${version}, ${now.toISOString()}, ${countsSandbox})`, now)

export const insertConsent = (
  db: Db,
  actor: Actor,
  { kind, agreed, price_won }: DecideCharge,
  version: string,
  { now, countsSandbox }: Folding,
): Promise<Changed | null> =>
  change(
    db,
    actor,
    sql`decide_charge_consent(viewer.id, ${kind}, ${agreed}, ${price_won}, ${version}, ${now.toISOString()}, ${countsSandbox})`,
    now,
  )
