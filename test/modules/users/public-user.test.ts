import { expect, it } from 'vitest'
import { signUp } from '../../support/login.ts'
import { addPet } from '../../support/walks.ts'

it('others see nickname, region, pets, badge, grade, title and the month of joining, and nothing else', async () => {
  const [owner, other] = await Promise.all([signUp({ deps: { now: () => new Date('2026-02-28T15:00:00Z') } }), signUp()])
  await owner.put('/users/me/location', { region_code: '1120000000' })
  await addPet(owner, { name: '초코', breed: '시고르자브종견', weight_kg: 12 })
  await addPet(owner, { name: '나중에', is_placeholder: true })
  const { json } = await other.get(`/users/${owner.user.user_id}`)
  expect(json).toEqual({
    id: owner.user.user_id,
    nickname: (await owner.get('/users/me')).json.nickname,
    region: { sido: '서울특별시', sigungu: '성동구', dong: '' },
    pets: [
      {
        id: expect.any(String),
        name: '초코',
        species: 'dog',
        breed: { code: null, name: '시고르자브종견' },
        size: 'medium',
        age: null,
        photo_url: null,
        thumbnail_url: null,
      },
    ],
    representative_badge: null,
    grade: { level: 1, name: '산책 새싹', icon: '🌱' },
    title: null,
    badge_count: 0,
    joined_month: '2026-03',
    follower_count: 0,
    following_count: 0,
    following: false,
    follows_me: false,
  })
})

it('nobody sees who is not there, or has left', async () => {
  const [leaver, other] = await Promise.all([signUp(), signUp()])
  expect((await leaver.delete('/users/me')).status).toBe(202)
  expect(await other.get(`/users/${leaver.user.user_id}`)).toMatchObject({ status: 404, json: { code: 'user_not_found' } })
  expect(await other.get(`/users/${crypto.randomUUID()}`)).toMatchObject({ status: 404, json: { code: 'user_not_found' } })
})
