import { defineError } from '../../../core/errors.ts'

export const bboxTooLarge = defineError({
  code: 'bbox_too_large',
  status: 422,
  title: 'The rectangle has too many cells at this zoom',
  detail: '지도를 더 확대해 주세요.',
})
