import { defineError } from '../../core/errors.ts'

export const premiumRequired = defineError({
  code: 'premium_required',
  status: 403,
  title: 'It is for premium subscribers',
  detail: '프리미엄에서 이용할 수 있어요.',
})
