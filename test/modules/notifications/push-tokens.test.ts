import { describe, expect, it } from 'vitest'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'

const freshToken = () => `c-${crypto.randomUUID()}:APA91b${crypto.randomUUID()}_${crypto.randomUUID()}`
const tokensOf = async ({ user }: { user: { user_id: string } }) => {
  const { rows } = await createTestDeps().db.execute(
    `SELECT token FROM push_tokens WHERE user_id = '${user.user_id}' ORDER BY registered_at, token`,
  )
  return rows.map(({ token }) => token)
}

describe('POST /push-tokens', () => {
  it('registers a device once, however often it says so', async () => {
    const owner = await signUp()
    const body = { platform: 'ios', token: freshToken(), device_id: 'phone' }
    const answers = await Promise.all([1, 2, 3].map(() => owner.post('/push-tokens', body)))
    expect(answers).toMatchObject([1, 2, 3].map(() => ({ status: 200, json: { platform: 'ios', device_id: 'phone' } })))
    expect(await tokensOf(owner)).toEqual([body.token])
  })

  it('gives a token to whoever registered it last', async () => {
    const [before, after] = await Promise.all([signUp(), signUp()])
    const body = { platform: 'android', token: freshToken() }
    await before.post('/push-tokens', body)
    await after.post('/push-tokens', body)
    expect(await tokensOf(before)).toEqual([])
    expect(await tokensOf(after)).toEqual([body.token])
  })

  it("puts a device's new token in the place of its old one, and leaves other devices alone", async () => {
    const owner = await signUp()
    const [old, renewed, tablet] = [freshToken(), freshToken(), freshToken()]
    await owner.post('/push-tokens', { platform: 'ios', token: old, device_id: 'phone' })
    await owner.post('/push-tokens', { platform: 'ios', token: tablet })
    await owner.post('/push-tokens', { platform: 'ios', token: renewed, device_id: 'phone' })
    expect((await tokensOf(owner)).toSorted()).toEqual([renewed, tablet].toSorted())
  })

  it('remembers the twenty devices heard of last', async () => {
    const owner = await signUp()
    const tokens = Array.from({ length: 22 }, freshToken)
    for (const [index, token] of tokens.entries()) {
      await owner.with({ now: () => new Date(Date.UTC(2026, 4, 1, 0, index)) }).post('/push-tokens', { platform: 'ios', token })
    }
    expect(await tokensOf(owner)).toEqual(tokens.slice(2))
  })

  it.each([
    ['an APNs token', '740f4707bebcf74f9b7c25d48e3358945f6aa01da5ddb387462c7eaf61bb78ad'],
    ['an APNs token of 36 bytes', '7f'.repeat(36)],
    ['an APNs token of 80 bytes in capitals', 'A7'.repeat(80)],
    ['an APNs token of 100 bytes', '0a'.repeat(100)],
    ['an Expo token', 'ExponentPushToken[xxxxxxxxxxxxxxxxxxxxxx]'],
    ['a word', 'token'],
    ['anything with spaces', 'not a token at all, not at all'],
    ['a novel', 'a'.repeat(4_097)],
  ])('refuses %s, which FCM would never take', async (_, token) => {
    expect(await (await signUp()).post('/push-tokens', { platform: 'ios', token })).toMatchObject({
      status: 422,
      json: { code: 'validation_failed' },
    })
  })
})

it('who sends a token of APNs or Expo is told so', async () => {
  const owner = await signUp()
  const messageOf = async (token: string) => (await owner.post('/push-tokens', { platform: 'ios', token })).json.errors[0].message
  expect(await messageOf('7f'.repeat(40))).toBe('APNs 기기 토큰이에요. Firebase SDK의 FCM 등록 토큰을 보내 주세요')
  expect(await messageOf('ExponentPushToken[xxxxxxxxxxxxxxxxxxxxxx]')).toBe(
    'Expo 푸시 토큰이에요. Firebase SDK의 FCM 등록 토큰을 보내 주세요',
  )
  for (const token of ['7f'.repeat(31), `${'7f'.repeat(40)}:APA91b`, `${'7f'.repeat(32)}7`])
    expect((await owner.post('/push-tokens', { platform: 'ios', token })).status).toBe(200)
})

it('DELETE /push-tokens/{token} forgets my device, and never anybody else’s', async () => {
  const [owner, stranger] = await Promise.all([signUp(), signUp()])
  const token = freshToken()
  await owner.post('/push-tokens', { platform: 'ios', token })
  expect((await stranger.delete(`/push-tokens/${token}`)).status).toBe(204)
  expect(await tokensOf(owner)).toEqual([token])
  expect((await owner.delete(`/push-tokens/${encodeURIComponent(token)}`)).status).toBe(204)
  expect((await owner.delete(`/push-tokens/${token}`)).status).toBe(204)
  expect(await tokensOf(owner)).toEqual([])
  expect((await owner.delete('/push-tokens/%00')).status).toBe(422)
})
