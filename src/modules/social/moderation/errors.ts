import { z } from 'zod'
import { defineError } from '../../../core/errors.ts'
import { instantSchema } from '../../../core/fields.ts'

export const targetNotFound = defineError({
  code: 'target_not_found',
  status: 404,
  title: 'No such thing to report',
  detail: '찾을 수 없는 대상이에요.',
})

export const ownContent = defineError({
  code: 'own_content',
  status: 422,
  title: 'Nobody can report what is their own',
  detail: '내 것은 신고할 수 없어요.',
})

export const tooManyReports = defineError({
  code: 'too_many_reports',
  status: 429,
  title: 'More reports than one person may make in 24 hours',
  detail: '오늘은 더 신고할 수 없어요. 급한 일이면 고객센터로 알려 주세요.',
})

export const caseNotFound = defineError({
  code: 'case_not_found',
  status: 404,
  title: 'Nothing of the kind was reported',
  detail: '찾을 수 없는 신고예요.',
})

export const alreadyDecided = defineError({
  code: 'already_decided',
  status: 409,
  title: 'Somebody has decided it already',
  detail: '이미 처리된 건이에요.',
  members: { decided: z.object({ created_at: instantSchema.nullable() }).loose() },
})

export const sameAdmin = defineError({
  code: 'same_admin',
  status: 409,
  title: 'Another admin must decide: nobody decides about themselves, or about an appeal against their own action',
  detail: '다른 운영자가 처리해야 해요.',
})

export const actionNotPossible = defineError({
  code: 'action_not_possible',
  status: 422,
  title: 'This action does not fit the thing, its author or its state',
  detail: '이 대상에는 할 수 없는 처리예요.',
})

export const actionNotFound = defineError({
  code: 'action_not_found',
  status: 404,
  title: 'No such action about the caller that can be appealed',
  detail: '찾을 수 없는 조치예요.',
})

export const appealTooLate = defineError({
  code: 'appeal_too_late',
  status: 409,
  title: 'An action can be appealed for 30 days',
  detail: '이의를 제기할 수 있는 기간이 지났어요.',
})

export const appealNotFound = defineError({
  code: 'appeal_not_found',
  status: 404,
  title: 'No such appeal',
  detail: '찾을 수 없는 이의 제기예요.',
})

export const takedownNotFound = defineError({
  code: 'takedown_not_found',
  status: 404,
  title: 'No such takedown',
  detail: '찾을 수 없는 건이에요.',
})

export const takedownOver = defineError({
  code: 'takedown_over',
  status: 409,
  title: 'It is not closed any more',
  detail: '이미 끝난 건이에요.',
})

export const evidenceNotFound = defineError({
  code: 'evidence_not_found',
  status: 404,
  title: 'No such photo, or the signature is over',
  detail: '찾을 수 없는 사진이에요.',
})
