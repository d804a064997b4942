import type { Plan } from '../subscription/schema.ts'

/** Subscriptions by their product ids, which are the same in both stores. `plans.product_id` has them as well. */
const PLANS: ReadonlyMap<string, Plan> = new Map([
  ['com.withbowwow.premium.monthly', 'monthly'],
  ['com.withbowwow.premium.annual', 'annual'],
])
const GOODS = /^com\.withbowwow\.(badge_pack|theme\.\w+|outfit\.\w+)$/

export const planOf = (productId: string | null): Plan | null => (productId === null ? null : (PLANS.get(productId) ?? null))

/** Whether a product is bought once. Rows of `products` say which of them there are. */
export const isGood = (productId: string): boolean => GOODS.test(productId)
