import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import type { Creation } from '../../../core/idempotency.ts'
import { type Db, firstRow, runBatch } from '../../../db/client.ts'
import { lockViewer, viewer } from '../../../db/viewer.ts'
import { notify } from '../../notifications/sql.ts'
import { type Folding, priceOf, stateOf } from '../ledger/sql.ts'
import type { Card, Subscription } from '../subscription/schema.ts'
import { manageUrlOf, subscriptionJson } from '../subscription/sql.ts'
import { type Pads, padArguments } from './sql.ts'

/** What stands of a subscription that was asked for. */
export interface Begun {
  readonly subscription: Subscription | null
  readonly request_hash: string | null
  /** Whether the id is taken, by whomever. */
  readonly is_id_taken: boolean
  /** Of the first charge without a trial. */
  readonly charge_state: string | null
  readonly decline_code: string | null
}

const begunOf = (id: string, now: Date): SQL => sql`
           CASE WHEN subscriptions.id IS NOT NULL THEN ${subscriptionJson(now)} END AS subscription,
           subscriptions.request_hash,
           EXISTS (SELECT 1 FROM subscriptions taken WHERE taken.id = ${id}) AS is_id_taken,
           first.state AS charge_state,
           first.decline_code
    FROM viewer
    JOIN users ON users.id = viewer.id
    LEFT JOIN subscriptions ON subscriptions.id = ${id} AND subscriptions.user_id = viewer.id
    LEFT JOIN charges first ON first.subscription_id = subscriptions.id AND first.period_no = 0 AND NOT first.has_grace`

export interface Prospect extends Begun {
  readonly is_plan_known: boolean
  readonly is_subscribed: boolean
  readonly customer_key: string
}

/** What must be known before a card is registered. */
export function findProspect(db: Db, actor: Actor, id: string, plan: string, now: Date): Promise<Prospect | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT EXISTS (SELECT 1 FROM plans WHERE plans.code = ${plan} AND plans.is_active) AS is_plan_known,
           EXISTS (
             SELECT 1 FROM subscriptions WHERE subscriptions.user_id = viewer.id AND ${stateOf(now)} NOT IN ('expired', 'revoked', 'superseded')
           ) AS is_subscribed,
           users.store_account_token::text AS customer_key,
           ${begunOf(id, now)}`,
  )
}

export interface CardRow {
  readonly id: string
  readonly customer_key: string
  readonly sealed_key: string
  readonly key_hash: string
  readonly card: Card
}

export interface NewSubscription extends Creation {
  readonly plan: string
  readonly anyway: boolean
  readonly trial_only: boolean
  readonly document_version: string
  /** The keyed hash of the card, or null when Toss did not say which card it is. Then there is no trial. */
  readonly trial_key: string | null
  readonly card_row: CardRow
}

export interface Start extends Begun {
  readonly outcome: 'started' | 'known' | 'unknown_plan' | 'already_subscribed' | 'trial_used' | 'card_replaced'
  /** Whether a subscription has the registered card. */
  readonly is_card_kept: boolean
  /** Notifications to be announced. */
  readonly told: string[]
}

export async function insertSubscription(
  db: Db,
  actor: Actor,
  asked: NewSubscription,
  pads: Pads,
  { now, countsSandbox }: Folding,
): Promise<Start | null> {
  const at = now.toISOString()
  const { started, told, answer } = await runBatch(db, {
    lock: lockViewer(actor),
    started: sql<Pick<Start, 'outcome'>>`
    WITH ${viewer(actor)}
    SELECT start_subscription(viewer.id, ${JSON.stringify(asked)}::jsonb, ${padArguments(pads)}, ${at}, ${countsSandbox}) AS outcome
    FROM viewer`,
    told: notify(
      'trial_started',
      sql`
      SELECT subscriptions.user_id, subscriptions.id::text AS topic, NULL::uuid AS sender_id,
             jsonb_build_object('ends_at', subscriptions.trial_ends_at, 'price_won', ${priceOf(sql`subscriptions.plan`, sql`subscriptions.trial_ends_at`)}) AS facts
      FROM subscriptions
      WHERE subscriptions.id = ${asked.id} AND subscriptions.user_id = ${actor.user_id} AND subscriptions.created_at = ${at} AND subscriptions.trial_ends_at IS NOT NULL`,
      sql`${at}::timestamptz`,
    ),
    answer: sql<Begun & Pick<Start, 'is_card_kept'>>`
    WITH ${viewer(actor)}
    SELECT EXISTS (SELECT 1 FROM billing_keys WHERE billing_keys.key_hash = ${asked.card_row.key_hash}) AS is_card_kept,
           ${begunOf(asked.id, now)}`,
  })
  return answer[0] && started[0] ? { ...answer[0], ...started[0], told: told.map((row) => row.id) } : null
}

export function findBegun(db: Db, actor: Actor, id: string, now: Date): Promise<Begun | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT ${begunOf(id, now)}`,
  )
}

const ofToss = (now: Date): SQL => sql`
    LEFT JOIN subscriptions ON subscriptions.id = toss_subscription_of(viewer.id, ${now.toISOString()})`

export interface Charged {
  readonly subscription: Subscription | null
  readonly billing_key_id: string | null
  readonly customer_key: string
  readonly manage_url: string | null
}

/** The subscription whose card can be replaced. */
export function findCharged(db: Db, actor: Actor, now: Date): Promise<Charged | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT CASE WHEN subscriptions.id IS NOT NULL THEN ${subscriptionJson(now)} END AS subscription,
           subscriptions.billing_key_id,
           users.store_account_token::text AS customer_key,
           ${manageUrlOf(sql`viewer.id`, now)} AS manage_url
    FROM viewer
    JOIN users ON users.id = viewer.id${ofToss(now)}`,
  )
}

export interface Replacement {
  readonly outcome: 'done' | 'none' | 'card_replaced'
  readonly subscription_id?: string
  /** Of a charge that is due now. */
  readonly period_no?: number | null
}

export async function updateCard(
  db: Db,
  actor: Actor,
  cardRow: CardRow,
  now: Date,
): Promise<{ replacement: Replacement; subscription: Subscription | null } | null> {
  const { replaced, answer } = await runBatch(db, {
    lock: lockViewer(actor),
    replaced: sql<{ replacement: Replacement }>`
    WITH ${viewer(actor)}
    SELECT replace_card(viewer.id, ${JSON.stringify(cardRow)}::jsonb, ${now.toISOString()}) AS replacement
    FROM viewer`,
    answer: sql<{ subscription: Subscription | null }>`
    WITH ${viewer(actor)}
    SELECT CASE WHEN subscriptions.id IS NOT NULL THEN ${subscriptionJson(now)} END AS subscription
    FROM viewer${ofToss(now)}`,
  })
  return replaced[0] && answer[0] ? { ...replaced[0], ...answer[0] } : null
}
