import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createApi, createTestDeps } from '../../support/api.ts'
import { injectFault } from '../../support/faults.ts'
import { randomNumericId, signUpWithKakao, simulateLogin } from '../../support/login.ts'

const DAY_MS = 86_400_000
const api = createApi()
const deps = createTestDeps()
const rowsOf = async (statement: ReturnType<typeof sql>) => (await deps.db.execute(statement)).rows as any[]
const kakaoToken = async (id: string, options: object = {}) => (await simulateLogin({ provider: 'kakao', id, ...options })).access_token
const randomSub = () => `001234.${crypto.randomUUID().replaceAll('-', '')}.0456`
const identityOf = async (provider_id: string) => (await rowsOf(sql`SELECT * FROM identities WHERE provider_id = ${provider_id}`))[0]
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString()
const markDeleted = (user_id: string, at: string) => deps.db.execute(sql`UPDATE users SET deleted_at = ${at} WHERE id = ${user_id}`)

describe('a first login', () => {
  it('makes an account with a neutral name, in one trip', async () => {
    const id = randomNumericId()
    const access_token = await kakaoToken(id, { nickname: '홍길동', name: '홍길동', email: `h${id}@example.com` })
    const { status, headers, json } = await api.post('/auth/kakao', { access_token, device: { name: '몽이 아이폰', platform: 'ios' } })
    expect(status).toBe(200)
    expect(headers.get('Server-Timing')).toContain('db;desc="1"')
    expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 3_600, is_new_user: true, is_restored: false })
    expect(json.user).toMatchObject({ has_nickname: false, is_premium: false, days_with_us: 1, weekly_goal_km: 20, primary_pet: null })
    expect(json.user.nickname).toMatch(/^[가-힣]{2,8}\d{4}$/)
    const again = await api.post('/auth/kakao', { access_token })
    expect(again.json).toMatchObject({ is_new_user: false, is_restored: false, user: { id: json.user.id, nickname: json.user.nickname } })
    expect(await identityOf(id)).toMatchObject({
      provider: 'kakao',
      user_id: json.user.id,
      email: `h${id}@example.com`,
      vendor_token: null,
    })
  })

  it('works with every way in that the app has', async () => {
    const id = randomNumericId()
    const kakao = await simulateLogin({ provider: 'kakao', id })
    const naver = await simulateLogin({ provider: 'naver', id: `n${id}` })
    const sub = randomSub()
    const apple = await simulateLogin({ provider: 'apple', id: sub })
    const withCode = await simulateLogin({ provider: 'apple', id: sub })
    const ways: [path: string, body: object][] = [
      ['/auth/kakao', { code: kakao.code, redirect_uri: kakao.redirect_uri }],
      ['/auth/kakao', { access_token: kakao.access_token }],
      ['/auth/kakao', { id_token: kakao.id_token, nonce: kakao.nonce }],
      ['/auth/naver', { code: naver.code, state: naver.state }],
      ['/auth/naver', { access_token: naver.access_token }],
      ['/auth/apple', { identity_token: apple.identity_token, nonce: apple.nonce, full_name: { given_name: '길동' } }],
      [
        '/auth/apple',
        { identity_token: withCode.identity_token, nonce: withCode.nonce, authorization_code: withCode.code, full_name: '홍길동' },
      ],
    ]
    const users = []
    for (const [path, body] of ways) {
      const { status, json, headers } = await api.post(path, body)
      expect([path, status, headers.get('Server-Timing')?.slice(0, 11)]).toEqual([path, 200, 'db;desc="1"'])
      users.push(json.user.id)
    }
    expect(new Set(users).size).toBe(3)
  })

  it('made twice at once makes one account', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 25; round++) {
      const id = randomNumericId()
      const access_token = await kakaoToken(id)
      const answers = await Promise.all(Array.from({ length: 2 + (round % 4) }, () => api.post('/auth/kakao', { access_token })))
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
      expect(new Set(answers.map(({ json }) => json.user.id)).size).toBe(1)
      expect(answers.filter(({ json }) => json.is_new_user)).toHaveLength(1)
      const user_id = answers[0]!.json.user.id
      const [{ sessions }] = await rowsOf(sql`SELECT count(*)::int AS sessions FROM sessions WHERE user_id = ${user_id}`)
      expect(sessions).toBe(answers.length)
    }
  })

  it('whose answer was lost can be asked again', async () => {
    const id = randomNumericId()
    const access_token = await kakaoToken(id)
    await injectFault({ host: 'neon', key: id, cut: 'after' })
    expect((await api.post('/auth/kakao', { access_token })).status).toBe(503)
    const { status, json } = await api.post('/auth/kakao', { access_token })
    expect([status, json.is_new_user]).toEqual([200, false])
    expect(await rowsOf(sql`SELECT 1 FROM identities WHERE provider_id = ${id}`)).toHaveLength(1)
  })

  it('takes another name when the first is taken', async () => {
    const random = crypto.getRandomValues.bind(crypto)
    // A name is drawn with three numbers, one at a time: word, word, digits.
    const drawn = [1, 2, 3, 1, 2, 3]
    crypto.getRandomValues = ((array: Uint32Array) => {
      if (!(array instanceof Uint32Array) || drawn.length === 0) return random(array)
      array[0] = drawn.shift()!
      return array
    }) as typeof crypto.getRandomValues
    try {
      const first = await signUpWithKakao()
      expect(drawn).toHaveLength(3)
      const second = await signUpWithKakao()
      expect(drawn).toHaveLength(0)
      const names = await Promise.all([first, second].map(async (it) => (await it.get('/users/me')).json.nickname))
      expect(names[0]).toMatch(/0003$/)
      expect(names[1]).not.toBe(names[0])
    } finally {
      crypto.getRandomValues = random
    }
  })
})

