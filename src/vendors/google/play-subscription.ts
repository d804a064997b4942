import { z } from 'zod'
import { parseInstant } from '../../core/fields.ts'

export type PlayState = (typeof STATES)[keyof typeof STATES]

/** What Google Play says about a subscription at the time of the question. */
export interface PlaySubscription {
  readonly state: PlayState
  /** Null while the first payment is pending. */
  readonly started_at: Date | null
  /** The purchase that this one took the place of. */
  readonly linked_token: string | null
  /** A license tester bought it, so no money moved. */
  readonly is_test: boolean
  /** What the app gave Google Play at the purchase: `users.store_account_token`. */
  readonly account_id: string | null
  readonly acknowledged: boolean
  readonly items: readonly PlayItem[]
  /** When a pause ends. */
  readonly resumes_at: Date | null
  readonly cancelled_by: 'user' | 'system' | 'developer' | 'replacement' | null
  /** Of a subscription that somebody took up again in Google Play and not in the app: whose the last one was. Google forgets both with the acknowledgement. */
  readonly expired_account_id: string | null
  readonly expired_token: string | null
  readonly etag: string | null
}

export interface PlayItem {
  readonly product_id: string
  readonly base_plan_id: string | null
  /** Google moves it on while it waits for a late payment (grace). Null while nothing of this item has begun. */
  readonly expires_at: Date | null
  /** Of the last payment that came, `GPA.…` with `..0`, `..1` for renewals. */
  readonly order_id: string | null
  readonly auto_renew: boolean
  /** What a renewal costs, in won, also while a trial is free. Null in another currency. */
  readonly price_won: number | null
  readonly currency: string | null
  readonly is_trial: boolean
  readonly replacement: { readonly product_id: string | null; readonly base_plan_id: string | null; readonly mode: string | null } | null
  /** To a price that rises at the end of a trial. Without it the subscription ends there. */
  readonly consent: { readonly deadline: Date | null; readonly state: 'pending' | 'confirmed' | 'completed' | 'unknown' } | null
  /** What takes its place at the next renewal. */
  readonly deferred_product_id: string | null
}

const STATES = {
  SUBSCRIPTION_STATE_PENDING: 'pending',
  SUBSCRIPTION_STATE_ACTIVE: 'active',
  SUBSCRIPTION_STATE_IN_GRACE_PERIOD: 'grace',
  SUBSCRIPTION_STATE_ON_HOLD: 'on_hold',
  SUBSCRIPTION_STATE_PAUSED: 'paused',
  SUBSCRIPTION_STATE_CANCELED: 'cancelled',
  SUBSCRIPTION_STATE_EXPIRED: 'expired',
  SUBSCRIPTION_STATE_PENDING_PURCHASE_CANCELED: 'pending_purchase_cancelled',
} as const
const stateNames = Object.keys(STATES) as (keyof typeof STATES)[]

const CANCELLERS = [
  ['userInitiatedCancellation', 'user'],
  ['systemInitiatedCancellation', 'system'],
  ['developerInitiatedCancellation', 'developer'],
  ['replacementCancellation', 'replacement'],
] as const
const CONSENT_STATES = { PENDING: 'pending', CONFIRMED: 'confirmed', COMPLETED: 'completed' } as const

export const instant = z.string().transform((text, context) => {
  const ms = parseInstant(text)
  if (!Number.isNaN(ms)) return new Date(ms)
  context.addIssue('not an instant')
  return z.NEVER
})
/** Google leaves out numbers that are 0, and writes long ones as text. */
const money = z.object({ currencyCode: z.string(), units: z.coerce.number().default(0), nanos: z.number().default(0) })
/** Google writes an id that was not given as empty, or leaves it out. */
export const givenId = z
  .string()
  .optional()
  .transform((text) => text || null)
const account = z.object({ obfuscatedExternalAccountId: givenId })

