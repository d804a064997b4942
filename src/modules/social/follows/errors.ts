import { defineError } from '../../../core/errors.ts'

export const ownAccount = defineError({
  code: 'own_account',
  status: 422,
  title: 'It is the account of the caller, and must be somebody else’s',
  detail: '나에게는 할 수 없어요.',
})
export const followLimit = defineError({
  code: 'follow_limit',
  status: 409,
  title: 'The caller follows as many people as anybody can',
  detail: '팔로우할 수 있는 사람 수를 다 채웠어요.',
})
export const tooManyFollows = defineError({
  code: 'too_many_follows',
  status: 429,
  title: 'The caller has begun to follow too many people within 24 hours',
  detail: '오늘은 더 팔로우할 수 없어요. 나중에 다시 시도해 주세요.',
})
