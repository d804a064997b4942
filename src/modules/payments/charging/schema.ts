import { z } from 'zod'
import { uuidSchema } from '../../../core/fields.ts'

/** A charge, by what it pays for. Periods count from 0. */
export const chargeIdSchema = z.object({ subscription_id: uuidSchema, period_no: z.int().min(0) })
export type ChargeId = z.infer<typeof chargeIdSchema>
