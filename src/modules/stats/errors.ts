import { defineError } from '../../core/errors.ts'

export const periodOutOfReach = defineError({
  code: 'period_out_of_reach',
  status: 422,
  title:
    'Statistics end with the present period, the calendar 24 months from the present month, and a health report with the present month',
  detail: '볼 수 없는 기간이에요.',
})
