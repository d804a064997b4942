import { z } from 'zod'
import { DAY_MS } from '../../../../core/time.ts'
import type { StoreNotification, StoreRenewal, StoreTransaction } from '../../../../vendors/app-store/claims.ts'
import type { ItemFacts, PeriodFact, PurchaseFacts, RenewalFact } from '../../ledger/facts.ts'
import { isGood, planOf } from '../products.ts'

const SUBSCRIPTION = 'Auto-Renewable Subscription'
const FAMILY = 'FAMILY_SHARED'
/** 28 days, and one for what is told before its time. */
const GRACE_MAX_MS = 29 * DAY_MS

/** What Apple has signed, as one of the two that the ledger takes in. Neither where it is of no product of ours. */
export interface AppStoreFacts {
  readonly purchase: PurchaseFacts | null
  readonly item: ItemFacts | null
}

interface Said {
  readonly transaction: StoreTransaction | null
  readonly renewal: StoreRenewal | null
  readonly environment: StoreTransaction['environment']
  readonly event_id: string
}

/** Each part by its own `signedDate`, because a notification may carry a transaction that is older than another's. */
export function factsOf({ transaction, renewal, environment, event_id }: Said): AppStoreFacts {
  if (transaction && transaction.type !== SUBSCRIPTION) return { purchase: null, item: itemOf(transaction, event_id) }
  const plan = planOf(transaction?.product_id ?? renewal?.product_id ?? null)
  const external_id = transaction?.original_transaction_id ?? renewal?.original_transaction_id
  if (plan === null || external_id === undefined) return { purchase: null, item: null }
  return {
    purchase: {
      provider: 'ios_iap',
      environment: nameOf(environment),
      external_id,
      plan,
      account_token: transaction?.account_token ?? null,
      event_id,
      periods: transaction ? [periodOf(transaction, plan)] : [],
      renewals: renewal ? [renewalOf(renewal)] : [],
    },
    item: null,
  }
}

export const factsOfNotification = ({ notification_id, transaction, renewal, environment }: StoreNotification): AppStoreFacts =>
  factsOf({ transaction, renewal, environment, event_id: notification_id })

/** What of a trial is never forgotten: the subscription, the person as the App Store knows them, and the account here. A member of a family has used none. */
export const trialNames = ({
  original_transaction_id,
  app_transaction_id,
  account_token,
  is_trial,
  ownership,
}: StoreTransaction): string[] =>
  is_trial && ownership !== FAMILY
    ? [
        `ios_iap:${original_transaction_id}`,
        ...(app_transaction_id ? [`ios_iap_person:${app_transaction_id}`] : []),
        ...(account_token ? [`account:${account_token}`] : []),
      ]
    : []

const nameOf = (environment: StoreTransaction['environment']) => (environment === 'Production' ? 'production' : 'sandbox')

function periodOf(transaction: StoreTransaction, plan: string): PeriodFact {
  const is_family = transaction.ownership === FAMILY
  return {
    ref: transaction.transaction_id,
    fact_at: transaction.signed_at.toISOString(),
    kind: transaction.is_trial ? 'trial' : 'paid',
    plan,
    starts_at: transaction.purchased_at.toISOString(),
    ends_at: transaction.expires_at?.toISOString() ?? null,
    amount_won: transaction.is_trial || is_family ? 0 : (transaction.price_won ?? 0),
    currency: transaction.currency ?? 'KRW',
    is_family,
    is_upgraded: transaction.is_upgraded,
    tells_revocation: true,
    revoked_at: transaction.revoked_at?.toISOString() ?? null,
    revoked_share: transaction.revocation_percentage === null ? null : transaction.revocation_percentage / 100,
  }
}

function renewalOf(renewal: StoreRenewal): RenewalFact {
  const { signed_at, grace_expires_at, in_billing_retry, renewal_date } = renewal
  // No grace of Apple's is longer, so an old date on a forged renewal leads nowhere: it would be over long ago.
  const grace = grace_expires_at !== null && grace_expires_at.getTime() - signed_at.getTime() <= GRACE_MAX_MS ? grace_expires_at : null
  // The store goes on trying to charge for 60 days. There is access only as long as there is grace.
  const isInGrace = grace !== null && grace > signed_at
  return {
    fact_at: signed_at.toISOString(),
    auto_renew: renewal.auto_renew,
    next_plan: planOf(renewal.next_product_id),
    grace_ends_at: grace?.toISOString() ?? null,
    is_on_hold: in_billing_retry && !isInGrace,
    consent_required_until: renewal.price_increase_status === 0 ? (renewal_date?.toISOString() ?? null) : null,
    expired_reason: renewal.expiration_intent === null ? null : (REASONS[renewal.expiration_intent] ?? 'other'),
  }
}

const REASONS: Readonly<Record<number, string>> = { 1: 'cancelled', 2: 'billing', 3: 'no_consent', 4: 'not_for_sale' }

function itemOf(transaction: StoreTransaction, event_id: string): ItemFacts | null {
  if (!isGood(transaction.product_id)) return null
  return {
    provider: 'ios_iap',
    environment: nameOf(transaction.environment),
    ref: transaction.transaction_id,
    product_id: transaction.product_id,
    account_token: transaction.account_token,
    event_id,
    fact_at: transaction.signed_at.toISOString(),
    granted_at: transaction.purchased_at.toISOString(),
    revoked_at: transaction.revoked_at?.toISOString() ?? null,
    amount_won: transaction.ownership === FAMILY ? 0 : transaction.price_won,
    currency: transaction.currency ?? 'KRW',
  }
}

/** What is kept of a notification: what it says, and the transaction to ask Apple for where its signature alone does not do. */
export const appStoreBody = z.object({
  purchase: z.custom<PurchaseFacts>((it) => typeof it === 'object' && it !== null).nullable(),
  item: z.custom<ItemFacts>((it) => typeof it === 'object' && it !== null).nullable(),
  ask_for: z.string().nullable(),
  names: z.array(z.string()),
})
