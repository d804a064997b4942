import { describe, expect, it } from 'vitest'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { rowsOf } from '../../support/pushes.ts'
import { idOf, type Person } from '../../support/rooms.ts'
import { countersOf, makeCrowd, shareWalk } from '../../support/shared-walks.ts'

const { db } = createTestDeps()

const people = (count: number): Promise<Person[]> => Promise.all(Array.from({ length: count }, () => signUp()))

/** Walks bring badges, of which people are told as well. */
const toldOf = async (owner: Person) => (await rowsOf(owner)).filter(({ type }) => type === 'like')

describe('the notification of likes', () => {
  const shown = async (owner: Person) => (await owner.get('/notifications?type=like')).json.items

  it('names the last and counts the rest by the post, and is pushed once', async () => {
    const pushed: string[] = []
    const pushes = {
      sendBatch: async (messages: { body: { notification_ids: string[] } }[]) =>
        void pushed.push(...messages.flatMap(({ body }) => body.notification_ids)),
    }
    const owner = await signUp()
    const id = await shareWalk(owner)
    const fans = await Promise.all(Array.from({ length: 5 }, () => signUp({ deps: { pushes: pushes as unknown as Queue } })))
    for (const fan of fans) await fan.post(`/likes/${id}`)
    const [told] = await toldOf(owner)
    expect(pushed).toEqual([told!.id])
    // Within the minute only three are kept.
    expect(told!.facts).toEqual({ walk_id: id, likers: fans.slice(0, 3).map(idOf) })
    const { json: third } = await owner.get(`/users/${idOf(fans[2]!)}`)
    expect(await shown(owner)).toMatchObject([
      { body: `${third.nickname}님 외 4명이 산책 기록을 좋아해요`, facts: { walk_id: id }, sender: { id: idOf(fans[2]!) } },
    ])

    await fans[2]!.delete(`/likes/${id}`)
    expect(await shown(owner)).toMatchObject([{ sender: { id: idOf(fans[1]!) }, body: expect.stringContaining(' 외 3명이') }])
    await owner.post(`/blocks/${idOf(fans[1]!)}`)
    expect(await shown(owner)).toMatchObject([{ sender: { id: idOf(fans[0]!) } }])
    await fans[0]!.delete('/users/me')
    // Rather somebody who has taken it back than nobody.
    expect(await shown(owner)).toMatchObject([{ sender: { id: idOf(fans[2]!) } }])
    await fans[2]!.post(`/blocks/${idOf(owner)}`)
    expect(await shown(owner)).toEqual([])
  })

  it('becomes unread again after a minute, or once it was read or removed', async () => {
    const [owner, ...fans] = (await people(6)) as [Person, ...Person[]]
    const id = await shareWalk(owner)
    for (const fan of fans.slice(0, 3)) await fan.post(`/likes/${id}`)
    const [before] = await shown(owner)
    const later = new Date(Date.now() + 61_000)
    await fans[3]!.with({ now: () => later }).post(`/likes/${id}`)
    const [after] = (await owner.with({ now: () => later }).get('/notifications?type=like')).json.items
    expect(after).toMatchObject({
      id: before.id,
      read_at: null,
      sender: { id: idOf(fans[3]!) },
      body: expect.stringContaining(' 외 3명이'),
    })
    expect(Date.parse(after.created_at)).toBe(later.getTime())
    expect((await toldOf(owner))[0]!.facts.likers).toEqual(fans.slice(1, 4).map(idOf))
    await owner.patch(`/notifications/${before.id}/read`)
    await fans[4]!.with({ now: () => later }).post(`/likes/${id}`)
    expect((await owner.with({ now: () => later }).get('/notifications?type=like')).json.items).toMatchObject([{ read_at: null }])
  })

  it('of a row from before reads well, whatever it keeps', async () => {
    const owner = await signUp()
    const id = await shareWalk(owner)
    const [crowd, fan] = [await makeCrowd(40), await signUp()]
    await fan.post(`/likes/${id}`)
    await db.execute(
      `UPDATE notifications SET facts = jsonb_set(facts, '{likers}', '${JSON.stringify([...crowd, idOf(fan)])}'), created_at = now() - interval '2 minutes' WHERE user_id = '${idOf(owner)}' AND type = 'like'`,
    )
    const [one] = await shown(owner)
    expect(one.body).toMatch(/님이 산책 기록을 좋아해요$/)
    const next = await signUp()
    await next.post(`/likes/${id}`)
    expect((await toldOf(owner))[0]!.facts.likers).toEqual([crowd[39], idOf(fan), idOf(next)])
    expect((await shown(owner))[0].body).toMatch(/님 외 1명이 산책 기록을 좋아해요$/)
  })

  it('stays under a kilobyte when five thousand like a walk, and names the number', async () => {
    const owner = await signUp()
    const id = await shareWalk(owner)
    await makeCrowd(5_000).then((crowd) =>
      db.execute(`
        WITH liked AS (
          INSERT INTO likes (walk_id, user_id, author_id, created_at)
          SELECT '${id}', fan, '${idOf(owner)}', now() - n * interval '61 seconds' FROM unnest('{${crowd.join(',')}}'::uuid[]) WITH ORDINALITY AS crowd (fan, n)
          RETURNING user_id, created_at
        )
        SELECT count(notify_like('${idOf(owner)}', '${id}', user_id, created_at)) FROM (SELECT * FROM liked ORDER BY created_at LIMIT 1000) AS liked`),
    )
    const fan = await signUp()
    expect(await fan.post(`/likes/${id}`)).toMatchObject({ json: { likes: 5_001 } })
    const { rows } = await db.execute<{ size: number }>(
      `SELECT pg_column_size(notifications.*) AS size FROM notifications WHERE user_id = '${idOf(owner)}' AND type = 'like'`,
    )
    expect(rows).toHaveLength(1)
    expect(rows[0]!.size).toBeLessThan(1_024)
    expect((await shown(owner))[0].body).toMatch(/님 외 5000명이 산책 기록을 좋아해요$/)
    expect((await fan.get(`/walks/${id}/likes?limit=50`)).json.items).toHaveLength(50)
    expect(await countersOf(id)).toMatchObject({ likes: 5_001, like_rows: 5_001, marks: 5_001 })
  })
})
