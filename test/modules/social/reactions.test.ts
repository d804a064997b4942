import { describe, expect, it, vi } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts'
import { purgeComments, purgeHides, purgeMarks, recountPosts } from '../../../src/modules/social/posts/jobs.ts'
import { purgeUsers } from '../../../src/modules/users/jobs.ts'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { rowsOf } from '../../support/pushes.ts'
import { idOf, type Person } from '../../support/rooms.ts'
import { countersOf, makeCrowd, shareWalk } from '../../support/shared-walks.ts'
import { runTask } from '../../support/tasks.ts'

const { db } = createTestDeps()
const missing = { status: 404, json: { code: 'walk_not_found' } }
const people = (count: number): Promise<Person[]> => Promise.all(Array.from({ length: count }, () => signUp()))

describe('a reaction', () => {
  it('is given once by each person, owners as well, in words or as the emoji', async () => {
    const [owner, fan] = (await people(2)) as [Person, Person]
    const id = await shareWalk(owner)
    const react = (person: Person, emoji: string) => person.put(`/walks/${id}/reactions/${encodeURIComponent(emoji)}`)
    expect(await react(fan, 'heart')).toMatchObject({ status: 200, json: { reactions: { heart: 1 }, my_reactions: ['heart'] } })
    for (const same of ['❤️', '❤', 'heart'])
      expect((await react(fan, same)).json).toEqual({ reactions: { heart: 1 }, my_reactions: ['heart'] })
    for (const [emoji, key] of Object.entries({ '👍': 'thumbs_up', '😂': 'joy', '🐶': 'dog', '🐾': 'paw', '🎉': 'party' }))
      expect((await react(fan, emoji)).json.my_reactions).toContain(key)
    const all = ['thumbs_up', 'heart', 'joy', 'dog', 'paw', 'party']
    expect((await react(owner, '🐾')).json).toEqual({
      reactions: Object.fromEntries(all.map((key) => [key, key === 'paw' ? 2 : 1])),
      my_reactions: ['paw'],
    })
    expect((await fan.get(`/walks/${id}`)).json.post.my_reactions).toEqual(all)
    for (const other of ['😡', 'like', 'HEART', '❤️❤️']) expect(await react(fan, other)).toMatchObject({ status: 422 })

    const back = () => fan.delete(`/walks/${id}/reactions/${encodeURIComponent('❤️')}`)
    expect((await back()).json.my_reactions).toEqual(all.filter((key) => key !== 'heart'))
    expect((await back()).json.reactions).not.toHaveProperty('heart')
    expect((await fan.delete(`/walks/${id}/reactions/x`)).status).toBe(422)
    // It moves nothing in the feed, and tells nobody.
    expect(await countersOf(id)).toMatchObject({ likes: 0, comments: 0, marks: 0 })
    expect((await rowsOf(owner)).filter(({ sender_id }) => sender_id !== null)).toEqual([])
  })

  it('is none of a walk that is not shared, or no longer', async () => {
    const [owner, fan] = (await people(2)) as [Person, Person]
    const id = await shareWalk(owner)
    await fan.put(`/walks/${id}/reactions/paw`)
    await owner.patch(`/walks/${id}`, { shared_to_feed: false })
    expect(await fan.put(`/walks/${id}/reactions/dog`)).toMatchObject(missing)
    expect(await fan.delete(`/walks/${id}/reactions/paw`)).toMatchObject(missing)
    expect(await fan.put(`/walks/${crypto.randomUUID()}/reactions/dog`)).toMatchObject(missing)
    await owner.patch(`/walks/${id}`, { shared_to_feed: true })
    expect((await fan.get(`/walks/${id}/interactions`)).json).toMatchObject({ reactions: { paw: 1 }, my_reactions: ['paw'] })
  })
})

