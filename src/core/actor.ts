import { defineError } from './errors.ts'

/** Somebody whose access token is genuine. Whether account and session still stand is a predicate of the statement they ask for (`db/viewer.ts`). */
export interface User {
  readonly user_id: string
  readonly session_id: string
}

export const unauthenticated = defineError({
  code: 'unauthenticated',
  status: 401,
  title: 'Sign in first',
  detail: '로그인이 필요해요.',
})

/** Queries for a viewer answer `null` when there is no such viewer any more: logged out, or deleted. */
export function signedIn<T>(answer: T | null): T {
  if (answer === null) throw unauthenticated({ headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } })
  return answer
}
