import { defineError } from '../../core/errors.ts'

export const regionNotSet = defineError({
  code: 'region_not_set',
  status: 409,
  title: 'Choose a home first, or name a region',
  detail: '동네를 먼저 설정해 주세요.',
})
