import { createHash } from 'node:crypto'
import type { Goods, Purchase, Subscription } from './purchase.ts'

const won = (amount: number) => ({ currencyCode: 'KRW', units: String(amount), nanos: 0 })
const acknowledgementOf = ({ is_acknowledged }: Purchase) => `ACKNOWLEDGEMENT_STATE_${is_acknowledged ? 'ACKNOWLEDGED' : 'PENDING'}`
const identifiers = (account_id: string | null) => (account_id === null ? {} : { obfuscatedExternalAccountId: account_id })

/** A subscription as `purchases.subscriptionsv2.get` writes it. */
export function subscriptionWire(of: Subscription) {
  const hasContext = of.state === 'CANCELED' || of.state === 'EXPIRED'
  const wire = {
    kind: 'androidpublisher#subscriptionPurchaseV2',
    ...(of.started_at && { startTime: of.started_at.toISOString() }),
    regionCode: 'KR',
    subscriptionState: `SUBSCRIPTION_STATE_${of.state}`,
    acknowledgementState: acknowledgementOf(of),
    ...(of.linked_token && { linkedPurchaseToken: of.linked_token }),
    ...(of.is_test && { testPurchase: {} }),
    ...(of.account_id !== null && { externalAccountIdentifiers: identifiers(of.account_id) }),
    ...(of.resumes_at && { pausedStateContext: { autoResumeTime: of.resumes_at.toISOString() } }),
    ...(hasContext && { canceledStateContext: contextOf(of) }),
    ...(of.resubscribes &&
      !of.is_acknowledged && {
        outOfAppPurchaseContext: {
          expiredPurchaseToken: of.resubscribes.token,
          expiredExternalAccountIdentifiers: identifiers(of.resubscribes.account_id),
        },
      }),
    lineItems: [itemOf(of), ...(of.deferred_plan ? [newItemOf(of)] : [])],
  }
  return { ...wire, etag: createHash('sha256').update(JSON.stringify(wire)).digest('base64url').slice(0, 22) }
}

const CONTEXTS = {
  user: 'userInitiatedCancellation',
  system: 'systemInitiatedCancellation',
  developer: 'developerInitiatedCancellation',
  replacement: 'replacementCancellation',
} as const

function contextOf({ cancelled_by, cancelled_at }: Subscription) {
  return cancelled_by ? { [CONTEXTS[cancelled_by]]: cancelled_by === 'user' ? { cancelTime: cancelled_at?.toISOString() } : {} } : {}
}

function itemOf(of: Subscription) {
  const { plan, consent, replaces } = of
  return {
    productId: plan.product_id,
    ...(of.expires_at && { expiryTime: of.expires_at.toISOString() }),
    ...(of.orders.length > 0 && { latestSuccessfulOrderId: of.orders.at(-1)!.id }),
    autoRenewingPlan: {
      // Google leaves out what is false.
      ...(of.auto_renew && { autoRenewEnabled: true }),
      recurringPrice: won(plan.price_won),
      ...(consent && {
        priceStepUpConsentDetails: {
          consentDeadlineTime: consent.deadline.toISOString(),
          newPrice: won(plan.price_won),
          state: consent.state,
        },
      }),
    },
    offerDetails: { basePlanId: plan.base_plan_id, ...(of.wants_trial && { offerId: 'trial-7' }) },
    offerPhase: of.is_trial ? { freeTrial: {} } : { basePrice: {} },
    ...(replaces && {
      itemReplacement: { productId: replaces.plan.product_id, basePlanId: replaces.plan.base_plan_id, replacementMode: replaces.mode },
    }),
    ...(of.deferred_plan && { deferredItemReplacement: { productId: of.deferred_plan.product_id } }),
  }
}

/** What is bought and not owned yet has neither an end nor an order. */
function newItemOf({ deferred_plan: plan }: Subscription) {
  const { product_id, base_plan_id, price_won } = plan!
  return {
    productId: product_id,
    autoRenewingPlan: { autoRenewEnabled: true, recurringPrice: won(price_won) },
    offerDetails: { basePlanId: base_plan_id },
  }
}

/** Goods as `purchases.productsv2.getproductpurchasev2` writes them. */
export function goodsWire(of: Goods) {
  return {
    kind: 'androidpublisher#productPurchaseV2',
    productLineItem: [
      { productId: of.product_id, productOfferDetails: { quantity: 1, consumptionState: 'CONSUMPTION_STATE_YET_TO_BE_CONSUMED' } },
    ],
    purchaseStateContext: { purchaseState: of.state },
    acknowledgementState: acknowledgementOf(of),
    ...(of.orders[0] && { orderId: of.orders[0].id }),
    ...identifiers(of.account_id),
    ...(of.is_test && { testPurchaseContext: { fopType: 'TEST' } }),
    ...(of.paid_at && { purchaseCompletionTime: of.paid_at.toISOString() }),
    regionCode: 'KR',
  }
}

/** The voided orders of a purchase, as `purchases.voidedpurchases.list` writes them. */
export function voidedWire({ token, orders }: Purchase) {
  return orders.flatMap(({ id, at, voided }) =>
    voided
      ? {
          kind: 'androidpublisher#voidedPurchase',
          purchaseToken: token,
          orderId: id,
          purchaseTimeMillis: String(at.getTime()),
          voidedTimeMillis: String(voided.at.getTime()),
          voidedSource: voided.source,
          voidedReason: voided.reason,
        }
      : [],
  )
}
