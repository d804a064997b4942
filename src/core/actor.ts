import { defineError } from './errors.ts'

/** A caller with a valid access token. Each query checks that the account and the session still exist (`db/viewer.ts`). */
export interface Actor {
  readonly user_id: string
  readonly session_id: string
  /** The token says that its holder is banned. They may take their data with them, and appeal (`http/middleware/auth.ts`). */
  readonly is_banned?: boolean
}

export const unauthenticated = defineError({
  code: 'unauthenticated',
  status: 401,
  title: 'Sign in first',
  detail: '로그인이 필요해요.',
})

export const accountBanned = defineError({
  code: 'account_banned',
  status: 403,
  title: 'A moderator has banned the account. For 30 days it can be read, appealed for and deleted, and after that not even logged in to',
  detail: '이용이 제한된 계정이에요.',
})

/** A query for a viewer answers `null` when the viewer has logged out or was deleted. */
export function signedIn<T>(answer: T | null): T {
  if (answer === null) throw unauthenticated({ headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } })
  return answer
}
