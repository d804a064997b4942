import { workerVars } from '../../credentials.ts'
import { EXPIRATION_INTENTS, latestOf, type Purchase, statusOf, type Transaction } from './purchases.ts'

const BUNDLE_ID = workerVars.APP_STORE_BUNDLE_ID
const GROUP = '21412345'
/** Absent in the sandbox, where no app has one. */
export const APP_ID = 6_450_000_001

/** Prices and percentages are in thousandths. */
const thousandths = (value: number) => value * 1_000

export function transactionClaims(purchase: Purchase, transaction: Transaction, signedDate: number) {
  const { revocation, expires_at } = transaction
  return {
    transactionId: transaction.id,
    originalTransactionId: purchase.id,
    webOrderLineItemId: `2${transaction.id.slice(1)}`,
    bundleId: BUNDLE_ID,
    productId: transaction.product_id,
    ...(expires_at && { subscriptionGroupIdentifier: GROUP }),
    purchaseDate: transaction.purchased_at.getTime(),
    originalPurchaseDate: purchase.transactions[0]!.purchased_at.getTime(),
    ...(expires_at && { expiresDate: expires_at.getTime() }),
    quantity: 1,
    type: purchase.type,
    ...(purchase.account_token && { appAccountToken: purchase.account_token }),
    inAppOwnershipType: purchase.ownership,
    signedDate,
    environment: purchase.environment,
    transactionReason: transaction.reason,
    storefront: 'KOR',
    storefrontId: '143466',
    ...(transaction.price_won !== null && { price: thousandths(transaction.price_won), currency: 'KRW' }),
    ...(transaction.is_trial && { offerType: 1, offerDiscountType: 'FREE_TRIAL', offerPeriod: 'P1W' }),
    ...(transaction.is_upgraded && { isUpgraded: true }),
    ...(revocation && {
      revocationDate: revocation.at.getTime(),
      revocationReason: 0,
      revocationType: revocation.type,
      revocationPercentage: thousandths(revocation.percentage),
    }),
    appTransactionId: purchase.app_transaction_id,
  }
}

export function renewalClaims(purchase: Purchase, signedDate: number) {
  const { product_id, expires_at } = latestOf(purchase)
  const { ended, retry, consent } = purchase
  return {
    originalTransactionId: purchase.id,
    autoRenewProductId: purchase.next_product_id,
    productId: product_id,
    autoRenewStatus: purchase.auto_renew ? 1 : 0,
    ...(purchase.account_token && { appAccountToken: purchase.account_token }),
    ...(retry && { isInBillingRetryPeriod: true, expirationIntent: EXPIRATION_INTENTS.BILLING_RETRY }),
    ...(retry?.grace_ends_at && { gracePeriodExpiresDate: retry.grace_ends_at.getTime() }),
    ...(ended && { isInBillingRetryPeriod: false, expirationIntent: EXPIRATION_INTENTS[ended.subtype] }),
    ...(consent && { priceIncreaseStatus: consent === 'accepted' ? 1 : 0 }),
    ...(!ended && expires_at && { renewalDate: expires_at.getTime() }),
    recentSubscriptionStartDate: purchase.transactions[0]!.purchased_at.getTime(),
    currency: 'KRW',
    appTransactionId: purchase.app_transaction_id,
    environment: purchase.environment,
    signedDate,
  }
}

interface About {
  id: string
  type: string
  subtype?: string | undefined
  environment: string
  status?: ReturnType<typeof statusOf> | undefined
  signedTransactionInfo?: string | undefined
  signedRenewalInfo?: string | undefined
  signedDate: number
}

export function notificationClaims({ id, type, subtype, environment, signedDate, ...data }: About) {
  return {
    notificationType: type,
    ...(subtype && { subtype }),
    notificationUUID: id,
    version: '2.0',
    signedDate,
    data: {
      ...(environment === 'Production' && { appAppleId: APP_ID }),
      bundleId: BUNDLE_ID,
      bundleVersion: '1',
      environment,
      ...data,
    },
  }
}
