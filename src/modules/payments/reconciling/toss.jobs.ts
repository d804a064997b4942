import { z } from 'zod'
import { instantSchema } from '../../../core/fields.ts'
import type { Task } from '../../../jobs/job.ts'
import { settleRead } from '../orders/service.ts'
import { compareWithToss, findBeginning, type TakePayment } from './toss.service.ts'

const NAME = 'payments.reconcile_toss'

const positionSchema = z
  .object({ date: z.iso.date(), transaction_key: z.string().nullable(), from: instantSchema.nullable(), difference: z.string().nullable() })
  .nullish()

/** Every night: what Toss moved on the days since the last such night is in the ledger, and the reverse. `take` settles what Toss says of a payment. */
export const reconcilingToss = (take: TakePayment): Task => ({
  name: NAME,
  async run(deps, scheduledAt, cursor) {
    const position = positionSchema.parse(cursor) ?? (await findBeginning(deps, NAME, scheduledAt))
    const { next, ...counts } = await compareWithToss(deps, take, scheduledAt, position)
    return { counts, next }
  },
})

export const reconcileWithToss: Task = reconcilingToss(settleRead)
