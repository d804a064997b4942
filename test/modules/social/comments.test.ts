import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../../../src/core/time.ts'
import { withFewEmptyLines } from '../../../src/modules/social/comments/rules.ts'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { rowsOf } from '../../support/pushes.ts'
import { idOf, type Person } from '../../support/rooms.ts'
import { changeUser, countersOf, shareWalk } from '../../support/shared-walks.ts'

const { db } = createTestDeps()
const missing = { status: 404, json: { code: 'walk_not_found' } }
const noComment = { status: 404, json: { code: 'comment_not_found' } }
const LINK = '여기 보세요 https://example.com/초코'

const people = (count: number): Promise<Person[]> => Promise.all(Array.from({ length: count }, () => signUp()))
const write = (person: Person, walk_id: string, content: string, more: object = {}) =>
  person.post('/comments', { walk_id, content, ...more })
const listed = async (person: Person, walkId: string): Promise<any[]> => (await person.get(`/walks/${walkId}/comments?limit=50`)).json.items
const toldOf = async (person: Person) => (await rowsOf(person)).filter(({ type }) => type === 'comment')

describe('a comment', () => {
  it('is written, counted, seen by others, and told to the owner of the walk', async () => {
    const [owner, writer, reader] = (await people(3)) as [Person, Person, Person]
    const id = await shareWalk(owner)
    const { status, json } = await write(writer, id, '  초코 귀여워요!\r\n\r\n\r\n\r\n또 봐요  ')
    expect(status).toBe(201)
    expect(json).toMatchObject({
      walk_id: id,
      content: '초코 귀여워요!\n\n또 봐요',
      author: { id: idOf(writer), pet: null },
      is_mine: true,
      can_delete: true,
      held: false,
    })
    expect(await listed(reader, id)).toMatchObject([
      { id: json.id, is_mine: false, can_delete: false, held: false, created_at: json.created_at },
    ])
    expect(await listed(owner, id)).toMatchObject([{ id: json.id, is_mine: false, can_delete: true }])
    expect(await countersOf(id)).toEqual({ likes: 0, comments: 1, like_rows: 0, comment_rows: 1, marks: 1 })
    expect(await toldOf(owner)).toMatchObject([{ topic: json.id, facts: { walk_id: id, preview: json.content }, sender_id: idOf(writer) }])
    const { items } = (await owner.get('/notifications?type=comment')).json
    expect(items).toMatchObject([{ body: expect.stringMatching(/: 초코 귀여워요! 또 봐요$/), sender: { id: idOf(writer) } }])
  })

  it('of the owner tells nobody', async () => {
    const owner = await signUp()
    const id = await shareWalk(owner)
    expect(await write(owner, id, '오늘도 걸었어요')).toMatchObject({
      status: 201,
      json: { is_mine: true, author: { pet: { name: '초코' } } },
    })
    expect(await toldOf(owner)).toEqual([])
  })

  it.each([
    ['', 422],
    [' \n ', 422],
    ['👍'.repeat(500), 201],
    ['👍'.repeat(501), 422],
    ['가'.repeat(501), 422],
    ['가\u0000', 422],
    ['가\u202e나', 422],
    ['가\u0007나', 422],
  ])('with %j as content is answered with %d', async (content, status) => {
    const [owner, writer] = (await people(2)) as [Person, Person]
    const id = await shareWalk(owner)
    expect((await write(writer, id, content)).status).toBe(status)
    expect(await countersOf(id)).toMatchObject({ comments: status === 201 ? 1 : 0 })
  })

  it('with abuse or a telephone number is refused by the name of the field, and changes nothing', async () => {
    const [owner, writer] = (await people(2)) as [Person, Person]
    const id = await shareWalk(owner)
    for (const [content, code] of [
      ['야 이 씨발', 'objectionable_text'],
      ['010-1234-5678 로 연락 주세요', 'personal_data'],
    ] as const)
      expect(await write(writer, id, content)).toMatchObject({ status: 422, json: { code, errors: [{ path: 'body.content' }] } })
    expect(await listed(writer, id)).toEqual([])
  })

  it('comes once under its id or its key, and another one under it is a conflict', async () => {
    const [owner, writer, other] = (await people(3)) as [Person, Person, Person]
    const id = await shareWalk(owner)
    const comment = { id: crypto.randomUUID().toUpperCase(), walk_id: id, content: '안녕하세요' }
    const [a, b] = await Promise.all([writer.post('/comments', comment), writer.post('/comments', comment)])
    expect([a.status, b.status]).toEqual([201, 201])
    expect(a.json).toEqual(b.json)
    expect(await writer.post('/comments', { ...comment, content: '다른 말' })).toMatchObject({ status: 409 })
    expect(await other.post('/comments', comment)).toMatchObject({ status: 409, json: { code: 'idempotency_conflict' } })
    const keyed = { headers: { 'Idempotency-Key': 'k' } }
    const { id: _, ...content } = comment
    const first = await writer.post('/comments', content, keyed)
    expect((await writer.post('/comments', content, keyed)).json).toEqual(first.json)
    expect(await listed(owner, id)).toHaveLength(2)
    expect(await toldOf(owner)).toHaveLength(2)
  })

  it('is the two hundredth of a day at most, deleted ones counted', async () => {
    const [owner, writer] = (await people(2)) as [Person, Person]
    const id = await shareWalk(owner)
    await db.execute(`
      INSERT INTO comments (id, request_hash, walk_id, user_id, author_id, content, created_at, deleted_at)
      SELECT gen_random_uuid(), '', '${id}', '${idOf(writer)}', '${idOf(owner)}', '또', now() - n * interval '7 minutes', CASE WHEN n % 2 = 0 THEN now() END FROM generate_series(1, 199) AS n`)
    const sent = await Promise.all([1, 2, 3].map((n) => write(writer, id, `${n}`)))
    expect(sent.map(({ status }) => status).toSorted()).toEqual([201, 429, 429])
    const refused = sent.find(({ status }) => status === 429)!
    expect(refused.json.code).toBe('too_many_comments')
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0)
    const tomorrow = new Date(Date.now() + DAY_MS + 1_000)
    expect((await write(writer.with({ now: () => tomorrow }) as Person, id, '다음 날')).status).toBe(201)
  })

  it('is deleted by its author or the owner of the walk alone, again and again', async () => {
    const [owner, writer, other] = (await people(3)) as [Person, Person, Person]
    const id = await shareWalk(owner)
    const [mine, theirs] = await Promise.all(['하나', '둘'].map(async (content) => (await write(writer, id, content)).json.id))
    expect(await other.delete(`/comments/${mine}`)).toMatchObject(noComment)
    expect(await other.delete(`/comments/${crypto.randomUUID()}`)).toMatchObject(noComment)
    const both = await Promise.all([writer.delete(`/comments/${mine}`), owner.delete(`/comments/${mine}`)])
    expect(both.map(({ status }) => status)).toEqual([204, 204])
    expect((await writer.delete(`/comments/${mine}`)).status).toBe(204)
    expect((await owner.delete(`/comments/${theirs}`)).status).toBe(204)
    expect(await listed(writer, id)).toEqual([])
    // Its words go from the notification as well.
    expect(await toldOf(owner)).toEqual([])
    expect(await countersOf(id)).toEqual({ likes: 0, comments: 0, like_rows: 0, comment_rows: 0, marks: 0 })
    const { rows } = await db.execute(`SELECT 1 FROM comments WHERE walk_id = '${id}'`)
    expect(rows).toHaveLength(2)
  })

  it('does not land under a walk that is unshared or deleted, of which the author may still delete theirs', async () => {
    const [owner, writer] = (await people(2)) as [Person, Person]
    const id = await shareWalk(owner)
    const { json } = await write(writer, id, '하나')
    await owner.patch(`/walks/${id}`, { shared_to_feed: false })
    expect(await write(writer, id, '둘')).toMatchObject(missing)
    await owner.delete(`/walks/${id}`)
    expect(await write(owner, id, '셋')).toMatchObject(missing)
    expect((await writer.delete(`/comments/${json.id}`)).status).toBe(204)
    await owner.post(`/walks/${id}/restore`)
    expect(await countersOf(id)).toMatchObject({ comments: 0, comment_rows: 0, marks: 0 })
  })
})

