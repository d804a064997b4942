import { expect, it } from 'vitest'
import { DAY_MS } from '../../../src/core/time.ts'
import { purgeNotifications } from '../../../src/modules/notifications/jobs.ts'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { runTask } from '../../support/tasks.ts'
import { rowsOf, tell } from '../../support/pushes.ts'

const ago = (days: number) => new Date(Date.now() - days * DAY_MS)

it('lists what one was told, newest first, page by page and by tab or type', async () => {
  const owner = await signUp()
  await tell(owner, 'badge_earned', ago(3), { count: 3 })
  await tell(owner, 'ranking_up', ago(2))
  await tell(owner, 'walk_auto_ended', ago(1))
  const all = (await owner.get('/notifications')).json
  expect(all.items.map(({ type }: any) => type)).toEqual(['walk_auto_ended', 'ranking_up', 'badge_earned', 'badge_earned', 'badge_earned'])
  expect(all.items[1]).toMatchObject({
    tab: 'ranking',
    title: '축하해요!',
    body: '동네 랭킹 2위로 올라갔어요!',
    link: 'withbowwow://ranking',
    read_at: null,
    sender: null,
  })
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const { json } = await owner.get(`/notifications?limit=2${cursor && `&cursor=${cursor}`}`)
    seen.push(...json.items.map(({ id }: any) => id))
    cursor = json.next_cursor
  }
  expect(seen).toEqual(all.items.map(({ id }: any) => id))
  const types = async (type: string) => (await owner.get(`/notifications?type=${type}`)).json.items.map((it: any) => it.type)
  expect(await types('badge')).toHaveLength(3)
  expect(await types('badge_earned')).toHaveLength(3)
  expect(await types('system')).toEqual(['walk_auto_ended'])
  expect(await types('social')).toEqual([])
  expect((await owner.get('/notifications?type=everything')).status).toBe(422)
  expect((await owner.get('/notifications?cursor=abc')).status).toBe(422)
})

it('counts what is unread by tab, until it is read, one by one or all at once', async () => {
  const owner = await signUp()
  const [first] = await tell(owner, 'badge_earned', ago(1), { count: 2 })
  await tell(owner, 'ranking_top3', ago(1))
  await tell(owner, 'payment_failed', ago(1))
  const count = async () => (await owner.get('/notifications/unread-count')).json
  expect(await count()).toEqual({ unread_count: 4, by_tab: { badge: 2, ranking: 1, social: 0, system: 1 } })
  const read = await owner.patch(`/notifications/${first}/read`)
  expect(read.json.read_at).not.toBeNull()
  expect((await owner.patch(`/notifications/${first}/read`)).json).toEqual(read.json)
  expect((await count()).by_tab.badge).toBe(1)
  expect((await owner.post('/notifications/read-all?type=badge')).status).toBe(204)
  expect(await count()).toMatchObject({ unread_count: 2, by_tab: { badge: 0 } })
  expect((await owner.post('/notifications/read-all')).status).toBe(204)
  expect(await count()).toEqual({ unread_count: 0, by_tab: { badge: 0, ranking: 0, social: 0, system: 0 } })
  expect((await owner.get('/notifications')).json.items.every((it: any) => it.read_at !== null)).toBe(true)
})

it('what is deleted is gone, for its owner only and however often', async () => {
  const owner = await signUp()
  const stranger = await signUp()
  const [id] = await tell(owner, 'badge_earned', ago(1))
  expect((await stranger.delete(`/notifications/${id}`)).status).toBe(404)
  expect((await stranger.patch(`/notifications/${id}/read`)).status).toBe(404)
  expect((await owner.delete(`/notifications/${id}`)).status).toBe(204)
  expect((await owner.delete(`/notifications/${id}`)).status).toBe(204)
  expect((await owner.patch(`/notifications/${id}/read`)).status).toBe(404)
  expect((await owner.get('/notifications')).json.items).toEqual([])
  expect((await owner.get('/notifications/unread-count')).json.unread_count).toBe(0)
  expect((await owner.delete(`/notifications/${crypto.randomUUID()}`)).status).toBe(404)
})

it('shows a sender as they are called now, and nothing of who left or is blocked', async () => {
  const owner = await signUp()
  const [friend, leaver, foe] = await Promise.all([signUp(), signUp(), signUp()])
  for (const { user } of [friend, leaver, foe]) await tell(owner, 'ranking_down', ago(1), { sender: user })
  const name = `이웃${Date.now() % 1e8}`
  await friend.patch('/users/me', { nickname: name })
  await leaver.delete('/users/me')
  await createTestDeps().db.execute(
    `INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES ('${foe.user.user_id}', '${owner.user.user_id}', now())`,
  )
  const { items } = (await owner.get('/notifications')).json
  expect(items).toHaveLength(1)
  expect(items[0]).toMatchObject({
    body: `${name}님이 당신을 추월했어요. 산책 나가볼까요?`,
    sender: { id: friend.user.user_id, nickname: name },
  })
  expect((await owner.get('/notifications/unread-count')).json.unread_count).toBe(1)
})

it('forgets after thirty days, first in what it shows and at night for good', async () => {
  const owner = await signUp()
  await tell(owner, 'badge_earned', ago(31))
  const [kept] = await tell(owner, 'badge_earned', ago(29))
  expect((await owner.get('/notifications')).json.items.map(({ id }: any) => id)).toEqual([kept])
  await runTask(purgeNotifications, new Date())
  expect((await rowsOf(owner)).map(({ id }) => id)).toEqual([kept])
})

it('likes of one walk are merged, to be read once more', async () => {
  const owner = await signUp()
  const fans = await Promise.all([signUp(), signUp(), signUp()])
  const walk = crypto.randomUUID()
  const { db } = createTestDeps()
  const like = async (fan: { user: { user_id: string } }) =>
    (await db.execute<{ id: string | null }>(`SELECT notify_like('${owner.user.user_id}', '${walk}', '${fan.user.user_id}', now()) AS id`))
      .rows[0]?.id
  const id = await like(fans[0]!)
  await owner.patch(`/notifications/${id}/read`)
  expect(await like(fans[0]!)).toBeNull()
  expect((await owner.get('/notifications/unread-count')).json.unread_count).toBe(0)
  expect(await like(fans[1]!)).toBe(id)
  expect(await like(fans[2]!)).toBe(id)
  expect(await like(owner)).toBeNull()
  const { items } = (await owner.get('/notifications')).json
  expect(items).toHaveLength(1)
  expect(items[0].read_at).toBeNull()
  expect(items[0].body).toMatch(/님 외 2명이 산책 기록을 좋아해요$/)
  expect(items[0].facts).toEqual({ walk_id: walk })
})
