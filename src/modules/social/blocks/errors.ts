import { defineError } from '../../../core/errors.ts'

export const cannotBlockSelf = defineError({
  code: 'cannot_block_self',
  status: 422,
  title: 'Nobody can block themselves',
  detail: '나를 차단할 수는 없어요.',
})