it('what people did with a walk is asked again and again, and sent only when it has changed', async () => {
  const [owner, fan] = (await people(2)) as [Person, Person]
  const id = await shareWalk(owner)
  const path = `/walks/${id}/interactions`
  const first = await fan.get(path)
  expect(first.json).toEqual({ likes: 0, liked: false, comments: 0, last_comment_id: null, reactions: {}, my_reactions: [] })
  expect(first.headers.get('Cache-Control')).toBe('private, no-cache')
  let tag = first.headers.get('ETag')!
  const again = await fan.get(path, { headers: { 'If-None-Match': `W/${tag}` } })
  expect(again).toMatchObject({ status: 304, text: '' })
  expect(again.headers.get('ETag')).toBe(tag)
  expect(again.headers.get('Server-Timing')).toContain('db;desc="1"')
  const { json } = await fan.get(path)
  const acts = [
    () => fan.post(`/likes/${id}`),
    () =>
      owner.post('/comments', {
        id: '11111111-1111-4111-8111-111111111111'.replace(/^.{8}/, crypto.randomUUID().slice(0, 8)),
        walk_id: id,
        content: '고마워요',
      }),
    () => fan.put(`/walks/${id}/reactions/joy`),
    () => fan.delete(`/likes/${id}`),
  ]
  for (const act of acts) {
    const { json: done } = await act()
    const changed = await fan.get(path, { headers: { 'If-None-Match': tag } })
    expect(changed.status).toBe(200)
    if (done.id) expect(changed.json).toMatchObject({ comments: 1, last_comment_id: done.id })
    tag = changed.headers.get('ETag')!
    expect((await fan.get(path, { headers: { 'If-None-Match': tag } })).status).toBe(304)
  }
  expect(json.likes).toBe(0)
  // It is one person's: the owner has not reacted.
  expect((await owner.get(path, { headers: { 'If-None-Match': tag } })).status).toBe(200)
})

it('a person who is destroyed leaves nothing, and the counters of others are right', async () => {
  const [owner, fan, other] = (await people(3)) as [Person, Person, Person]
  const [id, theirs] = [await shareWalk(owner), await shareWalk(fan)]
  for (const person of [other, fan]) {
    await person.post(`/likes/${id}`)
    await person.post('/comments', { walk_id: id, content: '좋아요' })
    await person.put(`/walks/${id}/reactions/heart`)
  }
  await fan.post('/comments', { walk_id: id, content: 'https://example.com' })
  for (const person of [owner, other]) {
    await person.post(`/likes/${theirs}`)
    await person.post('/comments', { walk_id: theirs, content: '반가워요' })
    await person.put(`/walks/${theirs}/reactions/paw`)
  }
  await fan.delete('/users/me')
  // Long before any other test's accounts were deleted, so that this purge finds only this one.
  await db.execute(`UPDATE users SET deleted_at = '2012-01-01T00:00:00Z' WHERE id = '${idOf(fan)}'`)
  const jobs = { sendBatch: async () => {} } as unknown as Queue
  expect(await runTask(purgeUsers, new Date('2012-02-01T00:00:00Z'), createTestDeps({ jobs }))).toMatchObject({ purged: 1, failed: 0 })

  const { rows: left } = await db.execute<{ found: string }>(`
    SELECT 'users' AS found FROM users WHERE id = '${idOf(fan)}'
    UNION ALL SELECT 'likes' FROM likes WHERE '${idOf(fan)}' IN (user_id, author_id)
    UNION ALL SELECT 'comments' FROM comments WHERE '${idOf(fan)}' IN (user_id, author_id)
    UNION ALL SELECT 'reactions' FROM reactions WHERE '${idOf(fan)}' IN (user_id, author_id)
    UNION ALL SELECT 'posts' FROM posts WHERE author_id = '${idOf(fan)}'
    UNION ALL SELECT 'notifications' FROM notifications WHERE '${idOf(fan)}' IN (user_id, sender_id) OR facts::text LIKE '%${idOf(fan)}%'
    UNION ALL SELECT 'moderation_cases' FROM moderation_cases WHERE author_id = '${idOf(fan)}'`)
  expect(left).toEqual([])
  expect(await countersOf(id)).toEqual({ likes: 1, comments: 1, like_rows: 1, comment_rows: 1, marks: 2 })
  expect((await owner.get(`/walks/${id}/interactions`)).json).toMatchObject({ likes: 1, comments: 1, reactions: { heart: 1 } })
  // The notification of their like was also another's, in whose name it stays.
  const { items } = (await owner.get('/notifications?type=like')).json
  expect(items).toMatchObject([{ sender: { id: idOf(other) }, body: expect.stringMatching(/님이 산책 기록을 좋아해요$/) }])
})