describe('the comments of a walk', () => {
  it('come oldest first, by the page, each once while others are written', async () => {
    const [owner, writer] = (await people(2)) as [Person, Person]
    const id = await shareWalk(owner)
    // All at one instant, so that the id decides.
    const at = new Date()
    const clock = { now: () => at }
    const sent = await Promise.all(Array.from({ length: 7 }, (_, n) => write(writer.with(clock) as Person, id, `${n}`)))
    const seen: string[] = []
    for (let cursor = ''; ;) {
      const { json } = await owner.get(`/walks/${id}/comments?limit=3${cursor}`)
      seen.push(...json.items.map((item: { id: string }) => item.id))
      if (json.next_cursor === null) break
      await write(writer, id, '늦은 댓글')
      cursor = `&cursor=${encodeURIComponent(json.next_cursor)}`
      if (seen.length > 20) break
    }
    expect(seen.slice(0, 7)).toEqual(sent.map(({ json }) => json.id).toSorted())
    expect(new Set(seen).size).toBe(seen.length)
  })

  it('are without those of people who are blocked either way, banned or leaving, though the counter says all', async () => {
    const [owner, me, ...writers] = (await people(6)) as [Person, Person, ...Person[]]
    const id = await shareWalk(owner)
    for (const [n, writer] of writers.entries()) await write(writer, id, `${n}`)
    await me.post(`/blocks/${idOf(writers[0]!)}`)
    await writers[1]!.post(`/blocks/${idOf(me)}`)
    await changeUser(writers[2]!, 'banned_at = now()')
    await writers[3]!.delete('/users/me')
    expect(await listed(me, id)).toEqual([])
    expect((await listed(owner, id)).map(({ content }) => content)).toEqual(['0', '1'])
    expect((await me.get(`/walks/${id}/interactions`)).json).toMatchObject({ comments: 4, last_comment_id: null })
  })
})

