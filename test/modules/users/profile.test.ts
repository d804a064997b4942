import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../../../src/core/time.ts'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { addPet } from '../../support/walks.ts'
import { freshNickname } from './nicknames.ts'

describe('GET /users/me', () => {
  it('shows a newcomer with a generated nickname and what stands for everybody', async () => {
    const { json } = await (await signUp()).get('/users/me')
    expect(json).toMatchObject({
      has_nickname: false,
      region: null,
      is_premium: false,
      premium_until: null,
      ads_free: false,
      weekly_goal_km: 20,
      walk_unit: 'km',
      days_with_us: 1,
      representative_badge: null,
      primary_pet: null,
      linked_accounts: [{ provider: 'kakao', linked_at: expect.any(String) }],
      notification_settings: { quiet_hours: { enabled: true, start: '22:00', end: '08:00' }, reminder: { time: '18:00' } },
    })
    expect(json.nickname).toMatch(/^[가-힣]+\d{4}$/)
    expect(Object.values(json.notification_settings.notifications)).toEqual(Array(38).fill(true))
  })

  it('counts days by the calendar of Seoul', async () => {
    const owner = await signUp({ deps: { now: () => new Date('2026-03-01T14:59:00Z') } })
    const daysAt = async (now: string) => (await owner.with({ now: () => new Date(now) }).get('/users/me')).json.days_with_us
    expect(await daysAt('2026-03-01T14:59:30Z')).toBe(1)
    expect(await daysAt('2026-03-01T15:00:00Z')).toBe(2)
    expect(await daysAt('2026-04-16T01:00:00Z')).toBe(47)
  })

  it('says until when one is premium, as long as one is', async () => {
    const owner = await signUp()
    const id = owner.user.user_id
    const { db } = createTestDeps()
    await db.execute(
      `INSERT INTO premium_periods (user_id, provider, starts_at, ends_at) VALUES ('${id}', 'toss', '2026-05-01', '2026-06-01T00:00:00Z')`,
    )
    const at = async (now: string) => (await owner.with({ now: () => new Date(now) }).get('/users/me')).json
    expect(await at('2026-05-31T23:59:59Z')).toMatchObject({ is_premium: true, ads_free: true, premium_until: '2026-06-01T00:00:00+00:00' })
    expect(await at('2026-06-01T00:00:00Z')).toMatchObject({ is_premium: false, ads_free: false, premium_until: null })
    await db.execute(`
      INSERT INTO premium_periods (user_id, provider, starts_at, ends_at)
      VALUES ('${id}', 'toss', '2026-06-01T00:00:00Z', '2026-07-01T00:00:00Z'), ('${id}', 'toss', '2026-08-01T00:00:00Z', '2026-09-01T00:00:00Z')`)
    expect(await at('2026-05-31T23:59:59Z')).toMatchObject({ premium_until: '2026-07-01T00:00:00+00:00' })
    await db.execute(`UPDATE premium_periods SET revoked_at = '2026-05-02' WHERE user_id = '${id}'`)
    expect(await at('2026-05-15T00:00:00Z')).toMatchObject({ is_premium: false })
  })

  it('shows the primary pet', async () => {
    const owner = await signUp()
    await addPet(owner, { name: '초코', breed: 'dog_maltese' })
    const { json } = await owner.get('/users/me')
    expect(json.primary_pet).toMatchObject({ name: '초코', breed: { code: 'dog_maltese', name: '말티즈' }, size: 'small', age: null })
  })
})

