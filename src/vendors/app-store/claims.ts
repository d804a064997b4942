import { z } from 'zod'
import { uuidSchema } from '../../core/fields.ts'

/** Purchases of TestFlight and of App Review are of the sandbox, also in the app that is sold. */
export const environmentSchema = z.enum(['Production', 'Sandbox'])
export type StoreEnvironment = z.infer<typeof environmentSchema>

const timeSchema = z
  .int()
  .min(0)
  .max(8.64e15)
  .transform((ms) => new Date(ms))
const idSchema = z.string().min(1).max(100)
/** Our accounts have UUIDs, so another is none of ours. */
const tokenSchema = uuidSchema.optional().catch(undefined)

export interface StoreTransaction {
  readonly transaction_id: string
  /** Of the subscription's first transaction. It names the subscription. */
  readonly original_transaction_id: string
  readonly product_id: string
  /** As Apple spells it: `Auto-Renewable Subscription`, `Non-Consumable`, `Consumable` or `Non-Renewing Subscription`. */
  readonly type: string
  readonly purchased_at: Date
  readonly expires_at: Date | null
  /** The account that the app named at the purchase, in lower case. */
  readonly account_token: string | null
  /** `PURCHASED` or `FAMILY_SHARED`. */
  readonly ownership: string
  readonly signed_at: Date
  readonly environment: StoreEnvironment
  /** Null where the store says none, and for another currency. */
  readonly price_won: number | null
  readonly currency: string | null
  readonly is_trial: boolean
  /** The subscription changed to another product before this period was over. */
  readonly is_upgraded: boolean
  readonly revoked_at: Date | null
  /** `REFUND_FULL`, `REFUND_PRORATED` or `FAMILY_REVOKE`. */
  readonly revocation_type: string | null
  readonly revocation_percentage: number | null
  /** The same for all purchases of one person of the store. */
  readonly app_transaction_id: string | null
  /** When false, this must be read from Apple again before it grants anything. */
  readonly is_chain_current: boolean
}

export const transactionSchema = z.object({
  transactionId: idSchema,
  originalTransactionId: idSchema,
  bundleId: z.string(),
  productId: z.string().min(1),
  type: z.string(),
  purchaseDate: timeSchema,
  expiresDate: timeSchema.optional(),
  appAccountToken: tokenSchema,
  inAppOwnershipType: z.string(),
  environment: environmentSchema,
  price: z.number().optional(),
  currency: z.string().optional(),
  offerDiscountType: z.string().optional(),
  isUpgraded: z.boolean().optional(),
  revocationDate: timeSchema.optional(),
  revocationType: z.string().optional(),
  revocationPercentage: z.number().optional(),
  appTransactionId: z.string().optional(),
})

export function toTransaction(
  claims: z.infer<typeof transactionSchema>,
  { signed_at, is_chain_current }: Pick<StoreTransaction, 'signed_at' | 'is_chain_current'>,
): StoreTransaction {
  return {
    transaction_id: claims.transactionId,
    original_transaction_id: claims.originalTransactionId,
    product_id: claims.productId,
    type: claims.type,
    purchased_at: claims.purchaseDate,
    expires_at: claims.expiresDate ?? null,
    account_token: claims.appAccountToken ?? null,
    ownership: claims.inAppOwnershipType,
    signed_at,
    environment: claims.environment,
    // Prices are in thousandths.
    price_won: claims.price !== undefined && claims.currency === 'KRW' ? Math.round(claims.price / 1_000) : null,
    currency: claims.currency ?? null,
    is_trial: claims.offerDiscountType === 'FREE_TRIAL',
    is_upgraded: claims.isUpgraded ?? false,
    revoked_at: claims.revocationDate ?? null,
    revocation_type: claims.revocationType ?? null,
    // In thousandths as well.
    revocation_percentage: claims.revocationPercentage === undefined ? null : claims.revocationPercentage / 1_000,
    app_transaction_id: claims.appTransactionId ?? null,
    is_chain_current,
  }
}

/** What Apple will do at the end of the period. */
export interface StoreRenewal {
  readonly original_transaction_id: string
  readonly product_id: string
  readonly next_product_id: string | null
  readonly auto_renew: boolean
  /** Also true during grace. */
  readonly in_billing_retry: boolean
  readonly grace_expires_at: Date | null
  /** 1 the person cancelled, 2 the payment failed, 3 no consent to a price, 4 the product is no longer sold, 5 another. */
  readonly expiration_intent: number | null
  /** 0 the consent is asked for, 1 it was given. In Korea the end of a trial asks for it as well. */
  readonly price_increase_status: number | null
  readonly renewal_date: Date | null
  readonly signed_at: Date
}

export const renewalSchema = z.object({
  originalTransactionId: idSchema,
  productId: z.string().min(1),
  autoRenewProductId: z.string().optional(),
  autoRenewStatus: z.union([z.literal(0), z.literal(1)]),
  isInBillingRetryPeriod: z.boolean().optional(),
  gracePeriodExpiresDate: timeSchema.optional(),
  expirationIntent: z.int().optional(),
  priceIncreaseStatus: z.int().optional(),
  renewalDate: timeSchema.optional(),
  environment: environmentSchema,
})

export function toRenewal(claims: z.infer<typeof renewalSchema>, signed_at: Date): StoreRenewal {
  return {
    original_transaction_id: claims.originalTransactionId,
    product_id: claims.productId,
    next_product_id: claims.autoRenewProductId ?? null,
    auto_renew: claims.autoRenewStatus === 1,
    in_billing_retry: claims.isInBillingRetryPeriod ?? false,
    grace_expires_at: claims.gracePeriodExpiresDate ?? null,
    expiration_intent: claims.expirationIntent ?? null,
    price_increase_status: claims.priceIncreaseStatus ?? null,
    renewal_date: claims.renewalDate ?? null,
    signed_at,
  }
}

const aboutSchema = z.object({
  bundleId: z.string(),
  appAppleId: z.number().optional(),
  environment: environmentSchema,
})

export const notificationSchema = z
  .object({
    notificationType: z.string().min(1).max(100),
    subtype: z.string().max(100).optional(),
    notificationUUID: idSchema,
    data: aboutSchema.extend({ signedTransactionInfo: z.string().optional(), signedRenewalInfo: z.string().optional() }).optional(),
    summary: aboutSchema.optional(),
    appData: aboutSchema.optional(),
    externalPurchaseToken: z
      .object({ bundleId: z.string(), appAppleId: z.number().optional(), externalPurchaseId: z.string().optional() })
      // The sandbox is told by the id alone.
      .transform(
        (token) => ({ ...token, environment: token.externalPurchaseId?.startsWith('SANDBOX') ? 'Sandbox' : 'Production' }) as const,
      )
      .optional(),
  })
  .transform((claims, context) => {
    const about = claims.data ?? claims.summary ?? claims.appData ?? claims.externalPurchaseToken
    if (about) return { ...claims, about }
    context.addIssue('about nothing')
    return z.NEVER
  })

export interface StoreNotification {
  /** The same when Apple sends it again. */
  readonly notification_id: string
  /** As Apple spells it, for example `DID_RENEW`. It may be one that we do not know. */
  readonly type: string
  readonly subtype: string | null
  readonly environment: StoreEnvironment
  readonly signed_at: Date
  readonly transaction: StoreTransaction | null
  readonly renewal: StoreRenewal | null
  /** When false for any of the three, Apple must be asked before it grants anything. */
  readonly is_chain_current: boolean
}
