import { z } from 'zod'
import { instantSchema, uuidSchema, withDefault } from '../../../core/fields.ts'

const orderIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{6,64}$/)
  .meta({ example: 'order-0f8b6f3e6a3d4c1e9b6a2f1d7c5e8a40' })
export const orderParam = z.object({ id: orderIdSchema })

export const createOrderSchema = z
  .strictObject({
    product: z.string().min(1).max(100).meta({ description: 'The id of something that is bought once, or of a paid year' }),
    anyway: withDefault(z.boolean(), false).meta({ description: 'Buys a paid year beside a subscription that goes on' }),
  })
  .meta({ id: 'CreateOrder', example: { product: 'com.withbowwow.theme.dark' } })
export type CreateOrder = z.infer<typeof createOrderSchema>

const orderStateSchema = z.enum(['open', 'pending', 'waiting', 'paid', 'failed', 'cancelled']).meta({
  id: 'OrderState',
  description:
    '`pending`: whether it is paid is not known yet, ask again. `waiting`: for the deposit. `failed`: declined, and another payment may be made until it expires. `cancelled`: all of it was given back',
})

export const orderSchema = z
  .object({
    order_id: z.string().meta({ description: 'For the payment window of Toss' }),
    product_id: z.string(),
    name: z.string(),
    amount_won: z.int(),
    state: orderStateSchema,
    decline_code: z.string().nullable().meta({ description: "Toss's code of why the last payment failed" }),
    receipt_url: z.url().nullable(),
    customer_key: uuidSchema.meta({ description: 'Of the caller, for the payment window of Toss' }),
    expires_at: instantSchema.meta({ description: 'Until then a payment may be made' }),
  })
  .meta({ id: 'Order' })
export type Order = z.infer<typeof orderSchema>

export const confirmSchema = z
  .strictObject({ payment_key: z.string().min(1).max(200), order_id: orderIdSchema, amount: z.int() })
  .meta({ id: 'ConfirmPayment', description: 'As Toss gives them to the page that follows the payment window' })
export type ConfirmPayment = z.infer<typeof confirmSchema>
