import { defineError } from '../../../core/errors.ts'

export const ownWalk = defineError({
  code: 'own_walk',
  status: 422,
  title: 'Nobody can like their own walk',
  detail: '내 산책에는 좋아요를 누를 수 없어요.',
})
