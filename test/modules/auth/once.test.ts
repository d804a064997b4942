import { createExecutionContext } from 'cloudflare:test'
import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createApi, createTestDeps } from '../../support/api.ts'
import { testEnv } from '../../support/env.ts'
import { injectFault } from '../../support/faults.ts'
import { randomNumericId, simulateLogin } from '../../support/login.ts'
import { noCache } from '../../support/no-cache.ts'

const api = createApi()
const deps = createTestDeps()
const rowsOf = async (statement: ReturnType<typeof sql>) => (await deps.db.execute(statement)).rows as any[]
const without = (body: Record<string, unknown>, key: string) => Object.fromEntries(Object.entries(body).filter(([name]) => name !== key))
const randomSub = () => `001234.${crypto.randomUUID().replaceAll('-', '')}.0456`

describe('a code or an identity token', () => {
  const grants = async (): Promise<[path: string, body: Record<string, unknown>, provider_id: string][]> => {
    const ids = { kakao: randomNumericId(), other: randomNumericId(), naver: crypto.randomUUID(), apple: randomSub(), web: randomSub() }
    const kakao = await simulateLogin({ provider: 'kakao', id: ids.kakao })
    const other = await simulateLogin({ provider: 'kakao', id: ids.other })
    const naver = await simulateLogin({ provider: 'naver', id: ids.naver })
    const apple = await simulateLogin({ provider: 'apple', id: ids.apple })
    const web = await simulateLogin({ provider: 'apple', id: ids.web, aud: 'com.withbowwow.web', redirect_uri: 'https://a.example/cb' })
    return [
      ['/auth/kakao', { code: kakao.code, redirect_uri: kakao.redirect_uri }, ids.kakao],
      ['/auth/kakao', { id_token: other.id_token, nonce: other.nonce }, ids.other],
      ['/auth/naver', { code: naver.code, state: naver.state }, ids.naver],
      ['/auth/apple', { identity_token: apple.identity_token, nonce: apple.nonce }, ids.apple],
      [
        '/auth/apple',
        { identity_token: web.identity_token, nonce: web.nonce, authorization_code: web.code, redirect_uri: 'https://a.example/cb' },
        ids.web,
      ],
    ]
  }
  const after = (ms: number) => createApi({ deps: { now: () => new Date(Date.now() + ms) } })
  const sessionsOf = async (user_id: string) => (await rowsOf(sql`SELECT count(*)::int AS n FROM sessions WHERE user_id = ${user_id}`))[0].n

  it('gives the same session again soon after, whatever lost the first answer', async () => {
    for (const [path, body] of await grants()) {
      const first = await api.post(path, { ...body, device: { name: '몽이 폰', platform: 'android' } })
      for (const ms of [0, 12_000, 59_000]) {
        const again = await after(ms).post(path, { ...body, device: { name: '몽이 폰', platform: 'android' } })
        expect([path, again.status, again.json]).toEqual([path, 200, { ...first.json, access_token: again.json.access_token }])
      }
      expect(first.json.is_new_user).toBe(true)
      expect(await sessionsOf(first.json.user.id)).toBe(1)
      const { status } = await api.get('/users/me', { headers: { Authorization: `Bearer ${first.json.access_token}` } })
      expect(status).toBe(200)
    }
  })

  it('logs in no more after a minute, nor from another device, nor once its refresh token was used', async () => {
    for (const [path, body] of await grants()) {
      const refused = {
        status: 401,
        json: { code: 'identity_token' in body || 'id_token' in body ? expect.any(String) : 'social_login_rejected' },
      }
      const first = await api.post(path, body)
      expect(await api.post(path, { ...body, device: { name: '남의 폰' } })).toMatchObject(refused)
      expect(await after(61_000).post(path, body)).toMatchObject(refused)
      expect((await api.post(path, body)).status).toBe(200)
      expect((await api.post('/auth/refresh', { refresh_token: first.json.refresh_token })).status).toBe(200)
      expect(await api.post(path, body)).toMatchObject(refused)
      expect(await sessionsOf(first.json.user.id)).toBe(1)
    }
    const apple = await simulateLogin({ provider: 'apple', id: randomSub() })
    const body = { identity_token: apple.identity_token, nonce: apple.nonce }
    await api.post('/auth/apple', body)
    expect((await after(61_000).post('/auth/apple', body)).json.code).toBe('identity_token_used')
  })

  it('is not repeated by whoever knows a part of the request', async () => {
    for (const [path, body] of await grants()) {
      await api.post(path, body)
      for (const key of ['nonce', 'authorization_code', 'redirect_uri', 'state']) {
        if (!(key in body)) continue
        for (const other of [
          { ...body, [key]: key === 'redirect_uri' ? 'https://a.example/other' : 'guessed-by-a-thief' },
          without(body, key),
        ]) {
          const { status } = await api.post(path, other)
          expect([path, key, [401, 422].includes(status)]).toEqual([path, key, true])
        }
      }
    }
  })

  it('does not bring back what its first login did: a session that was ended, an account that was deleted', async () => {
    const apple = await simulateLogin({ provider: 'apple', id: randomSub() })
    const body = { identity_token: apple.identity_token, nonce: apple.nonce }
    const { json } = await api.post('/auth/apple', body)
    const person = createApi({ user: { access_token: json.access_token, refresh_token: json.refresh_token, user_id: json.user.id } })
    expect((await person.delete('/users/me')).status).toBeLessThan(300)
    expect((await api.post('/auth/apple', body)).json.code).toBe('identity_token_used')
    const [{ is_deleted }] = await rowsOf(sql`SELECT deleted_at IS NOT NULL AS is_deleted FROM users WHERE id = ${json.user.id}`)
    expect(is_deleted).toBe(true)
  })

  it('is the same one with its signature spelt otherwise', async () => {
    const apple = await simulateLogin({ provider: 'apple', id: randomSub() })
    const { json } = await api.post('/auth/apple', { identity_token: apple.identity_token, nonce: apple.nonce })
    // The last letter of a signature of 256 bytes holds bits that mean nothing.
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const token = apple.identity_token!
    const others = [...letters].map((letter) => token.slice(0, -1) + letter).filter((it) => it !== token)
    for (const identity_token of [...others, `${token}=`, `${token}==`]) {
      const { status } = await after(61_000).post('/auth/apple', { identity_token, nonce: apple.nonce })
      expect(status).toBe(401)
    }
    expect(await sessionsOf(json.user.id)).toBe(1)
  })

  it('used several times at once opens one session', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 10; round++) {
      const apple = await simulateLogin({ provider: 'apple', id: randomSub() })
      const body = { identity_token: apple.identity_token, nonce: apple.nonce }
      const answers = await Promise.all(Array.from({ length: 4 }, () => api.post('/auth/apple', body)))
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
      expect(new Set(answers.map(({ json }) => json.refresh_token)).size).toBe(1)
      expect(await sessionsOf(answers[0]!.json.user.id)).toBe(1)
    }
  })

  it('that the provider has redeemed logs in when it is sent again, although the database failed meanwhile', async () => {
    for (const [path, body, id] of await grants()) {
      for (const cut of ['before', 'before', 'after'] as const) {
        await injectFault({ host: 'neon', key: id, match: 'INSERT INTO identities', cut })
        expect([path, (await api.post(path, body)).status]).toEqual([path, 503])
      }
      const { status, json } = await api.post(path, body)
      expect([path, status, json.is_new_user]).toEqual([path, 200, true])
      expect(await sessionsOf(json.user.id)).toBe(1)
    }
  })

  it('is not redeemed for anybody by what a failed login left behind a minute ago, and needs no Redis otherwise', async () => {
    for (const [path, body, id] of await grants()) {
      await injectFault({ host: 'neon', key: id, match: 'INSERT INTO identities', cut: 'before' })
      const forgetful = createApi({ deps: { cache: noCache } })
      expect((await forgetful.post(path, body)).status).toBe(503)
      const isSpent = 'code' in body || 'authorization_code' in body
      expect([path, (await forgetful.post(path, body)).status]).toEqual([path, isSpent ? 401 : 200])
    }
  })
})

