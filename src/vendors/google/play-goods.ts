import { z } from 'zod'
import { givenId, instant } from './play-subscription.ts'

/** What Google Play says about goods that are bought once. */
export interface PlayProduct {
  readonly product_id: string
  readonly state: 'purchased' | 'pending' | 'cancelled'
  readonly order_id: string | null
  readonly acknowledged: boolean
  readonly account_id: string | null
  readonly is_test: boolean
  /** Null while the payment is pending. */
  readonly purchased_at: Date | null
}

/** An order whose money went back. A subscription whose order is voided need not be over. */
export interface PlayVoided {
  readonly token: string
  readonly order_id: string | null
  readonly purchased_at: Date
  readonly voided_at: Date
  readonly source: 'user' | 'developer' | 'google' | 'unknown'
  readonly reason: (typeof REASONS)[number]
}

const STATES = { PURCHASED: 'purchased', PENDING: 'pending', CANCELLED: 'cancelled' } as const
const stateNames = Object.keys(STATES) as (keyof typeof STATES)[]

/** https://developers.google.com/android-publisher/api-ref/rest/v3/purchases.productsv2 */
export const playProductSchema = z
  .object({
    productLineItem: z.tuple([z.object({ productId: z.string().min(1) })], z.unknown()),
    purchaseStateContext: z.object({ purchaseState: z.enum(stateNames) }),
    orderId: givenId,
    acknowledgementState: z.string().optional(),
    obfuscatedExternalAccountId: givenId,
    testPurchaseContext: z.unknown().optional(),
    purchaseCompletionTime: instant.optional(),
  })
  .transform((wire): PlayProduct => ({
    product_id: wire.productLineItem[0].productId,
    state: STATES[wire.purchaseStateContext.purchaseState],
    order_id: wire.orderId,
    acknowledged: wire.acknowledgementState === 'ACKNOWLEDGEMENT_STATE_ACKNOWLEDGED',
    account_id: wire.obfuscatedExternalAccountId,
    is_test: wire.testPurchaseContext !== undefined,
    purchased_at: wire.purchaseCompletionTime ?? null,
  }))

/** By Google's numbers. */
const SOURCES = ['user', 'developer', 'google'] as const
const REASONS = [
  'other',
  'remorse',
  'not_received',
  'defective',
  'accidental_purchase',
  'fraud',
  'friendly_fraud',
  'chargeback',
  'unacknowledged',
] as const

const epochMs = z.coerce
  .number()
  .int()
  .transform((ms) => new Date(ms))

/** https://developers.google.com/android-publisher/api-ref/rest/v3/purchases.voidedpurchases. An empty page has no list. */
export const playVoidedSchema = z
  .object({
    tokenPagination: z.object({ nextPageToken: z.string().optional() }).optional(),
    voidedPurchases: z
      .array(
        z.object({
          purchaseToken: z.string().min(1),
          orderId: givenId,
          purchaseTimeMillis: epochMs,
          voidedTimeMillis: epochMs,
          voidedSource: z.int().default(0),
          voidedReason: z.int().default(0),
        }),
      )
      .default([]),
  })
  .transform(({ tokenPagination, voidedPurchases }) => ({
    voided: voidedPurchases.map((wire): PlayVoided => ({
      token: wire.purchaseToken,
      order_id: wire.orderId,
      purchased_at: wire.purchaseTimeMillis,
      voided_at: wire.voidedTimeMillis,
      source: SOURCES[wire.voidedSource] ?? 'unknown',
      reason: REASONS[wire.voidedReason] ?? 'other',
    })),
    next_page_token: tokenPagination?.nextPageToken ?? null,
  }))
