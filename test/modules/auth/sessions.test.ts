import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createApi, createTestDeps } from '../../support/api.ts'
import { signUp, simulateLogin } from '../../support/login.ts'

const deps = createTestDeps()
const sessionsOf = async (api: Pick<Awaited<ReturnType<typeof signUp>>, 'get'>) => (await api.get('/auth/sessions')).json.items as any[]

async function addDevice(kakao_id: string, device: object = {}) {
  const { access_token } = await simulateLogin({ provider: 'kakao', id: kakao_id })
  const { json } = await createApi().post('/auth/kakao', { access_token, device })
  return createApi({ user: { access_token: json.access_token, refresh_token: json.refresh_token, user_id: json.user.id } })
}

describe('the devices that are logged in', () => {
  it('are listed, last used first, this one marked, in one trip', async () => {
    const phone = await signUp()
    const tablet = await addDevice(phone.kakao_id, { name: '거실 패드', platform: 'android' })
    const { status, json, headers } = await tablet.get('/auth/sessions')
    expect(status).toBe(200)
    expect(headers.get('Server-Timing')).toContain('db;desc="1"')
    expect(json.next_cursor).toBeNull()
    expect(json.items).toMatchObject([
      { device_name: '거실 패드', device_platform: 'android', is_current: true },
      { device_name: null, device_platform: null, is_current: false },
    ])
    await phone.post('/auth/refresh', { refresh_token: phone.user.refresh_token })
    expect((await sessionsOf(phone)).map(({ is_current }) => is_current)).toEqual([true, false])
  })

  it('are only those that can still be used', async () => {
    const phone = await signUp()
    const tablet = await addDevice(phone.kakao_id)
    const [{ id }] = await sessionsOf(tablet)
    await deps.db.execute(sql`UPDATE sessions SET expires_at = now() WHERE id = ${id}`)
    expect(await sessionsOf(phone)).toHaveLength(1)
  })

  it('are fifty at most: a login beyond ends the one that was renewed longest ago, and its pushes', { timeout: 60_000 }, async () => {
    const phone = await signUp()
    const user_id = phone.user.user_id
    const push_token = crypto.randomUUID()
    await deps.db.execute(sql`
      INSERT INTO push_tokens (token, user_id, session_id, platform, registered_at)
      SELECT ${push_token}, user_id, id, 'ios', now() FROM sessions WHERE user_id = ${user_id}`)
    await deps.db.execute(sql`
      INSERT INTO sessions (id, user_id, counter, token_hash, created_at, rotated_at, expires_at)
      SELECT gen_random_uuid(), ${user_id}, 1, decode('00', 'hex'), now() + n * interval '1 millisecond', now() + n * interval '1 millisecond', now() + interval '7 days'
      FROM generate_series(1, 48) AS n`)
    const fiftieth = await addDevice(phone.kakao_id)
    expect(await sessionsOf(fiftieth)).toHaveLength(50)
    const last = await addDevice(phone.kakao_id)
    const listed = await sessionsOf(last)
    expect(listed).toHaveLength(50)
    expect(listed.filter(({ is_current }) => is_current)).toHaveLength(1)
    expect((await phone.get('/auth/sessions')).status).toBe(401)
    expect((await phone.post('/auth/refresh', { refresh_token: phone.user.refresh_token })).json.code).toBe('invalid_refresh_token')
    expect((await deps.db.execute(sql`SELECT 1 FROM push_tokens WHERE token = ${push_token}`)).rows).toEqual([])
    const { rows } = await deps.db.execute(sql`SELECT revoked_reason FROM sessions WHERE user_id = ${user_id} AND revoked_at IS NOT NULL`)
    expect(rows).toEqual([{ revoked_reason: 'too_many' }])
    await Promise.all(Array.from({ length: 6 }, () => addDevice(phone.kakao_id)))
    expect(await sessionsOf(await addDevice(phone.kakao_id))).toHaveLength(50)
  })

  it("are nobody else's", async () => {
    const [one, two] = await Promise.all([signUp(), signUp()])
    const [{ id }] = await sessionsOf(two)
    const { status, json } = await one.delete(`/auth/sessions/${id}`)
    expect([status, json.code]).toEqual([404, 'session_not_found'])
    expect((await one.delete(`/auth/sessions/${crypto.randomUUID()}`)).status).toBe(404)
    expect((await one.delete('/auth/sessions/not-an-id')).status).toBe(422)
    expect((await two.get('/auth/sessions')).status).toBe(200)
  })
})

