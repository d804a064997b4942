import { defineError } from '../../core/errors.ts'

export const regionNotSet = defineError({
  code: 'region_not_set',
  status: 409,
  title: 'Choose where you live first, or say which region',
  detail: '동네를 먼저 설정해 주세요.',
})

export const rankingRegionNotFound = defineError({
  code: 'region_not_found',
  status: 404,
  title: 'No region of that scope has that code',
  detail: '지역을 찾을 수 없어요.',
})
