import { defineError } from '../../core/errors.ts'

/** Errors of every login. The vendors' adapters throw them. */
export { vendorUnavailable } from '../../vendors/http.ts'
export { socialLoginRejected } from '../../vendors/social.ts'

export const identityTokenUsed = defineError({
  code: 'identity_token_used',
  status: 401,
  title: 'The identity token has logged in before. Get a new one from the provider',
  detail: '로그인 정보가 만료됐어요. 다시 로그인해 주세요.',
})
export const invalidRefreshToken = defineError({
  code: 'invalid_refresh_token',
  status: 401,
  title: 'The refresh token is not, or no longer, one of ours',
  detail: '다시 로그인해 주세요.',
})
export const refreshTokenReused = defineError({
  code: 'refresh_token_reused',
  status: 401,
  title: 'The refresh token was spent before. Its session has been ended',
  detail: '안전을 위해 로그아웃했어요. 다시 로그인해 주세요.',
})
export const sessionNotFound = defineError({
  code: 'session_not_found',
  status: 404,
  title: 'No such session',
  detail: '찾을 수 없는 기기예요.',
})
export const noticeNotGenuine = defineError({
  code: 'notice_not_genuine',
  status: 401,
  title: 'The provider did not send this notice to us',
  detail: '확인할 수 없는 알림이에요.',
})
export const noticeNotStored = defineError({
  code: 'notice_not_stored',
  status: 503,
  title: 'The notice could not be stored. Send it again',
  detail: '잠시 후 다시 시도해 주세요.',
})
