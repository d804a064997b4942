import { z } from 'zod'
import { optional, uuidSchema } from '../../../core/fields.ts'
import { lineSchema } from '../../../core/text.ts'

export const createRefundSchema = z
  .strictObject({
    order_id: z.string().min(1).max(200).meta({ description: 'Of a charge, as GET /payments/history gives it' }),
    reason: optional(lineSchema(100)),
  })
  .meta({ id: 'CreateRefund', example: { order_id: 'order-5f0c9a4e3b2d8171a6c0d9e8f7b6a594' } })
export type CreateRefund = z.infer<typeof createRefundSchema>

export const refundStateSchema = z
  .enum(['pending', 'done', 'refused'])
  .meta({ id: 'RefundState', description: '`refused`: Toss did not allow it, and somebody looks at it' })

export const refundSchema = z.object({ refund_id: uuidSchema, amount_won: z.int(), state: refundStateSchema }).meta({ id: 'Refund' })
export type Refund = z.infer<typeof refundSchema>
