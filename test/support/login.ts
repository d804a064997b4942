import type { Deps } from '../../src/deps.ts'
import { logInWithKakao } from '../../src/modules/auth/service.ts'
import type { SocialIdentity } from '../../src/vendors/social.ts'
import { createApi, createTestDeps, type Api, type DepsOverrides } from './api.ts'
import { cloud } from './cloud.ts'

/** What an app holds after a login with a provider's SDK, from the simulators' `POST /_sim/login`. */
export async function simulateLogin(of: { provider: 'kakao' | 'naver' | 'apple'; id: string; [option: string]: unknown }) {
  const response = await fetch(`${cloud.simulatorsUrl}/_sim/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(of),
  })
  if (!response.ok) throw new Error(`simulated login failed: ${await response.text()}`)
  return (await response.json()) as Record<string, string>
}

type NewPerson = Api & { user: NonNullable<Api['user']>; kakao_id: string }

/** A person who has just logged in for the first time. Kakao is not asked, because that takes longer than many tests. */
export async function signUp({ deps = {} }: { deps?: DepsOverrides } = {}): Promise<NewPerson> {
  const kakao_id = randomNumericId()
  const identity: SocialIdentity = { provider: 'kakao', provider_id: kakao_id, email: null, vendor_token: null, vendor_client_id: null }
  const { db, now, accessTokens, refreshKeys, vault, keyedIds, rooms, waitUntil, cache } = createTestDeps(deps)
  const kakao = { identify: async () => identity } as unknown as Deps['kakao']
  const login = await logInWithKakao(
    { db, now, accessTokens, refreshKeys, vault, keyedIds, rooms, waitUntil, cache, kakao },
    { access_token: kakao_id },
  )
  const user = { access_token: login.access_token, refresh_token: login.refresh_token, user_id: login.user.id }
  return { ...createApi({ deps, user }), user, kakao_id }
}

/** The same through the API, for tests in which Kakao must know the person. */
export async function signUpWithKakao({ deps = {} }: { deps?: DepsOverrides } = {}): Promise<NewPerson> {
  const kakao_id = randomNumericId()
  return { ...(await logIn(kakao_id, { deps })), kakao_id }
}

/** Another login of the person with that Kakao account, as on another device. */
export async function logIn(kakao_id: string, { deps = {} }: { deps?: DepsOverrides } = {}) {
  const { access_token } = await simulateLogin({ provider: 'kakao', id: kakao_id })
  const { json, status } = await createApi({ deps }).post('/auth/kakao', { access_token })
  if (status !== 200) throw new Error(`login answered ${status}: ${JSON.stringify(json)}`)
  const user = { access_token: json.access_token, refresh_token: json.refresh_token, user_id: json.user.id }
  return { ...createApi({ deps, user }), user }
}

/** Kakao's ids are numbers. */
export function randomNumericId(): string {
  return String(1_000_000_000 + Math.floor(Math.random() * 8_000_000_000_000))
}
