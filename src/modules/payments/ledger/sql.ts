import { type SQL, sql } from 'drizzle-orm'
import type { Applied, ItemFacts, PurchaseFacts } from './facts.ts'

/** When and where facts are folded. `countsSandbox`: whether purchases of a store's sandbox make everybody premium, as they do outside production. */
export interface Folding {
  readonly now: Date
  readonly countsSandbox: boolean
}

/** Takes in what a store says, as a scalar `Applied`. It locks what it needs. */
export const applyPurchase = (purchase: PurchaseFacts, { now, countsSandbox }: Folding): SQL<Applied> =>
  sql`apply_purchase(${JSON.stringify(purchase)}::jsonb, ${now.toISOString()}, ${countsSandbox})`

/** Takes in what a store says about a product that is bought once, as a scalar like `Applied` without `subscription_id`. */
export const applyItem = (item: ItemFacts, { now }: Pick<Folding, 'now'>): SQL<Omit<Applied, 'subscription_id'>> =>
  sql`apply_item(${JSON.stringify(item)}::jsonb, ${now.toISOString()})`

/** What a subscription is now (docs/product.md#premium). `subscriptions` must be in scope. */
export const stateOf = (now: Date): SQL<string> => sql`subscription_state(subscriptions, ${now.toISOString()})`

/** The price of a plan for a period that begins then, as a scalar. */
export const priceOf = (plan: SQL, startsAt: SQL): SQL<number> => sql`(
      SELECT plan_prices.price_won
      FROM plan_prices
      WHERE plan_prices.plan = ${plan} AND plan_prices.starts_at <= ${startsAt}
      ORDER BY plan_prices.starts_at DESC
      LIMIT 1
    )`
