import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { type Db, runBatch } from '../../../db/client.ts'
import { viewer } from '../../../db/viewer.ts'
import type { ProviderEvent } from '../events/event.ts'
import { keepEvent, unparkEvents } from '../events/sql.ts'
import { isPremium } from '../../subscriptions/sql.ts'
import type { Applied, ItemFacts, PurchaseFacts } from '../ledger/facts.ts'
import { applyItem, applyPurchase, type Folding } from '../ledger/sql.ts'
import { tellSubscriber } from '../notices/sql.ts'
import { subscriptionJson } from '../subscription/sql.ts'
import type { Purchase } from './schema.ts'

/** Rows of the outbox that the purchase needs, as a statement that answers their ids. It comes after the purchase has its owner. */
type Outbox = SQL<{ id: string }>
const NOTHING: Outbox = sql`SELECT NULL::uuid AS id WHERE false`

export interface Claimed {
  readonly outcome: Applied['outcome']
  readonly outbox_ids: readonly string[]
  readonly purchase: Pick<Purchase, 'premium' | 'subscription' | 'item'>
}

/** The row of a purchase that `apply_purchase` has kept. `subscriptions` must be in scope. */
const isIt = ({ provider, environment, external_id }: Pick<PurchaseFacts, 'provider' | 'environment' | 'external_id'>): SQL =>
  sql`subscriptions.provider = ${provider}::payment_provider AND subscriptions.environment = ${environment}::purchase_environment AND subscriptions.external_id = ${external_id}`

/** What came of a claim. Whoever was refused sees nothing of the purchase. */
const answerClaim = (
  [applied]: readonly Pick<Claimed, 'outcome'>[],
  outbox: readonly { id: string }[],
  [purchase = { premium: false, item: null, subscription: null }]: readonly Claimed['purchase'][],
): Claimed | null => (applied ? { outcome: applied.outcome, outbox_ids: outbox.map(({ id }) => id), purchase } : null)

/** Keeps messages of a store, each once. Answers the outbox's ids, which are none for a repeat. */
export async function insertEvents(db: Db, events: readonly ProviderEvent[], now: Date): Promise<string[]> {
  if (events.length === 0) return []
  const { kept } = await runBatch(db, { kept: events.map((event) => ({ event: keepEvent(event, { now }) })) })
  return kept.flatMap(({ event }) => event.map(({ id }) => id))
}

/** A person proves to hold a subscription of a store. Null when they are not signed in. */
export async function claimPurchase(
  db: Db,
  actor: Actor,
  purchase: PurchaseFacts,
  folding: Folding,
  outbox: Outbox = NOTHING,
): Promise<Claimed | null> {
  const {
    applied,
    answer,
    outbox: sent,
  } = await runBatch(db, {
    applied: sql<{ outcome: Applied['outcome'] }>`
      WITH ${viewer(actor)}
      SELECT ${applyPurchase(purchase, folding)} ->> 'outcome' AS outcome
      FROM viewer`,
    unparked: sql`${unparkEvents(purchase.provider, purchase.external_id, folding.now)}
        AND EXISTS (SELECT 1 FROM subscriptions WHERE ${isIt(purchase)} AND subscriptions.user_id IS NOT NULL)`,
    outbox,
    answer: sql<Claimed['purchase']>`
      SELECT ${isPremium(sql`${actor.user_id}::uuid`, folding.now)} AS premium, NULL AS item, ${subscriptionJson(folding.now)} AS subscription
      FROM subscriptions
      WHERE ${isIt(purchase)} AND subscriptions.user_id = ${actor.user_id}`,
  })
  return answerClaim(applied, sent, answer)
}

/** A person proves to hold a product that is bought once. Events are about `external_id`. Null when they are not signed in. */
export async function claimItem(
  db: Db,
  actor: Actor,
  item: ItemFacts,
  folding: Folding,
  { external_id, outbox }: { external_id: string; outbox: Outbox } = { external_id: item.ref, outbox: NOTHING },
): Promise<Claimed | null> {
  const {
    applied,
    answer,
    outbox: sent,
  } = await runBatch(db, {
    applied: sql<{ outcome: Applied['outcome'] }>`
      WITH ${viewer(actor)}
      SELECT ${applyItem(item, folding)} ->> 'outcome' AS outcome
      FROM viewer`,
    unparked: sql`${unparkEvents(item.provider, external_id, folding.now)}
        AND EXISTS (
        SELECT 1 FROM purchases WHERE purchases.provider = ${item.provider}::payment_provider AND purchases.ref = ${item.ref} AND purchases.user_id IS NOT NULL
        )`,
    outbox,
    answer: sql<Claimed['purchase']>`
      SELECT ${isPremium(sql`${actor.user_id}::uuid`, folding.now)} AS premium, NULL AS subscription,
             json_build_object('product_id', purchases.product_id, 'bought_at', purchases.granted_at, 'revoked_at', purchases.revoked_at) AS item
      FROM purchases
      WHERE purchases.provider = ${item.provider}::payment_provider AND purchases.environment = ${item.environment}::purchase_environment
        AND purchases.ref = ${item.ref} AND purchases.user_id = ${actor.user_id}`,
  })
  return answerClaim(applied, sent, answer)
}

/** What a store itself has said about a subscription, and what its owner is told of it. Answers the notifications' ids. */
export async function takePurchase(
  db: Db,
  purchase: PurchaseFacts,
  folding: Folding,
  outbox: Outbox = NOTHING,
): Promise<{ outcome: Applied['outcome']; told: string[]; outbox_ids: string[] }> {
  const {
    applied,
    told,
    outbox: sent,
  } = await runBatch(db, {
    applied: sql<{ outcome: Applied['outcome'] }>`SELECT ${applyPurchase(purchase, folding)} ->> 'outcome' AS outcome`,
    outbox,
    telling: tellSubscriber(sql`(SELECT subscriptions.id FROM subscriptions WHERE ${isIt(purchase)})`, folding.now),
    told: sql<{ id: string }>`
      SELECT caused_notifications(subscriptions.user_id, ${folding.now.toISOString()}) AS id
      FROM subscriptions
      WHERE ${isIt(purchase)} AND subscriptions.user_id IS NOT NULL`,
  })
  return { outcome: applied[0]?.outcome ?? 'stale', told: told.map(({ id }) => id), outbox_ids: sent.map(({ id }) => id) }
}

/** What a store itself has said about a product that is bought once. */
export async function takeItem(
  db: Db,
  item: ItemFacts,
  folding: Folding,
  outbox: Outbox = NOTHING,
): Promise<{ outcome: Applied['outcome']; outbox_ids: string[] }> {
  const { applied, outbox: sent } = await runBatch(db, {
    applied: sql<{ outcome: Applied['outcome'] }>`SELECT ${applyItem(item, folding)} ->> 'outcome' AS outcome`,
    outbox,
  })
  return { outcome: applied[0]?.outcome ?? 'stale', outbox_ids: sent.map(({ id }) => id) }
}
