import { z } from 'zod'
import { Refusal } from '../vendor.ts'
import { assertGoods, planOf } from './catalogue.ts'
import { payGoods } from './goods.ts'
import { type Goods, type Happening, newToken, type Subscription } from './purchase.ts'
import type { Store } from './store.ts'

const buyer = {
  product: z.string(),
  account_id: z.string().max(64).optional().meta({ description: 'what the app gave Google Play: the account token' }),
  pending: z.boolean().default(false),
  test: z.boolean().default(false),
  send: z.boolean().default(true),
  to: z.url().optional(),
}
export const buySchema = z.strictObject({
  ...buyer,
  base_plan: z.string().optional(),
  trial: z.boolean().default(false),
  linked: z.string().optional(),
  mode: z.string().default('CHARGE_FULL_PRICE'),
  deferred: z.boolean().default(false),
  resubscribes: z.string().optional(),
})
export const buyGoodsSchema = z.strictObject(buyer)
export const upgradeSchema = z.strictObject({
  token: z.string().min(1),
  product: z.string(),
  base_plan: z.string().optional(),
  mode: z.string().default('CHARGE_FULL_PRICE'),
  pending: z.boolean().default(false),
  deferred: z.boolean().default(false),
  send: z.boolean().optional(),
  to: z.url().optional(),
})

function emptyPurchase(
  store: Store,
  { account_id, test, send, to }: Pick<z.output<typeof buyGoodsSchema>, 'account_id' | 'test' | 'send' | 'to'>,
) {
  const token = newToken()
  return {
    token,
    account_id: account_id ?? null,
    is_test: test,
    is_acknowledged: false,
    acknowledgements: 0,
    paid_at: null,
    orders: [],
    latest: store.nowOf(token, account_id),
    send,
    to,
  }
}

export function buyGoods(store: Store, input: z.output<typeof buyGoodsSchema>): { purchase: Goods; happenings: Happening[] } {
  assertGoods(input.product)
  const purchase: Goods = { ...emptyPurchase(store, input), kind: 'product', product_id: input.product, state: 'PENDING' }
  store.add(purchase)
  return { purchase, happenings: input.pending ? [] : payGoods(purchase, purchase.latest) }
}

export function buySubscription(store: Store, input: z.output<typeof buySchema>): { purchase: Subscription; happenings: Happening[] } {
  const plan = planOf(input.product, input.base_plan)
  const subscriptionOf = (token?: string) => {
    const found = token === undefined ? undefined : store.get(token)
    if (found && found.kind !== 'subscription') throw new Refusal(409, { error: 'the purchase is not a subscription' })
    return found
  }
  const old = subscriptionOf(input.linked)
  const lapsed = subscriptionOf(input.resubscribes)
  if (old && (old.state === 'EXPIRED' || old.state === 'PENDING')) throw new Refusal(409, { error: `the linked purchase is ${old.state}` })
  if (lapsed && lapsed.state !== 'EXPIRED') throw new Refusal(409, { error: 'the purchase is not over yet' })
  if (input.deferred && (!old || input.pending))
    throw new Refusal(422, { error: 'deferred needs a purchase to replace, and is not pending' })

  const empty = emptyPurchase(store, input)
  const now = empty.latest
  const purchase: Subscription = {
    ...empty,
    // Google never says which account it is, where the app did not take part.
    ...(lapsed && { account_id: null }),
    kind: 'subscription',
    plan,
    state: 'PENDING',
    started_at: null,
    anchor: now,
    periods: 0,
    expires_at: null,
    auto_renew: true,
    wants_trial: input.trial,
    is_trial: false,
    consent: null,
    card: { fails: false, grace_days: 7, hold_days: 30 },
    is_silently_late: false,
    hold_ends_at: null,
    pause_days: null,
    resumes_at: null,
    cancelled_by: null,
    cancelled_at: null,
    linked_token: input.linked ?? null,
    replaces: old && (old.plan !== plan || input.deferred) ? { plan: old.plan, mode: input.deferred ? 'DEFERRED' : input.mode } : null,
    deferred_plan: null,
    resubscribes: lapsed ? { token: lapsed.token, account_id: lapsed.account_id } : null,
  }
  store.add(purchase)
  if (input.pending) return { purchase, happenings: [] }
  const at = old ? new Date(Math.max(now.getTime(), old.latest.getTime())) : now
  if (!input.deferred || !old) return { purchase, happenings: store.startNow(purchase, at) }
  // The old plan runs to its end under the new token. The new one begins there, and is paid there.
  const { plan: kept, anchor, periods, expires_at } = old
  purchase.plan = kept
  const happenings = store.startNow(purchase, at)
  Object.assign(purchase, { anchor, periods, expires_at, deferred_plan: plan })
  purchase.orders[0] = { ...purchase.orders[0]!, amount_won: 0 }
  return { purchase, happenings }
}
