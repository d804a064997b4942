import { z } from 'zod'
import { uuidSchema } from '../../../core/fields.ts'
import { defineJob, done, type DueTask } from '../../../jobs/job.ts'
import { JOB } from '../../../jobs/types.ts'
import { nextRefund } from './queries.ts'
import { dispatchDueRefunds, sendRefund } from './service.ts'

const DISPATCHED_MAX = 100

export const refund = defineJob({
  type: JOB.refund,
  payload: z.object({ refund_id: uuidSchema }),
  run: (deps, { refund_id }) => sendRefund(deps, refund_id),
})

export const sendDueRefunds: DueTask = {
  name: 'payments.send_refunds',
  run: async (deps, scheduledAt) => done({ sent: await dispatchDueRefunds(deps, DISPATCHED_MAX, scheduledAt) }),
  nextDue: nextRefund,
}
