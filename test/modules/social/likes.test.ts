import { beforeAll, describe, expect, it } from 'vitest'
import { createTestDeps, createApi } from '../../support/api.ts'
import { injectFault } from '../../support/faults.ts'
import { signUp } from '../../support/login.ts'
import { rowsOf } from '../../support/pushes.ts'
import { idOf, type Person } from '../../support/rooms.ts'
import { changeUser, countersOf, follow, shareWalk, unfollow } from '../../support/shared-walks.ts'
import { addPet, walk } from '../../support/walks.ts'

const missing = { status: 404, json: { code: 'walk_not_found' } }
const { db } = createTestDeps()

async function people(count: number): Promise<Person[]> {
  return Promise.all(Array.from({ length: count }, () => signUp()))
}

/** Walks bring badges, of which people are told as well. */
const toldOf = async (owner: Person) => (await rowsOf(owner)).filter(({ type }) => type === 'like')

/** Answers may get lost. Everybody asks until they have one. */
async function persist<T extends { status: number }>(send: () => Promise<T>): Promise<T> {
  for (let turn = 0; turn < 20; turn++) {
    const answer = await send()
    if (answer.status !== 503) return answer
  }
  throw new Error('twenty answers were lost')
}

describe('a like', () => {
  it('counts once, is seen in the walk, and can be taken back', async () => {
    const [owner, fan, other] = await people(3)
    const id = await shareWalk(owner!)
    expect(await fan!.post(`/likes/${id}`)).toMatchObject({ status: 200, json: { likes: 1 } })
    expect(await fan!.post(`/likes/${id}`)).toMatchObject({ status: 200, json: { likes: 1 } })
    expect(await other!.post(`/likes/${id}`)).toMatchObject({ status: 200, json: { likes: 2 } })
    expect((await fan!.get(`/walks/${id}`)).json.post).toMatchObject({ likes: 2, liked: true })
    expect((await owner!.get(`/walks/${id}`)).json.post).toMatchObject({ likes: 2, liked: false })
    expect(await fan!.delete(`/likes/${id}`)).toMatchObject({ status: 200, json: { likes: 1 } })
    expect(await fan!.delete(`/likes/${id}`)).toMatchObject({ status: 200, json: { likes: 1 } })
    expect(await countersOf(id)).toEqual({ likes: 1, comments: 0, like_rows: 1, comment_rows: 0, marks: 1 })
  })

  it('is none of one’s own walk, shared or not, and of a walk that is not shared', async () => {
    const [owner, fan] = await people(2)
    const shared = await shareWalk(owner!)
    const { id } = await walk(owner!, [await addPet(owner!)])
    for (const own of [shared, id]) {
      expect(await owner!.post(`/likes/${own}`)).toMatchObject({ status: 422, json: { code: 'own_walk' } })
      expect(await owner!.delete(`/likes/${own}`)).toMatchObject({ status: 422, json: { code: 'own_walk' } })
    }
    expect(await fan!.post(`/likes/${id}`)).toMatchObject(missing)
    expect(await fan!.post(`/likes/${crypto.randomUUID()}`)).toMatchObject(missing)
    expect(await fan!.delete(`/likes/${crypto.randomUUID()}`)).toMatchObject(missing)
    expect(await fan!.post('/likes/walk')).toMatchObject({ status: 422 })
    expect(await countersOf(shared)).toMatchObject({ likes: 0, like_rows: 0, marks: 0 })
  })

  it('does not land once the walk is unshared, deleted or closed, and stands again with it', async () => {
    const [owner, fan, late] = await people(3)
    const id = await shareWalk(owner!)
    await fan!.post(`/likes/${id}`)
    await owner!.patch(`/walks/${id}`, { shared_to_feed: false })
    expect(await late!.post(`/likes/${id}`)).toMatchObject(missing)
    expect(await fan!.delete(`/likes/${id}`)).toMatchObject(missing)
    await owner!.patch(`/walks/${id}`, { shared_to_feed: true })
    expect((await fan!.get(`/walks/${id}`)).json.post).toMatchObject({ likes: 1, liked: true })
    await owner!.delete(`/walks/${id}`)
    for (const path of [`/walks/${id}/likes`, `/walks/${id}/comments`, `/walks/${id}/interactions`])
      for (const person of [fan!, owner!]) expect(await person.get(path)).toMatchObject(missing)
    expect(await owner!.post(`/likes/${id}`)).toMatchObject(missing)
    await owner!.post(`/walks/${id}/restore`)
    expect(await countersOf(id)).toMatchObject({ likes: 1, like_rows: 1 })
  })

  it('that waited for others does not land when its person was blocked, or the walk closed, meanwhile', async () => {
    for (const change of ['block', 'close'] as const) {
      const [owner, fan] = await people(2)
      const id = await shareWalk(owner!)
      // Another transaction holds the post. The like begins while the change is not yet made, and goes on after it.
      const hold = db.batch([
        db.execute(`SELECT 1 FROM posts WHERE walk_id = '${id}' FOR NO KEY UPDATE`),
        db.execute('SELECT pg_sleep(0.6)'),
        change === 'block'
          ? db.execute(`INSERT INTO blocks VALUES ('${idOf(owner!)}', '${idOf(fan!)}', now())`)
          : db.execute(`UPDATE walks SET shared_to_feed = false WHERE id = '${id}'`),
      ])
      await new Promise((resolve) => setTimeout(resolve, 200))
      const [liked] = await Promise.all([fan!.post(`/likes/${id}`), hold])
      expect(liked, change).toMatchObject(missing)
      expect(await countersOf(id)).toMatchObject({ likes: 0, like_rows: 0, marks: 0 })
      expect(await toldOf(owner!)).toEqual([])
    }
  })
})

