import { defineError } from '../../../core/errors.ts'

export const customerKeyMismatch = defineError({
  code: 'customer_key_mismatch',
  status: 409,
  title: 'The card was registered under another key than the `customer_key` of GET /subscription/plans',
  detail: '카드 정보를 확인할 수 없어요. 다시 등록해 주세요.',
})
