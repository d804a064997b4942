import { z } from 'zod'
import { instantSchema } from '../../../core/fields.ts'
import type { Task } from '../../../jobs/job.ts'
import { settleRead } from '../orders/service.ts'
import { BEGINNING, compareWithToss, type TakePayment } from './toss.service.ts'

const positionSchema = z
  .object({ transaction_key: z.string().nullable(), from: instantSchema.nullable(), difference: z.string().nullable() })
  .nullish()

/** Every night: what Toss moved on the day before is in the ledger, and the reverse. `take` settles what Toss says of a payment. */
export const reconcilingToss = (take: TakePayment): Task => ({
  name: 'payments.reconcile_toss',
  async run(deps, scheduledAt, cursor) {
    const { next, ...counts } = await compareWithToss(deps, take, scheduledAt, positionSchema.parse(cursor) ?? BEGINNING)
    return { counts, next }
  },
})

export const reconcileWithToss: Task = reconcilingToss(settleRead)