const itemSchema = z.object({
  productId: z.string().min(1),
  expiryTime: instant.optional(),
  latestSuccessfulOrderId: z.string().optional(),
  autoRenewingPlan: z
    .object({
      autoRenewEnabled: z.boolean().default(false),
      recurringPrice: money.optional(),
      priceStepUpConsentDetails: z.object({ consentDeadlineTime: instant.optional(), state: z.string().optional() }).optional(),
    })
    .optional(),
  offerDetails: z.object({ basePlanId: z.string().optional() }).optional(),
  offerPhase: z.object({ freeTrial: z.unknown().optional() }).optional(),
  itemReplacement: z
    .object({ productId: z.string().optional(), basePlanId: z.string().optional(), replacementMode: z.string().optional() })
    .optional(),
  deferredItemReplacement: z.object({ productId: z.string() }).optional(),
})

/** https://developers.google.com/android-publisher/api-ref/rest/v3/purchases.subscriptionsv2 */
export const playSubscriptionSchema = z
  .object({
    subscriptionState: z.enum(stateNames),
    acknowledgementState: z.string().optional(),
    startTime: instant.optional(),
    linkedPurchaseToken: z.string().optional(),
    testPurchase: z.unknown().optional(),
    externalAccountIdentifiers: account.optional(),
    lineItems: z.array(itemSchema).min(1),
    pausedStateContext: z.object({ autoResumeTime: instant.optional() }).optional(),
    canceledStateContext: z
      .object({
        userInitiatedCancellation: z.unknown().optional(),
        systemInitiatedCancellation: z.unknown().optional(),
        developerInitiatedCancellation: z.unknown().optional(),
        replacementCancellation: z.unknown().optional(),
      })
      .optional(),
    outOfAppPurchaseContext: z
      .object({ expiredExternalAccountIdentifiers: account.optional(), expiredPurchaseToken: z.string().optional() })
      .optional(),
    etag: z.string().optional(),
  })
  .transform((wire): PlaySubscription => {
    const { canceledStateContext: cancelled, outOfAppPurchaseContext: outOfApp } = wire
    return {
      state: STATES[wire.subscriptionState],
      started_at: wire.startTime ?? null,
      linked_token: wire.linkedPurchaseToken ?? null,
      is_test: wire.testPurchase !== undefined,
      account_id: wire.externalAccountIdentifiers?.obfuscatedExternalAccountId ?? null,
      acknowledged: wire.acknowledgementState === 'ACKNOWLEDGEMENT_STATE_ACKNOWLEDGED',
      items: wire.lineItems.map(readItem),
      resumes_at: wire.pausedStateContext?.autoResumeTime ?? null,
      cancelled_by: CANCELLERS.find(([context]) => cancelled?.[context] !== undefined)?.[1] ?? null,
      expired_account_id: outOfApp?.expiredExternalAccountIdentifiers?.obfuscatedExternalAccountId ?? null,
      expired_token: outOfApp?.expiredPurchaseToken ?? null,
      etag: wire.etag ?? null,
    }
  })

function readItem(item: z.output<typeof itemSchema>): PlayItem {
  const { autoRenewingPlan: plan, itemReplacement: replaced } = item
  const { recurringPrice: price, priceStepUpConsentDetails: consent } = plan ?? {}
  return {
    product_id: item.productId,
    base_plan_id: item.offerDetails?.basePlanId ?? null,
    expires_at: item.expiryTime ?? null,
    order_id: item.latestSuccessfulOrderId ?? null,
    auto_renew: plan?.autoRenewEnabled ?? false,
    price_won: price?.currencyCode === 'KRW' ? price.units + price.nanos / 1e9 : null,
    currency: price?.currencyCode ?? null,
    is_trial: item.offerPhase?.freeTrial !== undefined,
    replacement: replaced
      ? { product_id: replaced.productId ?? null, base_plan_id: replaced.basePlanId ?? null, mode: replaced.replacementMode ?? null }
      : null,
    consent: consent
      ? { deadline: consent.consentDeadlineTime ?? null, state: CONSENT_STATES[consent.state as keyof typeof CONSENT_STATES] ?? 'unknown' }
      : null,
    deferred_product_id: item.deferredItemReplacement?.productId ?? null,
  }
}
