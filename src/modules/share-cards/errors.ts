import { defineError } from '../../core/errors.ts'

export const shareNotFound = defineError({
  code: 'share_not_found',
  status: 404,
  title: 'No such link, or it was taken back',
  detail: '더 이상 볼 수 없는 산책이에요.',
})