describe('of nine kinds of viewers', () => {
  let owner: Person
  let open: string
  let followersOnly: string
  let comment: string
  const kinds: Record<string, Person | undefined> = {}
  beforeAll(async () => {
    const [author, stranger, follower, former, blocked, blocker, suspended, banned, admin] = await people(9)
    owner = author!
    Object.assign(kinds, { stranger, follower, former, blocked, blocker, suspended, banned, admin })
    open = await shareWalk(owner)
    followersOnly = await shareWalk(owner, 'followers')
    comment = (await owner.post('/comments', { walk_id: followersOnly, content: '첫 댓글' })).json.id
    await follow(follower!, owner)
    await follow(former!, owner)
    expect(await former!.get(`/walks/${followersOnly}/interactions`)).toMatchObject({ status: 200 })
    await unfollow(former!, owner)
    await follow(suspended!, owner)
    await follow(banned!, owner)
    await owner.post(`/blocks/${idOf(blocked!)}`)
    await blocker!.post(`/blocks/${idOf(owner)}`)
    await changeUser(suspended!, `suspended_until = now() + interval '1 day'`)
    await changeUser(banned!, 'banned_at = now()')
    await changeUser(admin!, `role = 'admin'`)
  })

  const reads = (id: string) => [`/walks/${id}/likes`, `/walks/${id}/comments`, `/walks/${id}/interactions`]
  const writes = (id: string): ['POST' | 'PUT', string, unknown?][] => [
    ['POST', `/likes/${id}`],
    ['POST', '/comments', { walk_id: id, content: '귀여워요' }],
    ['PUT', `/walks/${id}/reactions/dog`],
  ]
  const undoings = (id: string) => [`/walks/${id}/reactions/dog`, `/likes/${id}`]

  it.each([
    ['stranger', true, false],
    ['follower', true, true],
    ['former', true, false],
    ['blocked', false, false],
    ['blocker', false, false],
    ['admin', true, false],
  ])('a %s sees walks for everyone: %s, for followers: %s, and may do the same', async (kind, seesOpen, seesOther) => {
    const person = kinds[kind]!
    for (const [id, sees] of [
      [open, seesOpen],
      [followersOnly, seesOther],
    ] as const) {
      const expected = sees ? { status: 200 } : missing
      for (const path of reads(id)) expect(await person.get(path), path).toMatchObject(expected)
      for (const [method, path, body] of writes(id)) {
        const { status, json } = await person.request(method, path, body)
        if (sees) expect(status, path).toBeLessThan(300)
        else expect({ status, json }, path).toMatchObject(missing)
      }
      for (const path of undoings(id)) expect(await person.delete(path), path).toMatchObject(expected)
    }
    expect(await person.delete(`/comments/${comment}`)).toMatchObject({ status: 404, json: { code: 'comment_not_found' } })
  })

  it('a suspended person reads, takes back, and writes nothing', async () => {
    const person = kinds['suspended']!
    for (const id of [open, followersOnly]) {
      for (const path of reads(id)) expect(await person.get(path)).toMatchObject({ status: 200 })
      for (const [method, path, body] of writes(id))
        expect(await person.request(method, path, body), path).toMatchObject({
          status: 403,
          json: { code: 'account_suspended', until: expect.any(String) },
        })
      for (const path of undoings(id)) expect(await person.delete(path)).toMatchObject({ status: 200 })
    }
    const { rows } = await db.execute(`
      SELECT 1 FROM likes WHERE user_id = '${idOf(person)}' UNION ALL SELECT 1 FROM comments WHERE user_id = '${idOf(person)}'
      UNION ALL SELECT 1 FROM reactions WHERE user_id = '${idOf(person)}'`)
    expect(rows).toEqual([])
    await changeUser(person, `suspended_until = now() - interval '1 second'`)
    expect(await person.post(`/likes/${open}`)).toMatchObject({ status: 200 })
  })

  it.each([
    ['not signed in', () => createApi()],
    ['banned', () => kinds['banned']!],
  ])('somebody who is %s gets nothing', async (_, who) => {
    const nobody = who()
    for (const path of reads(open)) expect((await nobody.get(path)).status).toBe(401)
    for (const [method, path, body] of writes(open)) expect((await nobody.request(method, path, body)).status).toBe(401)
    for (const path of [...undoings(open), `/comments/${comment}`]) expect((await nobody.delete(path)).status).toBe(401)
  })
})

