import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { workerVars } from '../../../dev/credentials.ts'
import { revokeIdentity } from '../../../src/modules/auth/jobs.ts'
import { createApi, createTestDeps } from '../../support/api.ts'
import { injectFault } from '../../support/faults.ts'
import { randomNumericId, signUpWithKakao, simulateLogin } from '../../support/login.ts'
import { cloud } from '../../support/cloud.ts'

const api = createApi()
const deps = createTestDeps()
const simulators = cloud.simulatorsUrl
const randomSub = () => `001234.${crypto.randomUUID().replaceAll('-', '')}.0456`
const stateOf = async (user_id: string) =>
  (
    await deps.db.execute(sql`
      SELECT users.deleted_at IS NOT NULL AS is_deleted, identities.vendor_token,
        (SELECT count(*)::int FROM sessions WHERE sessions.user_id = users.id AND sessions.revoked_at IS NULL) AS sessions
      FROM users JOIN identities ON identities.user_id = users.id
      WHERE users.id = ${user_id}`)
  ).rows[0] as any

/** A notice as Apple signs it; it is delivered by the test itself. */
async function signNotice(notice: object): Promise<string> {
  const body = JSON.stringify({ type: 'consent-revoked', to: `${simulators}/_sim/nowhere`, ...notice })
  const response = await fetch(`${simulators}/_sim/apple/notify`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
  return ((await response.json()) as { payload: string }).payload
}
const tellApple = async (notice: object) => api.post('/auth/apple/notifications', { payload: await signNotice(notice) })

async function signUpWithApple() {
  const sub = randomSub()
  const logIn = async () => {
    const { identity_token, nonce, code } = await simulateLogin({ provider: 'apple', id: sub })
    const { json } = await api.post('/auth/apple', { identity_token, nonce, authorization_code: code })
    return createApi({ user: { access_token: json.access_token, refresh_token: json.refresh_token, user_id: json.user.id } })
  }
  return { sub, logIn, person: await logIn() }
}

describe('a notice from Apple', () => {
  it('that the consent was withdrawn logs out everywhere, forgets the token, and keeps the account', async () => {
    const { sub, person, logIn } = await signUpWithApple()
    await logIn()
    const push_token = crypto.randomUUID()
    await deps.db.execute(sql`
      INSERT INTO push_tokens (token, user_id, session_id, platform, registered_at)
      SELECT ${push_token}, user_id, id, 'ios', now() FROM sessions WHERE user_id = ${person.user!.user_id} LIMIT 1`)
    const { status, json } = await tellApple({ sub, event_time: Date.now() + 1_000 })
    expect([status, json]).toEqual([200, {}])
    expect((await deps.db.execute(sql`SELECT 1 FROM push_tokens WHERE token = ${push_token}`)).rows).toHaveLength(0)
    expect((await person.get('/auth/sessions')).status).toBe(401)
    expect(await stateOf(person.user!.user_id)).toEqual({ is_deleted: false, vendor_token: null, sessions: 0 })
  })

  it.each(['account-delete', 'account-deleted'])('of %s starts the deletion of the account', async (type) => {
    const { sub, person } = await signUpWithApple()
    expect((await tellApple({ sub, type })).status).toBe(200)
    expect(await stateOf(person.user!.user_id)).toEqual({ is_deleted: true, vendor_token: null, sessions: 0 })
  })

  it('does not start a deletion that has begun a second time', async () => {
    const { sub, person } = await signUpWithApple()
    const at = '2026-01-02T03:04:05.000Z'
    await deps.db.execute(sql`UPDATE users SET deleted_at = ${at} WHERE id = ${person.user!.user_id}`)
    await tellApple({ sub, type: 'account-deleted' })
    const { rows } = await deps.db.execute(sql`SELECT deleted_at = ${at} AS is_same FROM users WHERE id = ${person.user!.user_id}`)
    expect(rows[0]!.is_same).toBe(true)
  })

  it('that came before does nothing more, not even to who has logged in again', async () => {
    const { sub, person, logIn } = await signUpWithApple()
    const payload = await signNotice({ sub })
    await api.post('/auth/apple/notifications', { payload })
    const back = await logIn()
    for (let i = 0; i < 3; i++) expect((await api.post('/auth/apple/notifications', { payload })).status).toBe(200)
    expect((await back.get('/auth/sessions')).status).toBe(200)
    expect(await stateOf(person.user!.user_id)).toMatchObject({ sessions: 1, vendor_token: expect.any(String) })
  })

  it('that comes late leaves alone what began since', async () => {
    const { sub, person, logIn } = await signUpWithApple()
    const event_time = Date.now()
    await new Promise((resolve) => setTimeout(resolve, 5))
    const back = await logIn()
    await tellApple({ sub, event_time })
    expect((await person.get('/auth/sessions')).status).toBe(401)
    expect((await back.get('/auth/sessions')).status).toBe(200)
    expect(await stateOf(person.user!.user_id)).toMatchObject({ vendor_token: expect.any(String) })
  })

  it('of an account that is gone leaves alone who is newer than that, or has logged in since', async () => {
    for (const type of ['account-delete', 'account-deleted']) {
      const { sub, person, logIn } = await signUpWithApple()
      await tellApple({ sub, type, event_time: Date.now() - 40 * 86_400_000 })
      expect((await person.get('/users/me')).status).toBe(200)
      const event_time = Date.now()
      await new Promise((resolve) => setTimeout(resolve, 5))
      const back = await logIn()
      await tellApple({ sub, type, event_time })
      expect((await back.get('/users/me')).status).toBe(200)
      expect(await stateOf(person.user!.user_id)).toMatchObject({ is_deleted: false, sessions: 1, vendor_token: expect.any(String) })
      expect((await tellApple({ sub, type, event_time: String(Date.now()) })).status).toBe(200)
      expect(await stateOf(person.user!.user_id)).toMatchObject({ is_deleted: true, sessions: 0 })
    }
  })

  it('is heard in every shape: an object or text, in milliseconds or seconds', async () => {
    const nextSecond = () => Math.floor(Date.now() / 1_000) + 1
    const shapes = [
      () => ({ events_as: 'object' }),
      () => ({ event_time: nextSecond() }),
      () => ({ events_as: 'object', event_time: String(nextSecond()) }),
    ]
    for (const make of shapes) {
      const { sub, person } = await signUpWithApple()
      const shape = make()
      expect((await tellApple({ sub, type: 'account-deleted', ...shape })).status).toBe(200)
      expect([shape, await stateOf(person.user!.user_id)]).toEqual([shape, { is_deleted: true, vendor_token: null, sessions: 0 }])
    }
  })

  it('about e-mail, or of somebody unknown, is remembered and changes nothing', async () => {
    const { sub, person } = await signUpWithApple()
    for (const notice of [{ sub, type: 'email-disabled' }, { sub, type: 'email-enabled' }, { sub: randomSub() }]) {
      const jti = crypto.randomUUID()
      expect((await tellApple({ ...notice, jti })).status).toBe(200)
      const { rows } = await deps.db.execute(sql`SELECT 1 FROM identity_notices WHERE provider = 'apple' AND notice_id = ${jti}`)
      expect(rows).toHaveLength(1)
    }
    expect((await person.get('/auth/sessions')).status).toBe(200)
  })

  it('that Apple did not sign for us is refused and changes nothing', async () => {
    const { sub, person } = await signUpWithApple()
    const forgeries = [
      { sign: 'none' },
      { sign: 'hs256' },
      { sign: 'unknown_kid' },
      { sign: 'wrong_key' },
      { aud: 'com.evil' },
      { iss: 'https://e.example' },
    ]
    for (const forgery of forgeries) {
      const { status, json } = await tellApple({ sub, ...forgery })
      expect([status, json.code]).toEqual([401, 'notice_not_genuine'])
    }
    expect((await api.post('/auth/apple/notifications', { payload: 'x' })).status).toBe(401)
    for (const body of [{}, { payload: 5 }, [], null]) expect((await api.post('/auth/apple/notifications', body)).status).toBe(422)
    expect((await person.get('/auth/sessions')).status).toBe(200)
  })

  it('is not taken for stored when it was not', async () => {
    const { sub, person } = await signUpWithApple()
    const payload = await signNotice({ sub })
    await injectFault({ host: 'neon', key: sub, cut: 'before', times: 2 })
    expect((await api.post('/auth/apple/notifications', { payload })).status).toBe(503)
    expect((await person.get('/auth/sessions')).status).toBe(200)
    await injectFault({ host: 'neon', key: sub, cut: 'after' })
    expect((await api.post('/auth/apple/notifications', { payload })).status).toBe(200)
    expect((await person.get('/auth/sessions')).status).toBe(401)
  })
})

describe('a notice from Kakao', () => {
  const authorization = `KakaoAK ${workerVars.KAKAO_ADMIN_KEY}`
  const app_id = workerVars.KAKAO_APP_ID
  const fieldsOf = (user_id: string, more: object = {}) => ({ app_id, user_id, referrer_type: 'UNLINK_FROM_APPS', ...more })
  const asForm = (fields: Record<string, string>, headers: Record<string, string> = { Authorization: authorization }) =>
    api.post('/auth/kakao/unlink', undefined, { raw: new URLSearchParams(fields), headers })

  it('logs out everywhere, as a form, as JSON, or as a query, and keeps the account', async () => {
    const headers = { Authorization: authorization }
    const ways = [
      (fields: Record<string, string>) => asForm(fields),
      (fields: Record<string, string>) => api.post('/auth/kakao/unlink', fields, { headers }),
      (fields: Record<string, string>) =>
        api.post('/auth/kakao/unlink', { ...fields, app_id: Number(app_id), user_id: Number(fields.user_id) }, { headers }),
      (fields: Record<string, string>) => api.post('/auth/kakao/unlink', { ...fields, referrer_type: null }, { headers }),
      (fields: Record<string, string>) => api.get(`/auth/kakao/unlink?${new URLSearchParams(fields)}`, { headers }),
      (fields: Record<string, string>) => api.post(`/auth/kakao/unlink?${new URLSearchParams(fields)}`, undefined, { headers }),
    ]
    for (const way of ways) {
      const person = await signUpWithKakao()
      const { status, json } = await way(fieldsOf(person.kakao_id))
      expect([status, json]).toEqual([200, {}])
      expect((await person.get('/auth/sessions')).status).toBe(401)
      expect(await stateOf(person.user.user_id)).toMatchObject({ is_deleted: false, sessions: 0 })
    }
  })

  it.each(['ACCOUNT_DELETE', 'FORCED_ACCOUNT_DELETE'])('of %s starts the deletion of the account', async (referrer_type) => {
    const person = await signUpWithKakao()
    expect((await asForm(fieldsOf(person.kakao_id, { referrer_type }))).status).toBe(200)
    expect(await stateOf(person.user.user_id)).toMatchObject({ is_deleted: true, sessions: 0 })
  })

  it('is 200 of somebody unknown too, and again', async () => {
    const person = await signUpWithKakao()
    for (let i = 0; i < 2; i++) expect((await asForm(fieldsOf(person.kakao_id))).status).toBe(200)
    expect((await asForm(fieldsOf(randomNumericId()))).status).toBe(200)
    expect((await asForm({ app_id })).status).toBe(200)
  })

  it('is refused without our admin key and our app id', async () => {
    const person = await signUpWithKakao()
    const fields = fieldsOf(person.kakao_id)
    const attempts = [
      asForm(fields, {}),
      asForm(fields, { Authorization: 'KakaoAK wrong' }),
      asForm(fields, { Authorization: `Bearer ${workerVars.KAKAO_ADMIN_KEY}` }),
      asForm({ ...fields, app_id: '1' }),
      asForm({ user_id: person.kakao_id }),
      api.get(`/auth/kakao/unlink?${new URLSearchParams(fields)}`),
    ]
    for (const attempt of attempts) {
      const { status, json } = await attempt
      expect([status, json.code]).toEqual([401, 'notice_not_genuine'])
    }
    expect((await asForm(fieldsOf('not a number'))).status).toBe(422)
    expect((await person.get('/auth/sessions')).status).toBe(200)
  })

  it('survives one failure of the database, and is a 503 in time when it fails on', async () => {
    const person = await signUpWithKakao()
    await injectFault({ host: 'neon', key: person.kakao_id, cut: 'before', times: 2 })
    expect((await asForm(fieldsOf(person.kakao_id))).status).toBe(503)
    await injectFault({ host: 'neon', key: person.kakao_id, delay_ms: 3_500 })
    const startedAt = Date.now()
    const { status, json } = await asForm(fieldsOf(person.kakao_id))
    expect([status, json.code]).toEqual([503, 'notice_not_stored'])
    expect(Date.now() - startedAt).toBeLessThan(5_000)
    await injectFault({ host: 'neon', key: person.kakao_id, status: 500 })
    expect((await asForm(fieldsOf(person.kakao_id))).status).toBe(200)
    expect((await person.get('/auth/sessions')).status).toBe(401)
  })

  it('stays out of the public document', async () => {
    const { json } = await api.get('/openapi.json')
    expect(Object.keys(json.paths)).toContain('/auth/kakao')
    expect(Object.keys(json.paths)).not.toContain('/auth/kakao/unlink')
    expect(Object.keys(json.paths)).not.toContain('/auth/apple/notifications')
  })
})

describe('the end of a purged link', () => {
  const run = (revocation: object) =>
    revokeIdentity.run(deps, revokeIdentity.payload.parse({ vendor_token: null, vendor_client_id: null, ...revocation }))
  const statusAt = async (provider: string, id: string) => (await fetch(`${simulators}/_sim/${provider}/users/${id}`)).json()

  it('reaches each provider, and may be repeated', async () => {
    const kakao = randomNumericId()
    await simulateLogin({ provider: 'kakao', id: kakao })
    const apple = await simulateLogin({ provider: 'apple', id: randomSub() })
    const granted = await deps.apple.identify({ identity_token: apple.identity_token!, nonce: apple.nonce, authorization_code: apple.code })
    const naver = await simulateLogin({ provider: 'naver', id: crypto.randomUUID() })
    const linked = await deps.naver.identify({ code: naver.code!, state: naver.state! })
    for (let i = 0; i < 2; i++) {
      await run({ provider: 'kakao', provider_id: kakao })
      await run({ ...granted, vendor_token: await deps.vault.seal(granted.vendor_token!) })
      await run({ ...linked, vendor_token: await deps.vault.seal(linked.vendor_token!) })
    }
    expect(await statusAt('kakao', kakao)).toEqual({ linked: false, tokens: 0 })
    expect(await statusAt('apple', granted.provider_id)).toMatchObject({ revoked: true })
    expect(await statusAt('naver', linked.provider_id)).toMatchObject({ revoked: true })
  })

  it('is left alone when the person has come back since', async () => {
    const person = await signUpWithKakao()
    await run({ provider: 'kakao', provider_id: person.kakao_id })
    expect(await statusAt('kakao', person.kakao_id)).toMatchObject({ linked: true })
  })

  it('is tried again when the provider fails, and when the token cannot be opened', async () => {
    const id = randomNumericId()
    await simulateLogin({ provider: 'kakao', id })
    await injectFault({ host: 'kapi.kakao.com', key: id, status: 503 })
    await expect(run({ provider: 'kakao', provider_id: id })).rejects.toThrow(/partner service/)
    await run({ provider: 'kakao', provider_id: id })
    expect(await statusAt('kakao', id)).toMatchObject({ linked: false })
    await expect(run({ provider: 'naver', provider_id: 'n', vendor_token: 'sealed elsewhere' })).rejects.toThrow(/naver/)
  })
})
