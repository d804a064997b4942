import { defineError } from '../../../core/errors.ts'

export const trialUsed = defineError({
  code: 'trial_used',
  status: 409,
  title: 'No trial is left, and nothing was charged; show the price and open the card window again',
  detail: '무료 체험을 이미 썼어요. 결제된 금액은 없어요.',
})

export const customerKeyMismatch = defineError({
  code: 'customer_key_mismatch',
  status: 409,
  title: 'The card was registered under another key than the `customer_key` of GET /subscription/plans',
  detail: '카드 정보를 확인할 수 없어요. 다시 등록해 주세요.',
})
