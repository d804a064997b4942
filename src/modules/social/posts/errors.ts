import { defineError } from '../../../core/errors.ts'

export const temporarilyBlocked = defineError({
  code: 'temporarily_blocked',
  status: 451,
  title: 'Somebody whom it injures has had it closed for at most 30 days (정보통신망법 §44-2)',
  detail: '권리 침해 신고로 임시 조치된 게시물이에요.',
})
