import { defineError } from '../../core/errors.ts'

export const badgeNotFound = defineError({
  code: 'badge_not_found',
  status: 404,
  title: 'There is no such badge',
  detail: '뱃지를 찾을 수 없어요.',
})

export const badgeNotEarned = defineError({
  code: 'badge_not_earned',
  status: 409,
  title: 'Only a badge that was earned can be shown',
  detail: '아직 획득하지 않은 뱃지예요.',
})
