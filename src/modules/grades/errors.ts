import { defineError } from '../../core/errors.ts'

export const titleLocked = defineError({
  code: 'title_locked',
  status: 403,
  title: 'Only a title that is unlocked can be shown',
  detail: '아직 얻지 않은 칭호예요.',
})

export const unknownTitle = defineError({
  code: 'unknown_title',
  status: 422,
  title: 'There is no such title',
  detail: '칭호를 찾을 수 없어요.',
})
