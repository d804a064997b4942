import { defineError } from '../../../core/errors.ts'

export const cursorExpired = defineError({
  code: 'cursor_expired',
  status: 422,
  title: 'The feed of this cursor is more than a day old',
  detail: '피드를 처음부터 다시 불러와 주세요.',
})
