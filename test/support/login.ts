import { createApi, type Api, type DepsOverrides } from './api.ts'
import { cloud } from './cloud.ts'

/** What the app of a provider would hold after its SDK's login; see the simulators' `POST /_sim/login`. */
export async function simulateLogin(of: { provider: 'kakao' | 'naver' | 'apple'; id: string; [option: string]: unknown }) {
  const response = await fetch(`${cloud.simulatorsUrl}/_sim/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(of),
  })
  if (!response.ok) throw new Error(`simulated login failed: ${await response.text()}`)
  return (await response.json()) as Record<string, string>
}

/** A person who has just logged in for the first time, through Kakao. */
export async function signUp({ deps = {} }: { deps?: DepsOverrides } = {}): Promise<
  Api & { user: NonNullable<Api['user']>; kakao_id: string }
> {
  const kakao_id = randomNumericId()
  return { ...(await logIn(kakao_id, { deps })), kakao_id }
}

/** A further login of the person with that Kakao account: another device. */
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
