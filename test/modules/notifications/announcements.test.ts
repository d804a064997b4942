import { expect, it } from 'vitest'
import { createApi, createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { makeAdmin } from '../../support/moderation.ts'

it('everybody with an account reads the announcements, newest first, page by page', async () => {
  const [admin, person] = [await signUp(), await signUp()]
  await makeAdmin(admin)
  // In the same instant too. No other test announces so late.
  const at = new Date(Date.UTC(2600, 0, 1) + Math.floor(Math.random() * 1e9) * 1_000)
  const ids: string[] = []
  for (const n of [1, 2, 3]) {
    const body = {
      id: crypto.randomUUID(),
      title: `공지 ${n}`,
      body: '내용이에요',
      link: n === 2 ? 'https://withbowwow.com/notice' : undefined,
    }
    const { status } = await admin.with({ now: () => (n === 3 ? at : new Date(at.getTime() + 1_000)) }).post('/admin/notifications', body)
    expect(status).toBe(202)
    ids.push(body.id)
  }
  const order = [...ids.slice(0, 2).toSorted().toReversed(), ids[2]]
  const seen: any[] = []
  let cursor: string | null = ''
  while (cursor !== null && !seen.some(({ id }) => id === ids[2])) {
    const { json, status }: any = await person.get(`/announcements?limit=1${cursor && `&cursor=${cursor}`}`)
    expect(status).toBe(200)
    seen.push(...json.items)
    cursor = json.next_cursor
  }
  const mine = seen.filter(({ id }) => ids.includes(id))
  expect(mine.map(({ id }) => id)).toEqual(order)
  expect(mine.find(({ id }) => id === ids[1])).toEqual({
    id: ids[1],
    title: '공지 2',
    body: '내용이에요',
    link: 'https://withbowwow.com/notice',
    created_at: expect.any(String),
  })
  expect(mine.map(({ created_at }) => Date.parse(created_at) - at.getTime())).toEqual([1_000, 1_000, 0])
  await createTestDeps().db.execute(`DELETE FROM outbox WHERE payload ->> 'topic' IN ('${ids.join("','")}')`)
  expect((await createApi().get('/announcements')).status).toBe(401)
})
