import { Refusal } from '../vendor.ts'

/** A subscription with its only base plan. */
export interface Plan {
  readonly product_id: string
  readonly base_plan_id: string
  readonly months: number
  readonly price_won: number
}

export const TRIAL_DAYS = 7

const PLANS: readonly Plan[] = [
  { product_id: 'com.withbowwow.premium.monthly', base_plan_id: 'monthly', months: 1, price_won: 3_900 },
  { product_id: 'com.withbowwow.premium.annual', base_plan_id: 'annual', months: 12, price_won: 31_200 },
]

const GOODS = /^com\.withbowwow\.(badge_pack|theme\.(dark|season)|outfit\.[a-z0-9_]+)$/

export function planOf(product_id: string, base_plan_id?: string): Plan {
  const plan = PLANS.find((one) => one.product_id === product_id && (base_plan_id ?? one.base_plan_id) === one.base_plan_id)
  if (!plan) throw new Refusal(422, { error: 'no such subscription', subscriptions: PLANS })
  return plan
}

export function assertGoods(product_id: string): void {
  if (!GOODS.test(product_id)) throw new Refusal(422, { error: `no such product; they match ${GOODS.source}` })
}