describe('at night', () => {
  it('broken counters are found in a sixteenth of the posts, reported, and set right with a mark', async () => {
    const owner = await signUp()
    const [a, b] = [await shareWalk(owner), await shareWalk(owner)]
    const fan = await signUp()
    for (const id of [a, b]) {
      await fan.post(`/likes/${id}`)
      await fan.post('/comments', { walk_id: id, content: '좋아요' })
    }
    await db.execute(`UPDATE posts SET like_count = 41, comment_count = 0 WHERE walk_id = '${a}'`)
    const nightOf = (id: string) =>
      new Date((Math.floor(Date.UTC(2030, 0, 1) / DAY_MS / 16) * 16 + Number.parseInt(id.at(-1)!, 16)) * DAY_MS + HOUR_MS)
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const others = await runTask(recountPosts, new Date(nightOf(a).getTime() + DAY_MS))
    expect(await countersOf(a)).toMatchObject({ likes: 41, comments: 0 })
    const counts = await runTask(recountPosts, nightOf(a))
    const said = error.mock.calls.map(([text]) => text).join('\n')
    error.mockRestore()
    expect(others['amiss']).toBe(0)
    expect(counts['amiss']).toBe(1)
    expect(counts['checked']).toBeGreaterThan(0)
    expect(said).toContain(`{"walk_id":"${a}","likes_off":40,"comments_off":-1}`)
    // The counters were moved without a mark, and back with one.
    expect(await countersOf(a)).toEqual({ likes: 1, comments: 1, like_rows: 1, comment_rows: 1, marks: 2 - 39 })
    expect(await countersOf(b)).toEqual({ likes: 1, comments: 1, like_rows: 1, comment_rows: 1, marks: 2 })
    expect(await runTask(recountPosts, nightOf(a))).toMatchObject({ amiss: 0 })
  })

  it('old marks, deleted comments and hidden walks go, but not what a moderator still needs', async () => {
    const [owner, fan] = (await people(2)) as [Person, Person]
    const id = await shareWalk(owner)
    const written = await Promise.all(
      ['가', '나', '다', '라', '마'].map(async (content) => (await fan.post('/comments', { walk_id: id, content })).json.id as string),
    )
    const [old, young, open, evidence, closed] = written
    for (const one of written) await fan.delete(`/comments/${one}`)
    const now = new Date()
    await db.execute(`UPDATE comments SET deleted_at = now() - interval '31 days' WHERE walk_id = '${id}' AND id <> '${young}'`)
    for (const [target, due, keep] of [
      [open, 'now()', 'NULL'],
      [evidence, 'NULL', `now() + interval '1 day'`],
      [closed, 'NULL', `now() - interval '1 day'`],
    ])
      await db.execute(
        `INSERT INTO moderation_cases (target_type, target_id, snapshot, opened_at, due_at, keep_until) VALUES ('comment', '${target}', '{}', now(), ${due}, ${keep})`,
      )
    await db.execute(
      `INSERT INTO feed_hides SELECT id, '${id}', now() - (CASE WHEN id = '${idOf(fan)}' THEN 181 ELSE 179 END) * interval '1 day' FROM users WHERE id IN ('${idOf(fan)}', '${idOf(owner)}')`,
    )
    const walk = crypto.randomUUID()
    await db.execute(
      `INSERT INTO post_marks (walk_id, at, made_by, delta) VALUES ('${walk}', now() - interval '26 hours', '1', 1), ('${walk}', now() - interval '24 hours', '2', 1)`,
    )
    for (const task of [purgeMarks, purgeComments, purgeHides]) await runTask(task, now)
    const ids = async (table: string, column: string, where: string) =>
      (await db.execute<{ id: string }>(`SELECT ${column} AS id FROM ${table} WHERE ${where}`)).rows.map((row) => row.id).toSorted()
    expect(await ids('comments', 'id', `walk_id = '${id}'`)).toEqual([young, open, evidence].toSorted())
    expect(await ids('post_marks', 'made_by', `walk_id = '${walk}'`)).toEqual(['2'])
    expect(await ids('feed_hides', 'user_id', `walk_id = '${id}'`)).toEqual([idOf(owner)])
    expect(await countersOf(id)).toMatchObject({ comments: 0, comment_rows: 0 })
    expect(old).not.toBe(young)
  })

  it('the count goes on in further messages', async () => {
    const owner = await signUp()
    const id = await shareWalk(owner)
    const crowd = await makeCrowd(3)
    await db.execute(`INSERT INTO likes SELECT '${id}', fan, '${idOf(owner)}', now() FROM unnest('{${crowd.join(',')}}'::uuid[]) AS fan`)
    expect(await countersOf(id)).toMatchObject({ likes: 3, like_rows: 3, marks: 3 })
    const { recountShare } = await import('../../../src/modules/social/posts/recount.service.ts')
    expect(await recountShare({ db }, new Date(), 1, { after: id })).toMatchObject({ checked: 0, next: { after: id } })
  })
})
