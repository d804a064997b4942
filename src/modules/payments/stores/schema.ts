import { z } from 'zod'
import { instantSchema, withDefault } from '../../../core/fields.ts'
import { environmentSchema, methodSchema, subscriptionSchema } from '../subscription/schema.ts'

/** Ids and tokens of the stores are visible ASCII. */
const VISIBLE = /^[\x21-\x7e]+$/

const transferSchema = withDefault(z.boolean(), false).meta({
  description: 'Take the purchase over from the account that holds it. The account is told. Once in 30 days',
})

export const verifyAppleSchema = z
  .strictObject({
    signed_transaction: z.string().max(20_000).regex(VISIBLE).meta({ description: '`jwsRepresentation` of StoreKit 2' }),
    transfer: transferSchema,
  })
  .meta({ id: 'VerifyApplePurchase' })

export const verifyGoogleSchema = z
  .strictObject({
    purchase_token: z.string().max(2_000).regex(VISIBLE),
    product_id: z.string().max(200).regex(VISIBLE),
    transfer: transferSchema,
  })
  .meta({ id: 'VerifyGooglePurchase' })

export const purchaseSchema = z
  .object({
    premium: z.boolean().meta({ description: 'Whether I am premium now' }),
    method: methodSchema,
    environment: environmentSchema,
    subscription: subscriptionSchema.nullable(),
    item: z
      .object({ product_id: z.string(), bought_at: instantSchema, revoked_at: instantSchema.nullable() })
      .meta({ id: 'PurchasedItem' })
      .nullable()
      .meta({ description: 'A product that is bought once' }),
    is_pending: z.boolean().meta({ description: 'The store waits for the money. Nothing is granted before it comes' }),
  })
  .meta({ id: 'VerifiedPurchase' })
export type Purchase = z.infer<typeof purchaseSchema>

export const appleEventSchema = z.object({ signedPayload: z.string().min(1).max(100_000) })
