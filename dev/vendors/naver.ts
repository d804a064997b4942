import { randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { z } from 'zod'
import { workerVars } from '../credentials.ts'
import { createHost, nowSeconds, randomToken, readAuthorization, readForm, Refusal, type Vendor } from './vendor.ts'

const profileShape = {
  email: z.string().optional(),
  nickname: z.string().optional(),
  name: z.string().optional(),
  gender: z.enum(['F', 'M', 'U']).optional(),
  age: z.string().optional(),
  birthday: z.string().optional(),
  birthyear: z.string().optional(),
  profile_image: z.string().optional(),
  mobile: z.string().optional(),
}

export const naverLoginSchema = z.strictObject({
  provider: z.literal('naver'),
  id: z.string().min(1).max(64),
  ...profileShape,
  state: z.string().min(1).optional(),
  expires_in: z.int().default(3_600),
  code_expires_in: z.int().default(600),
})

interface Pair {
  id: string
  accessToken: string
  refreshToken: string
  expiresAt: number
}

/** Naver Login: hosts nid and openapi. https://developers.naver.com/docs/login/api/api.md */
export function createNaver() {
  const profiles = new Map<string, Record<string, string>>()
  const codes = new Map<string, { id: string; state: string; expiresAt: number }>()
  const revoked = new Set<string>()
  let pairs: Pair[] = []

  function issue(id: string, expiresIn: number): Pair {
    // Naver's access tokens have characters that a form must encode.
    const accessToken = `AAAA+${randomBytes(40).toString('base64')}/=`
    const pair = { id, accessToken, refreshToken: randomToken(), expiresAt: nowSeconds() + expiresIn }
    pairs.push(pair)
    return pair
  }

  const nid = createHost()
  nid.on(['GET', 'POST'], '/oauth2.0/token', async (c) => {
    const input = { ...c.req.query(), ...(await readForm(c)) }
    if (!isClient(input)) throw failure('unauthorized_client', 'wrong client id / client secret pair')
    if (input.grant_type === 'authorization_code') return c.json(exchange(input))
    if (input.grant_type === 'refresh_token') return c.json(refresh(input))
    if (input.grant_type === 'delete') return c.json(remove(input))
    throw failure('invalid_request', 'wrong grant_type')
  })

  nid.post('/oauth2.0/revoke', async (c) => {
    const input = await readForm(c)
    if (!isClient(input)) throw new Refusal(401, { error: 'unauthorized_client', error_description: 'Client authentication failed.' })
    const { token, token_type_hint: hint = 'access_token' } = input
    if (!token || !['access_token', 'refresh_token'].includes(hint)) throw new Refusal(400, { error: 'invalid_request' })
    const pair = pairs.find((it) => (hint === 'access_token' ? it.accessToken : it.refreshToken) === token)
    if (pair) revoke(pair.id)
    return c.body(null, 200)
  })

  const openapi = createHost()
  openapi.get('/v1/nid/me', (c) => {
    const { id } = findPair(c)
    return c.json({ resultcode: '00', message: 'success', response: { id, ...profiles.get(id) } })
  })
  openapi.get('/v1/nid/verify', (c) => {
    const { id, accessToken, expiresAt } = findPair(c)
    const expire_date = `${new Date((expiresAt + 9 * 3_600) * 1_000).toISOString().slice(0, 19)}+0900`
    const response = { token: accessToken, expire_date, allowed_profile: Object.keys(profiles.get(id) ?? {}).join(',') }
    return c.json({ resultcode: '00', message: 'success', ...(c.req.query('info') === 'true' && { response }) })
  })

  function exchange({ code = '', state }: Record<string, string>) {
    if (!state) throw failure('invalid_request', 'state is missing')
    const grant = codes.get(code)
    if (!grant || grant.state !== state || grant.expiresAt <= nowSeconds()) throw failure('invalid_request', 'no valid data in session')
    codes.delete(code)
    const { accessToken, refreshToken } = issue(grant.id, 3_600)
    return { access_token: accessToken, refresh_token: refreshToken, token_type: 'bearer', expires_in: '3600' }
  }

  function refresh({ refresh_token }: Record<string, string>) {
    const pair = pairs.find((it) => it.refreshToken === refresh_token)
    if (!pair) throw failure('invalid_request', 'invalid refresh_token')
    const { accessToken } = issue(pair.id, 3_600)
    return { access_token: accessToken, token_type: 'bearer', expires_in: '3600' }
  }

  /** The API before May 2026, which needs a live access token. */
  function remove({ access_token }: Record<string, string>) {
    const pair = pairs.find((it) => it.accessToken === access_token && it.expiresAt > nowSeconds())
    if (!pair) throw failure('invalid_request', 'invalid access_token')
    revoke(pair.id)
    return { access_token: pair.accessToken, result: 'success' }
  }

  function revoke(id: string) {
    pairs = pairs.filter((it) => it.id !== id)
    revoked.add(id)
  }

  function findPair(c: Context): Pair {
    const token = readAuthorization(c, 'Bearer')
    if (!token) throw new Refusal(401, { resultcode: '028', message: 'Authentication header not exists (인증 헤더가 없습니다.)' })
    const pair = pairs.find((it) => it.accessToken === token && it.expiresAt > nowSeconds())
    if (!pair) throw new Refusal(401, { resultcode: '024', message: 'Authentication failed (인증에 실패했습니다.)' })
    return pair
  }

  const control = createHost().get('/naver/users/:id', (c) => {
    const id = c.req.param('id')
    return c.json({ revoked: revoked.has(id), tokens: pairs.filter((it) => it.id === id).length })
  })

  /** What an app has after a login with Naver's SDK (tokens) or in a web view (code and state). */
  function login(input: z.infer<typeof naverLoginSchema>) {
    const { id, state = randomToken(16), expires_in, code_expires_in } = input
    const known = Object.keys(profileShape).flatMap((name) => {
      const value = input[name as keyof typeof profileShape]
      return value === undefined ? [] : [[name, value] as const]
    })
    profiles.set(id, Object.fromEntries(known))
    revoked.delete(id)
    const code = randomToken(12)
    codes.set(code, { id, state, expiresAt: nowSeconds() + code_expires_in })
    const { accessToken, refreshToken } = issue(id, expires_in)
    return { code, state, access_token: accessToken, refresh_token: refreshToken }
  }

  function reset() {
    for (const held of [profiles, codes, revoked]) held.clear()
    pairs = []
  }

  return { hosts: { 'nid.naver.com': nid, 'openapi.naver.com': openapi }, control, reset, login } satisfies Vendor & { login: unknown }
}

function isClient({ client_id, client_secret }: Record<string, string>): boolean {
  return client_id === workerVars.NAVER_CLIENT_ID && client_secret === workerVars.NAVER_CLIENT_SECRET
}

/** Naver's token endpoint reports errors with status 200. */
function failure(error: string, error_description: string) {
  return new Refusal(200, { error, error_description })
}
