import { defineError } from '../../core/errors.ts'

export const notConfigured = defineError({
  code: 'not_configured',
  status: 404,
  title: 'This server knows no app that may open its links',
  detail: '찾을 수 없는 주소예요.',
})