it('thirty people at once, whose answers get lost, leave counters that equal rows and marks', async () => {
  const owner = await signUp()
  const [id, crowd] = [await shareWalk(owner), await people(30)]
  for (const [n, person] of crowd.entries())
    if (n % 2 === 0) await injectFault({ host: 'neon', cut: n % 4 === 0 ? 'after' : 'before', key: idOf(person), times: 2 })
  const answers = await Promise.all(
    crowd.flatMap((person, n) => [
      persist(() => person.post(`/likes/${id}`)),
      persist(() =>
        person.post('/comments', { id: crypto.randomUUID().replace(/^.{8}/, String(10_000_000 + n)), walk_id: id, content: `${n}번째` }),
      ),
      persist(() => person.put(`/walks/${id}/reactions/party`)),
      ...(n % 3 === 0 ? [persist(() => person.delete(`/likes/${id}`))] : []),
    ]),
  )
  expect(answers.filter(({ status }) => status >= 300)).toEqual([])
  // A like may come after its taking back, so those are settled now.
  await Promise.all(crowd.map((person, n) => (n % 3 === 0 ? person.delete(`/likes/${id}`) : person.post(`/likes/${id}`))))
  expect(await countersOf(id)).toEqual({ likes: 20, comments: 30, like_rows: 20, comment_rows: 30, marks: 50 })
  expect((await owner.get(`/walks/${id}/interactions`)).json).toMatchObject({ likes: 20, comments: 30, reactions: { party: 30 } })
  const told = await rowsOf(owner)
  expect(told.filter(({ type }) => type === 'like')).toHaveLength(1)
  expect(told.filter(({ type }) => type === 'comment')).toHaveLength(30)
})

describe('who likes a walk', () => {
  it('is listed newest first and by the page, with pets and whether I follow them, without people who are blocked or leaving', async () => {
    const [owner, me, ...fans] = (await people(7)) as [Person, Person, ...Person[]]
    const id = await shareWalk(owner)
    await addPet(fans[0]!, { name: '보리' })
    await follow(me, fans[0]!)
    for (const fan of fans) await fan.post(`/likes/${id}`)
    await me.post(`/blocks/${idOf(fans[1]!)}`)
    await fans[2]!.post(`/blocks/${idOf(me)}`)
    await fans[3]!.delete('/users/me')
    const first = await me.get(`/walks/${id}/likes?limit=1`)
    expect(first.json.items).toMatchObject([{ user: { id: idOf(fans[4]!) }, pet: null, following: false }])
    const second = await me.get(`/walks/${id}/likes?limit=1&cursor=${first.json.next_cursor}`)
    expect(second.json).toMatchObject({
      items: [{ user: { id: idOf(fans[0]!) }, pet: { name: '보리' }, following: true }],
      next_cursor: null,
    })
    expect((await owner.get(`/walks/${id}/likes`)).json.items).toHaveLength(4)
    expect((await me.get(`/walks/${id}/interactions`)).json.likes).toBe(5)
  })
})
