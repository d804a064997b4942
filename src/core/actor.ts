import { defineError } from './errors.ts'

/** A caller with a valid access token. Each query checks that the account and the session still exist (`db/viewer.ts`). */
export interface Actor {
  readonly user_id: string
  readonly session_id: string
}

export const unauthenticated = defineError({
  code: 'unauthenticated',
  status: 401,
  title: 'Sign in first',
  detail: '로그인이 필요해요.',
})

/** A query for a viewer answers `null` when the viewer has logged out or was deleted. */
export function signedIn<T>(answer: T | null): T {
  if (answer === null) throw unauthenticated({ headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } })
  return answer
}
