import { defineError } from '../../core/errors.ts'

export const deadLetterNotFound = defineError({
  code: 'dead_letter_not_found',
  status: 404,
  title: 'No such dead letter',
  detail: '찾을 수 없는 항목이에요.',
})

export const jobNotFound = defineError({
  code: 'job_not_found',
  status: 404,
  title: 'No task of this name has ever run',
  detail: '찾을 수 없는 작업이에요.',
})

export const jobTimeInvalid = defineError({
  code: 'job_time_invalid',
  status: 422,
  title: 'A task that works as of a time to come would end or purge what is not due',
  detail: '작업 시각은 미래일 수 없어요.',
})

export const adminRequired = defineError({
  code: 'admin_required',
  status: 403,
  title: 'It is for those who run the service',
  detail: '운영자만 이용할 수 있어요.',
})