describe('logging out', () => {
  it('here ends this session at once, and only this one', async () => {
    const phone = await signUp()
    const tablet = await addDevice(phone.kakao_id)
    const { status, headers } = await phone.post('/auth/logout')
    expect(status).toBe(204)
    expect(headers.get('Server-Timing')).toContain('db;desc="1"')
    expect((await phone.get('/auth/sessions')).status).toBe(401)
    expect((await phone.post('/auth/logout')).status).toBe(401)
    expect(await sessionsOf(tablet)).toHaveLength(1)
  })

  it('takes the device off the push list, if it stands there under this name', async () => {
    const [phone, other] = await Promise.all([signUp(), signUp()])
    const [mine, others] = [crypto.randomUUID(), crypto.randomUUID()]
    const register = (token: string, user_id: string) =>
      deps.db.execute(
        sql`INSERT INTO push_tokens (token, user_id, session_id, platform, registered_at) SELECT ${token}, user_id, id, 'ios', now() FROM sessions WHERE user_id = ${user_id} LIMIT 1`,
      )
    await Promise.all([register(mine, phone.user.user_id), register(others, other.user.user_id)])
    const isRegistered = async (token: string) =>
      (await deps.db.execute(sql`SELECT 1 FROM push_tokens WHERE token = ${token}`)).rows.length === 1
    const tablet = await addDevice(phone.kakao_id)
    expect((await tablet.post('/auth/logout', { push_token: others })).status).toBe(204)
    expect(await isRegistered(others)).toBe(true)
    expect((await phone.post('/auth/logout', { push_token: mine })).status).toBe(204)
    expect(await isRegistered(mine)).toBe(false)
  })

  it('of another device ends that one, as often as it is asked', async () => {
    const phone = await signUp()
    const tablet = await addDevice(phone.kakao_id)
    const id = (await sessionsOf(tablet)).find(({ is_current }) => is_current).id
    expect((await phone.delete(`/auth/sessions/${id}`)).status).toBe(204)
    expect((await phone.delete(`/auth/sessions/${id}`)).status).toBe(204)
    expect((await tablet.get('/auth/sessions')).status).toBe(401)
    const refreshed = await tablet.post('/auth/refresh', { refresh_token: tablet.user!.refresh_token })
    expect(refreshed.json.code).toBe('invalid_refresh_token')
    expect(await sessionsOf(phone)).toHaveLength(1)
  })

  it('elsewhere leaves only this device', async () => {
    const phone = await signUp()
    const others = await Promise.all([addDevice(phone.kakao_id), addDevice(phone.kakao_id)])
    for (let i = 0; i < 2; i++) {
      const { status, headers } = await phone.delete('/auth/sessions')
      expect([status, headers.get('Server-Timing')?.slice(0, 11)]).toEqual([204, 'db;desc="1"'])
    }
    for (const other of others) expect((await other.get('/auth/sessions')).status).toBe(401)
    expect(await sessionsOf(phone)).toHaveLength(1)
  })

  it('may say nothing, or JSON without a push token, but not nonsense', async () => {
    const send = async (body?: unknown) => (await (await signUp()).post('/auth/logout', body)).status
    expect([await send(), await send({}), await send({ push_token: 5 }), await send([])]).toEqual([204, 204, 422, 422])
    const headers = { 'Content-Type': 'application/json' }
    const sendRaw = async (raw: string) => (await (await signUp()).post('/auth/logout', undefined, { raw, headers })).status
    expect([await sendRaw(''), await sendRaw('{}'), await sendRaw('{')]).toEqual([204, 204, 400])
  })

  it('needs somebody who is logged in', async () => {
    const anyone = createApi()
    const answers = [
      await anyone.post('/auth/logout'),
      await anyone.get('/auth/sessions'),
      await anyone.delete('/auth/sessions'),
      await anyone.delete(`/auth/sessions/${crypto.randomUUID()}`),
    ]
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401])
  })
})
