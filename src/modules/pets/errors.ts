import { defineError } from '../../core/errors.ts'

export const petNotFound = defineError({ code: 'pet_not_found', status: 404, title: 'No such pet', detail: '반려동물을 찾을 수 없어요.' })
export const petLimitReached = defineError({
  code: 'pet_limit_reached',
  status: 409,
  title: 'One may have at most ten pets',
  detail: '반려동물은 10마리까지 등록할 수 있어요.',
})
export const birthDateInvalid = defineError({
  code: 'birth_date_invalid',
  status: 422,
  title: 'The birth date lies in the future, or more than forty years back',
  detail: '생일을 확인해 주세요.',
})
export const healthRecordNotFound = defineError({
  code: 'health_record_not_found',
  status: 404,
  title: 'No such health record',
  detail: '건강 기록을 찾을 수 없어요.',
})
export const healthRecordInvalid = defineError({
  code: 'health_record_invalid',
  status: 422,
  title:
    'A record of this kind cannot be so: a weight has a value, a vaccination a title, no date lies in the future, none follows its next',
  detail: '건강 기록의 내용과 날짜를 확인해 주세요.',
})
