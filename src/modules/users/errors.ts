import { defineError } from '../../core/errors.ts'
import { instantSchema } from '../../core/fields.ts'

export const userNotFound = defineError({ code: 'user_not_found', status: 404, title: 'No such user', detail: '사용자를 찾을 수 없어요.' })
export const nicknameTaken = defineError({
  code: 'nickname_taken',
  status: 409,
  title: 'Somebody else has that nickname',
  detail: '이미 사용 중인 닉네임이에요.',
})
export const nicknameBanned = defineError({
  code: 'nickname_banned',
  status: 422,
  title: 'The nickname contains a word that is not allowed',
  detail: '사용할 수 없는 단어가 들어 있어요.',
})
export const nicknameChangeTooSoon = defineError({
  code: 'nickname_change_too_soon',
  status: 409,
  title: 'A nickname can be changed once in seven days. `available_at` says from when',
  detail: '닉네임은 7일에 한 번만 바꿀 수 있어요.',
  members: { available_at: instantSchema.optional().meta({ description: 'Of `nickname_change_too_soon`: from when it can be changed' }) },
})
export const unknownRegion = defineError({
  code: 'unknown_region',
  status: 422,
  title: 'There is no region at that position, or with that code',
  detail: '동네를 찾을 수 없어요. 국내 위치인지 확인해 주세요.',
})
