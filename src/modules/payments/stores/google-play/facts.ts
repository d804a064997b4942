import { z } from 'zod'
import type { PlayProduct } from '../../../../vendors/google/play-goods.ts'
import type { PlayItem, PlaySubscription } from '../../../../vendors/google/play-subscription.ts'
import type { ItemFacts, PeriodFact, PurchaseFacts, RenewalFact } from '../../ledger/facts.ts'
import { isGood, planOf } from '../products.ts'

interface Read {
  /** When the read was sent. Google tells no time of a state, so this orders the facts. */
  readonly read_at: Date
  readonly event_id: string
  /** SHA-256 of the purchase token, in hex. */
  readonly external_id: string
  /** The same of `linked_token`. */
  readonly linked_id: string | null
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** While these last, `expires_at` is when the access ended or will end, and not the end of what was paid. */
const AFTER_PAID: readonly PlaySubscription['state'][] = ['grace', 'on_hold']

/** What a read of a subscription says, for the ledger. Null where it is of no product of ours. */
export function factsOfSubscription(
  subscription: PlaySubscription,
  { read_at, event_id, external_id, linked_id }: Read,
): PurchaseFacts | null {
  const item = subscription.items.find(({ product_id }) => planOf(product_id) !== null)
  const plan = planOf(item?.product_id ?? null)
  if (!item || plan === null) return null
  const { state, started_at } = subscription
  const isPaid = state !== 'pending' && state !== 'pending_purchase_cancelled'
  return {
    provider: 'google_play',
    environment: subscription.is_test ? 'sandbox' : 'production',
    external_id,
    plan,
    account_token: accountToken(subscription.account_id ?? subscription.expired_account_id),
    event_id,
    periods: isPaid && item.order_id && item.expires_at ? [periodOf(item, plan, subscription, read_at)] : [],
    renewals: [renewalOf(item, subscription, read_at)],
    // What is still waiting for its money replaces nothing.
    ...(isPaid && linked_id && started_at && { supersedes: { external_id: linked_id, at: started_at.toISOString() } }),
  }
}

/** A token that Google has forgotten: it ended, and goes on no more. */
export const factsOfGone = (
  { external_id, event_id, read_at }: Omit<Read, 'linked_id'>,
  known: Pick<PurchaseFacts, 'environment' | 'plan'>,
): PurchaseFacts => ({
  provider: 'google_play',
  ...known,
  external_id,
  account_token: null,
  event_id,
  periods: [],
  renewals: [{ fact_at: read_at.toISOString(), auto_renew: false, next_plan: null, grace_ends_at: null, expired_reason: 'gone' }],
})

/** An order whose money went back. It says nothing about the bounds of its period. */
export const voidedPeriod = (order_id: string, plan: string, voided_at: Date): PeriodFact => ({
  ref: order_id,
  fact_at: voided_at.toISOString(),
  kind: 'paid',
  plan,
  starts_at: null,
  ends_at: null,
  amount_won: 0,
  currency: 'KRW',
  tells_revocation: true,
  revoked_at: voided_at.toISOString(),
})

/** A product that is bought once. Null before the money has come, and for a product that is not ours. */
export function factsOfProduct(product: PlayProduct, { read_at, event_id }: { read_at: Date; event_id: string }): ItemFacts | null {
  if (!product.order_id || !product.purchased_at || product.state === 'pending' || !isGood(product.product_id)) return null
  return {
    provider: 'google_play',
    environment: product.is_test ? 'sandbox' : 'production',
    ref: product.order_id,
    product_id: product.product_id,
    account_token: accountToken(product.account_id),
    event_id,
    fact_at: read_at.toISOString(),
    granted_at: product.purchased_at.toISOString(),
    revoked_at: product.state === 'cancelled' ? read_at.toISOString() : null,
    amount_won: null,
    currency: 'KRW',
  }
}

/** What of a trial is never forgotten: the subscription, and the account here. */
export const trialNames = ({ external_id, account_token, periods }: PurchaseFacts): string[] =>
  periods.some(({ kind }) => kind === 'trial') ? [`google_play:${external_id}`, ...(account_token ? [`account:${account_token}`] : [])] : []

const accountToken = (id: string | null): string | null => (id !== null && UUID.test(id) ? id.toLowerCase() : null)

function periodOf(item: PlayItem, plan: string, { state, started_at }: PlaySubscription, read_at: Date): PeriodFact {
  const isAfter = AFTER_PAID.includes(state)
  const isFirst = item.order_id !== null && !item.order_id.includes('..')
  return {
    ref: item.order_id ?? '',
    fact_at: read_at.toISOString(),
    kind: item.is_trial ? 'trial' : 'paid',
    plan,
    starts_at: isFirst ? (started_at?.toISOString() ?? null) : null,
    // In grace the end of what was paid is known from an earlier read. Without one, it is over by now.
    ends_at: (isAfter && item.expires_at && item.expires_at > read_at ? read_at : (item.expires_at ?? read_at)).toISOString(),
    amount_won: item.is_trial ? 0 : (item.price_won ?? 0),
    currency: item.currency ?? 'KRW',
    ...(isAfter && { is_guess: true }),
    tells_revocation: false,
    revoked_at: null,
  }
}

function renewalOf(item: PlayItem, { state, resumes_at, cancelled_by }: PlaySubscription, read_at: Date): RenewalFact {
  return {
    fact_at: read_at.toISOString(),
    auto_renew: item.auto_renew && state !== 'expired' && state !== 'pending_purchase_cancelled',
    next_plan: planOf(item.deferred_product_id) ?? planOf(item.product_id),
    grace_ends_at: state === 'grace' ? (item.expires_at?.toISOString() ?? null) : null,
    is_on_hold: state === 'on_hold',
    is_paused: state === 'paused',
    paused_until: resumes_at?.toISOString() ?? null,
    is_pending: state === 'pending',
    consent_required_until: item.consent?.state === 'pending' ? (item.consent.deadline?.toISOString() ?? null) : null,
    expired_reason: cancelled_by ? `cancelled_by_${cancelled_by}` : null,
  }
}

/** What is kept of a message of Pub/Sub. */
export const googleBody = z.object({
  notice: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('subscription'), type: z.int(), token: z.string() }),
    z.object({ kind: z.literal('product'), type: z.int(), token: z.string(), product_id: z.string() }),
    z.object({
      kind: z.literal('voided'),
      token: z.string(),
      order_id: z.string(),
      product_type: z.enum(['subscription', 'product']),
      refund_type: z.enum(['full', 'partial']),
    }),
    z.object({ kind: z.literal('refund_review'), order_id: z.string() }),
    z.object({ kind: z.literal('test') }),
    z.object({ kind: z.literal('unknown') }),
  ]),
})