describe('PATCH /users/me', () => {
  it('changes goal and unit, and leaves alone what is not sent', async () => {
    const owner = await signUp()
    const before = (await owner.get('/users/me')).json
    const { json, status } = await owner.patch('/users/me', { weekly_goal_km: 35, walk_unit: 'mile' })
    expect(status).toBe(200)
    expect(json).toEqual({ ...before, weekly_goal_km: 35, walk_unit: 'mile' })
    expect((await owner.patch('/users/me', {})).json).toEqual(json)
  })

  it('lets one choose a nickname at once, and then once in seven days', async () => {
    const owner = await signUp()
    const [first, second, third] = [freshNickname(), freshNickname(), freshNickname()]
    const start = Date.parse('2026-05-01T00:00:00Z')
    const rename = (nickname: string, ms: number) => owner.with({ now: () => new Date(start + ms) }).patch('/users/me', { nickname })
    expect(await rename(first, 0)).toMatchObject({ status: 200, json: { nickname: first, has_nickname: true } })
    expect(await rename(first, 1_000)).toMatchObject({ status: 200, json: { nickname: first } })
    expect(await rename(second, 7 * DAY_MS - 1)).toMatchObject({
      status: 409,
      json: { code: 'nickname_change_too_soon', available_at: '2026-05-08T00:00:00.000Z' },
    })
    expect(await rename(second, 7 * DAY_MS)).toMatchObject({ status: 200, json: { nickname: second } })
    expect((await rename(third, 8 * DAY_MS)).status).toBe(409)
  })

  it('changes nothing else when the nickname may not change yet', async () => {
    const owner = await signUp()
    await owner.patch('/users/me', { nickname: freshNickname() })
    expect((await owner.patch('/users/me', { nickname: freshNickname(), weekly_goal_km: 99 })).status).toBe(409)
    expect((await owner.get('/users/me')).json.weekly_goal_km).toBe(20)
  })

  it('gives a nickname to one of two who want it at once, in whatever case', async () => {
    const [a, b] = await Promise.all([signUp(), signUp()])
    const nickname = freshNickname()
    const answers = await Promise.all([a.patch('/users/me', { nickname: nickname.toUpperCase() }), b.patch('/users/me', { nickname })])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409])
    expect(answers.find(({ status }) => status === 409)?.json.code).toBe('nickname_taken')
  })

  it('keeps the nickname somebody types in decomposed Hangul as everybody else would', async () => {
    const nickname = `초코${freshNickname()}`.slice(0, 12)
    expect((await (await signUp()).patch('/users/me', { nickname: nickname.normalize('NFD') })).json.nickname).toBe(nickname)
  })

  it('refuses words nobody should read', async () => {
    expect(await (await signUp()).patch('/users/me', { nickname: '씨1발놈' })).toMatchObject({
      status: 422,
      json: { code: 'nickname_banned' },
    })
  })

  it.each([
    { nickname: 'ㅋㅋㅋ' },
    { nickname: '가' },
    { nickname: '띄어 쓰기' },
    { nickname: 'thirteenchars' },
    { weekly_goal_km: 0 },
    { weekly_goal_km: 201 },
    { walk_unit: 'yard' },
    { is_premium: true },
    { role: 'admin' },
  ])('says what is wrong with %o', async (body) => {
    expect(await (await signUp()).patch('/users/me', body)).toMatchObject({ status: 422, json: { code: 'validation_failed' } })
  })
})

describe('GET /users/nickname-check', () => {
  it('says whether a nickname is free, and why not', async () => {
    const [owner, other] = await Promise.all([signUp(), signUp()])
    const nickname = freshNickname()
    await owner.patch('/users/me', { nickname })
    const check = async (api: typeof owner, wanted: string) =>
      (await api.get(`/users/nickname-check?nickname=${encodeURIComponent(wanted)}`)).json
    expect(await check(other, freshNickname())).toEqual({ available: true })
    expect(await check(other, nickname.toUpperCase())).toEqual({ available: false, reason: 'taken' })
    expect(await check(owner, nickname)).toEqual({ available: true })
    expect(await check(other, '운영자')).toEqual({ available: false, reason: 'banned' })
    expect(await check(other, '!!')).toEqual({ available: false, reason: 'invalid' })
  })
})

it('the onboarding is done step by step', async () => {
  const owner = await signUp()
  const status = async () => (await owner.get('/users/me/onboarding-status')).json
  expect(await status()).toEqual({ has_nickname: false, has_pet: false, has_location: false, has_notification: false })
  await owner.patch('/users/me', { nickname: freshNickname() })
  await addPet(owner, { is_placeholder: true })
  await owner.put('/users/me/location', { region_code: '1168000000' })
  await owner.post('/push-tokens', { platform: 'ios', token: `fcm:${crypto.randomUUID()}${crypto.randomUUID()}` })
  expect(await status()).toEqual({ has_nickname: true, has_pet: true, has_location: true, has_notification: true })
})