describe('a login after deletion', () => {
  it('within thirty days gives the account back, and says so once', async () => {
    const person = await signUpWithKakao()
    await markDeleted(person.user.user_id, daysAgo(29.9))
    expect((await person.get('/auth/sessions')).status).toBe(401)
    const access_token = await kakaoToken(person.kakao_id)
    const answers = await Promise.all([api.post('/auth/kakao', { access_token }), api.post('/auth/kakao', { access_token })])
    for (const { json } of answers) expect(json).toMatchObject({ is_new_user: false, user: { id: person.user.user_id } })
    expect(answers.filter(({ json }) => json.is_restored)).toHaveLength(1)
  })

  it('after thirty days is a first login, even if the purge is late', async () => {
    const person = await signUpWithKakao()
    await markDeleted(person.user.user_id, daysAgo(30.1))
    const access_token = await kakaoToken(person.kakao_id)
    const answers = await Promise.all([api.post('/auth/kakao', { access_token }), api.post('/auth/kakao', { access_token })])
    const ids = new Set(answers.map(({ json }) => json.user.id))
    expect(ids.size).toBe(1)
    expect(ids.has(person.user.user_id)).toBe(false)
    expect(answers.filter(({ json }) => json.is_new_user)).toHaveLength(1)
    expect(answers.filter(({ json }) => json.is_restored)).toHaveLength(0)
    const [old] = await rowsOf(sql`SELECT deleted_at FROM users WHERE id = ${person.user.user_id}`)
    expect(old.deleted_at).not.toBeNull()
  })
})

describe('what the provider wants back', () => {
  it('is kept sealed, and not forgotten by a login that brings none', async () => {
    const id = randomSub()
    const first = await simulateLogin({ provider: 'apple', id, aud: 'com.withbowwow.web', email: 'a@privaterelay.appleid.com' })
    const body = { identity_token: first.identity_token, nonce: first.nonce, authorization_code: first.code }
    expect((await api.post('/auth/apple', body)).status).toBe(200)
    const stored = await identityOf(id)
    expect(stored).toMatchObject({ vendor_client_id: 'com.withbowwow.web', email: 'a@privaterelay.appleid.com' })
    expect(await deps.vault.open(stored.vendor_token)).toMatch(/^r.+\.sim$/)
    const second = await simulateLogin({ provider: 'apple', id })
    expect((await api.post('/auth/apple', { identity_token: second.identity_token, nonce: second.nonce })).status).toBe(200)
    expect(await identityOf(id)).toEqual(stored)
  })

  it('is Naver’s refresh token after a login by code', async () => {
    const id = crypto.randomUUID()
    const { code, state } = await simulateLogin({ provider: 'naver', id, email: 'contact@naver.com' })
    await api.post('/auth/naver', { code, state })
    const { vendor_token, email } = await identityOf(id)
    expect(email).toBeNull()
    expect(await deps.vault.open(vendor_token)).toMatch(/^[\w-]{40,}$/)
  })
})