describe('a comment that leads elsewhere', () => {
  const caseOf = async (id: string) =>
    (
      await db.execute(
        `SELECT author_id, snapshot, extract(epoch FROM due_at - opened_at)::int AS left, hidden_at IS NOT NULL AS is_hidden FROM moderation_cases WHERE target_type = 'comment' AND target_id = '${id}'`,
      )
    ).rows

  it('of somebody new is held: its author alone sees it, it counts nothing, tells nobody, and a moderator is to look at it', async () => {
    const [owner, writer] = (await people(2)) as [Person, Person]
    const id = await shareWalk(owner)
    const request = { id: crypto.randomUUID() }
    const { status, json } = await write(writer, id, LINK, request)
    expect([status, json.held]).toEqual([201, true])
    expect((await write(writer, id, LINK, request)).json).toEqual(json)
    expect(await listed(writer, id)).toMatchObject([{ id: json.id, held: true }])
    expect(await listed(owner, id)).toEqual([])
    expect((await owner.get(`/walks/${id}/interactions`)).json).toMatchObject({ comments: 0, last_comment_id: null })
    expect(await owner.delete(`/comments/${json.id}`)).toMatchObject(noComment)
    expect(await toldOf(owner)).toEqual([])
    expect(await caseOf(json.id)).toEqual([{ author_id: idOf(writer), snapshot: { text: LINK }, left: 86_400, is_hidden: true }])
    expect(await countersOf(id)).toMatchObject({ comments: 0, marks: 0 })

    await db.execute(`UPDATE comments SET held_at = NULL WHERE id = '${json.id}'`)
    expect(await listed(owner, id)).toMatchObject([{ id: json.id, held: false }])
    expect(await countersOf(id)).toMatchObject({ comments: 1, comment_rows: 1, marks: 1 })
  })

  it('is not held once its author has been here for a week and has walked', async () => {
    const [owner, old, walker, both] = (await people(4)) as [Person, Person, Person, Person]
    const id = await shareWalk(owner)
    for (const person of [walker, both]) await shareWalk(person)
    for (const person of [old, both]) await changeUser(person, `created_at = now() - interval '8 days'`)
    const held = await Promise.all([old, walker, both].map(async (person) => (await write(person, id, LINK)).json.held))
    expect(held).toEqual([true, true, false])
  })

  it('that is held later leaves its notification, and is not told again when it is released', async () => {
    const [owner, writer] = (await people(2)) as [Person, Person]
    const id = await shareWalk(owner)
    const { json } = await write(writer, id, '괜찮은 말')
    expect(await toldOf(owner)).toHaveLength(1)
    await db.execute(`UPDATE comments SET held_at = now() WHERE id = '${json.id}'`)
    expect(await toldOf(owner)).toEqual([])
    expect(await countersOf(id)).toMatchObject({ comments: 0, marks: 0 })
    await db.execute(`UPDATE comments SET held_at = NULL WHERE id = '${json.id}'`)
    expect(await toldOf(owner)).toEqual([])
    expect(await countersOf(id)).toMatchObject({ comments: 1, marks: 1 })
  })
})

it.each([
  ['a\n\nb', 'a\n\nb'],
  ['a\n\n\nb', 'a\n\nb'],
  ['a\n \n  \n\n\nb\n\n\nc', 'a\n\nb\n\nc'],
])('of empty lines in %j one is left', (given, expected) => {
  expect(withFewEmptyLines(given)).toBe(expected)
})
