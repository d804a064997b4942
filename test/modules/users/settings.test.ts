import { describe, expect, it } from 'vitest'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'

describe('PATCH /users/me/settings', () => {
  it('changes what is sent, at any depth, and keeps the rest', async () => {
    const owner = await signUp()
    const before = (await owner.get('/users/me/settings')).json
    await owner.patch('/users/me/settings', { notifications: { like: false }, quiet_hours: { start: '23:30' }, voice_guidance: false })
    const { json } = await owner.patch('/users/me/settings', { notifications: { follow: false }, reminder: { weekdays: [6, 7] } })
    expect(json).toEqual({
      ...before,
      notifications: { ...before.notifications, like: false, follow: false },
      quiet_hours: { ...before.quiet_hours, start: '23:30' },
      reminder: { ...before.reminder, weekdays: [6, 7] },
      voice_guidance: false,
    })
    expect((await owner.get('/users/me/settings')).json).toEqual(json)
    expect((await owner.get('/users/me')).json.notification_settings.notifications.like).toBe(false)
  })

  it('loses none of two changes made at once', async () => {
    const owner = await signUp()
    await Promise.all([
      owner.patch('/users/me/settings', { notifications: { like: false } }),
      owner.patch('/users/me/settings', { notifications: { comment: false } }),
    ])
    expect((await owner.get('/users/me/settings')).json.notifications).toMatchObject({ like: false, comment: false })
  })

  it('shows nothing on pages of shared walks until somebody wants it, switch by switch', async () => {
    const owner = await signUp()
    expect((await owner.get('/users/me/settings')).json.share_page).toEqual({ photos: false, nickname: false, region: false })
    await owner.patch('/users/me/settings', { share_page: { photos: true } })
    const { json } = await owner.patch('/users/me/settings', { share_page: { region: true } })
    expect(json.share_page).toEqual({ photos: true, nickname: false, region: true })
  })

  it.each([
    { share_page: { memo: true } },
    { notifications: { gossip: true } },
    { notifications: { like: 1 } },
    { quiet_hours: { start: '24:00' } },
    { reminder: { weekdays: [1, 1] } },
    { reminder: { weekdays: [0] } },
    { privacy_zone: null },
  ])('refuses %j', async (body) => {
    expect((await (await signUp()).patch('/users/me/settings', body)).status).toBe(422)
  })
})

describe('the privacy zone', () => {
  const zone = { lat: 37.5443, lng: 127.0557, radius_m: 300 }

  it('is set, shown to its owner, moved, and taken away', async () => {
    const owner = await signUp()
    expect((await owner.get('/users/me/settings')).json.privacy_zone).toBeNull()
    expect(await owner.put('/users/me/privacy-zone', zone)).toMatchObject({ status: 200, json: zone })
    const moved = { ...zone, radius_m: 100 }
    await owner.put('/users/me/privacy-zone', moved)
    expect((await owner.get('/users/me/settings')).json.privacy_zone).toEqual(moved)
    expect((await owner.delete('/users/me/privacy-zone')).status).toBe(204)
    expect((await owner.delete('/users/me/privacy-zone')).status).toBe(204)
    expect((await owner.get('/users/me/settings')).json.privacy_zone).toBeNull()
  })

  it.each([
    { ...zone, radius_m: 99 },
    { ...zone, radius_m: 501 },
    { ...zone, lat: 91 },
    { lat: 37, lng: 127 },
  ])('refuses %j', async (body) => {
    expect((await (await signUp()).put('/users/me/privacy-zone', body)).status).toBe(422)
  })
})

it('premium opens every feature, and nothing else does', async () => {
  const owner = await signUp()
  const entitlements = async () => (await owner.get('/users/me/entitlements')).json
  const free = await entitlements()
  expect(free.premium).toBe(false)
  expect(new Set(Object.values(free.features))).toEqual(new Set([false]))
  await createTestDeps().db.execute(
    `INSERT INTO premium_periods (user_id, provider, starts_at, ends_at) VALUES ('${owner.user.user_id}', 'toss', now() - interval '1 day', now() + interval '1 day')`,
  )
  const premium = await entitlements()
  expect(premium.premium).toBe(true)
  expect(new Set(Object.values(premium.features))).toEqual(new Set([true]))
})