describe('an address', () => {
  it('may log in so many times, and asks no provider beyond', async () => {
    const asked: string[] = []
    const limit = async ({ key }: { key: string }) => {
      asked.push(key)
      return { success: asked.length <= 2 }
    }
    const knock = (path: string, body: object) =>
      api.app.request(
        path,
        {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', 'CF-Connecting-IP': '203.0.113.9' },
          body: JSON.stringify(body),
        },
        { ...testEnv, RATE_LIMIT_ANONYMOUS: { limit } },
        createExecutionContext(),
      )
    const bodies: [string, object][] = [
      ['/auth/kakao', { access_token: 'x' }],
      ['/auth/naver', { access_token: 'x' }],
      ['/auth/apple', { identity_token: 'x.y.z' }],
      ['/auth/kakao', { access_token: 'x' }],
      ['/auth/naver', { access_token: 'x' }],
    ]
    const answers = []
    for (const [path, body] of bodies) answers.push(await knock(path, body))
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 429, 429, 429])
    expect(answers[2]!.headers.get('Retry-After')).toBe('60')
    expect(await answers[2]!.json()).toMatchObject({ code: 'too_many_requests' })
    expect(new Set(asked)).toEqual(new Set(['login 203.0.113.9']))
    expect((await knock('/auth/refresh', { refresh_token: 'x' })).status).toBe(401)
  })
})