describe('a login is refused', () => {
  it('with 401 when the provider does not vouch for it', async () => {
    const other = await kakaoToken(randomNumericId(), { app_id: 5 })
    for (const [path, body] of [
      ['/auth/kakao', { access_token: other }],
      ['/auth/kakao', { code: 'x', redirect_uri: 'https://a.example/' }],
      ['/auth/naver', { access_token: 'x' }],
      ['/auth/apple', { identity_token: 'x.y.z' }],
    ] as const) {
      const { status, json } = await api.post(path, body)
      expect([status, json.code]).toEqual([401, 'social_login_rejected'])
    }
  })

  it('with 502 when the provider does not answer', async () => {
    const id = randomNumericId()
    const access_token = await kakaoToken(id)
    await injectFault({
      host: 'kapi.kakao.com',
      key: access_token!,
      path: '/v1/user/access_token_info',
      status: 500,
      body: '<html>',
      times: 2,
    })
    const { status, json } = await api.post('/auth/kakao', { access_token })
    expect([status, json.code]).toEqual([502, 'vendor_unavailable'])
    expect(await rowsOf(sql`SELECT 1 FROM identities WHERE provider_id = ${id}`)).toHaveLength(0)
    expect((await api.post('/auth/kakao', { access_token })).status).toBe(200)
  })

  it('with 422 when it is none of the forms it may have', async () => {
    const bodies: [path: string, body: unknown][] = [
      ['/auth/kakao', {}],
      ['/auth/kakao', []],
      ['/auth/kakao', null],
      ['/auth/kakao', 'text'],
      ['/auth/kakao', { code: 'c' }],
      ['/auth/kakao', { code: 'c', redirect_uri: 'not a url' }],
      ['/auth/kakao', { access_token: 'a', code: 'c', redirect_uri: 'https://a.example/' }],
      ['/auth/kakao', { access_token: '' }],
      ['/auth/kakao', { access_token: 5 }],
      ['/auth/kakao', { access_token: 'line\nbreak' }],
      ['/auth/kakao', { access_token: '한글' }],
      ['/auth/kakao', { access_token: 'a'.repeat(5_000) }],
      ['/auth/kakao', { id_token: 'a', nonce: 5 }],
      ['/auth/kakao', { access_token: 'a', is_admin: true }],
      ['/auth/kakao', { access_token: 'a', device: { name: 'x'.repeat(81) } }],
      ['/auth/kakao', { access_token: 'a', device: { name: 'nul\u0000' } }],
      ['/auth/kakao', { access_token: 'a', device: { name: '\ud800' } }],
      ['/auth/kakao', { access_token: 'a', device: { platform: 'toaster' } }],
      ['/auth/naver', { code: 'c' }],
      ['/auth/naver', { code: 'c', state: '' }],
      ['/auth/apple', { nonce: 'n' }],
      ['/auth/apple', { identity_token: 'a', nonce: 'n'.repeat(501) }],
      ['/auth/apple', { identity_token: 'a', user_id: crypto.randomUUID() }],
      ['/auth/apple', { identity_token: 'a', redirect_uri: 'http://a.example/cb' }],
      ['/auth/apple', { identity_token: 'a', redirect_uri: 'myapp://callback' }],
      ['/auth/apple', { identity_token: 'a', redirect_uri: `https://a.example/${'x'.repeat(2_000)}` }],
    ]
    for (const [path, body] of bodies) {
      const { status, json } = await api.post(path, body)
      expect([JSON.stringify(body).slice(0, 80), status, json.code]).toEqual([JSON.stringify(body).slice(0, 80), 422, 'validation_failed'])
    }
    expect((await api.post('/auth/kakao', {})).json.errors[0].message).toContain('access_token')
  })

  it('with 400 when it is not JSON', async () => {
    const headers = { 'Content-Type': 'application/json' }
    expect((await api.post('/auth/kakao', undefined, { raw: '{"access_token"', headers })).status).toBe(400)
  })
})
