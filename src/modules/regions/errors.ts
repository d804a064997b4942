import { defineError } from '../../core/errors.ts'

export const regionNotFound = defineError({
  code: 'region_not_found',
  status: 404,
  title: 'No region has that code',
  detail: '지역을 찾을 수 없어요.',
})
