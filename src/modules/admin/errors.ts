import { defineError } from '../../core/errors.ts'

export const adminRequired = defineError({
  code: 'admin_required',
  status: 403,
  title: 'It is for those who run the service',
  detail: '운영자만 이용할 수 있어요.',
})
