import { z } from 'zod'
import { defineError } from '../../../core/errors.ts'
import { instantSchema } from '../../../core/fields.ts'

export const accountSuspended = defineError({
  code: 'account_suspended',
  status: 403,
  title: 'A moderator has suspended the account: it can read and walk, and write nothing that others read',
  detail: '이용이 정지되어 지금은 할 수 없어요.',
  members: { until: instantSchema, reason: z.string().nullable().meta({ description: 'A `ReportReason`' }) },
})
