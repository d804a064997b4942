import { z } from 'zod'
import { pageQuery, pagesOf } from '../../../core/cursor.ts'
import { instantSchema } from '../../../core/fields.ts'
import { refundStateSchema } from '../refunds/schema.ts'
import { methodSchema } from '../subscription/schema.ts'

export const historyQuery = pageQuery

export const paymentSchema = z
  .object({
    at: instantSchema,
    product_id: z.string(),
    name: z.string(),
    kind: z
      .enum(['charge', 'refund', 'reversal'])
      .meta({ id: 'PaymentKind', description: '`reversal`: a bank or a store took back what it had said' }),
    amount_won: z.int().meta({ description: 'What was given back is negative' }),
    currency: z.string(),
    method: methodSchema,
    paid_with: z.string().nullable().meta({ description: 'As Toss calls it', example: '카드' }),
    order_id: z.string().meta({ description: 'For POST /payments/refunds. Of a store, its own id' }),
    receipt_url: z.url().nullable(),
    refund: z
      .object({ amount_won: z.int(), state: refundStateSchema })
      .meta({ id: 'PaymentRefund' })
      .nullable()
      .meta({ description: 'The last that was asked for. Only of a charge' }),
  })
  .meta({ id: 'Payment' })
export type Payment = z.infer<typeof paymentSchema>

export const paymentPages = pagesOf('payments', z.tuple([z.string(), z.string(), z.string(), z.string()]))
