import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../../../src/core/time.ts'
import { purgeFollowMarks, recountFollows } from '../../../src/modules/social/follows/jobs.ts'
import { createApi, createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { idOf, type Person } from '../../support/rooms.ts'
import { runTask } from '../../support/tasks.ts'
import { addPet, freshTrack, walk } from '../../support/walks.ts'

const { db } = createTestDeps()
type Several = [Person, Person, Person, Person] & Person[]
const people = async (count: number) => (await Promise.all(Array.from({ length: count }, () => signUp()))) as unknown as Several
const follow = (one: Person, other: Person) => one.post(`/follows/${idOf(other)}`)
const idsIn = ({ json }: { json: any }): string[] => json.items.map(({ user }: { user: { id: string } }) => user.id)
const set = (person: Person, what: string) => db.execute(`UPDATE users SET ${what} WHERE id = '${idOf(person)}'`)
const share = async (owner: Person, { agoMs = 60_000, ...more }: { agoMs?: number; audience?: string } = {}) =>
  (await walk(owner, [await addPet(owner)], { track: freshTrack({ agoMs }), more: { shared_to_feed: true, ...more } })).id

/** A post as old as that, so that lists have an order. */
const postedAgo = (walkId: string, interval: string) =>
  db.execute(`UPDATE posts SET posted_at = now() - interval '${interval}' WHERE walk_id = '${walkId}'`)

describe('a list of people', () => {
  it('says who they are, their latest walk, and who follows whom', async () => {
    const [me, friend, stranger] = await people(3)
    await follow(me, friend)
    await follow(friend, me)
    await follow(stranger, friend)
    const older = await share(friend)
    await postedAgo(older, '3 days')
    const { json } = await me.get(`/users/${idOf(me)}/following`)
    expect(json).toMatchObject({
      items: [
        {
          user: { id: idOf(friend), nickname: expect.any(String) },
          pet: { name: '초코', breed: null },
          latest_walk: { distance_m: expect.any(Number), posted_at: expect.stringMatching(/:00\.000Z$/) },
          following: true,
          follows_me: true,
          followed_at: expect.any(String),
        },
      ],
      next_cursor: null,
    })
    const theirs = (await me.get(`/users/${idOf(friend)}/followers?sort=followed_at`)).json.items
    expect(theirs.map(({ user, following, follows_me, followed_at }: any) => [user.id, following, follows_me, followed_at])).toEqual([
      [idOf(stranger), false, false, null],
      [idOf(me), false, false, null],
    ])
    // One's own walk is told exactly, to oneself alone.
    const own = await share(me)
    const { rows } = await db.execute<{ at: string }>(`SELECT to_json(posted_at) #>> '{}' AS at FROM posts WHERE walk_id = '${own}'`)
    const listed = (await me.get(`/users/${idOf(friend)}/followers`)).json.items.find(({ user }: any) => user.id === idOf(me))
    expect(Date.parse(listed.latest_walk.posted_at)).toBe(Date.parse(rows[0]!.at))
  })

  it('tells of a walk no more than its card: not to whom it is closed, to the day where times are hidden, no length where it was seen live', async () => {
    const [me, owner] = await people(2)
    const reader = (await signUp()) as Person
    await follow(me, owner)
    await follow(reader, me)
    const open = await share(owner, { agoMs: 5 * 3_600_000 })
    await postedAgo(open, '2 days')
    const closed = await share(owner, { audience: 'followers' })
    const latest = async (who: Person) =>
      (await who.get(`/users/${idOf(me)}/following`)).json.items.find(({ user }: any) => user.id === idOf(owner)).latest_walk
    const { rows } = await db.execute<{ id: string; at: string }>(
      `SELECT walk_id AS id, to_json(posted_at) #>> '{}' AS at FROM posts WHERE author_id = '${idOf(owner)}'`,
    )
    const minuteOf = (walkId: string) => Math.floor(Date.parse(rows.find(({ id }) => id === walkId)!.at) / 60_000) * 60_000
    expect(Date.parse((await latest(me)).posted_at)).toBe(minuteOf(closed))
    expect(Date.parse((await latest(reader)).posted_at)).toBe(minuteOf(open))
    await db.execute(`UPDATE users SET settings = settings || '{"hide_walk_times": true}' WHERE id = '${idOf(owner)}'`)
    expect((await latest(me)).posted_at).toMatch(/T15:00:00\.000Z$/)
    expect((await latest(me)).distance_m).toEqual(expect.any(Number))
    await db.execute(`UPDATE users SET settings = '{}' WHERE id = '${idOf(owner)}'`)
    await db.execute(`
      INSERT INTO location_provisions (subject_id, invitation_id, viewer_id, first_at, last_at)
      SELECT user_id, gen_random_uuid(), '${idOf(me)}', started_at, ended_at FROM walks WHERE id = '${closed}'`)
    expect(await latest(me)).toMatchObject({ distance_m: null, posted_at: expect.stringMatching(/T15:00:00\.000Z$/) })
    await owner.patch(`/walks/${open}`, { shared_to_feed: false })
    expect(await latest(reader)).toBeNull()
  })

  it.each(['recent_walk', 'name', 'followed_at'])(
    'sorted by %s has pages that are the whole together',
    async (sort) => {
      const [me, ...others] = await people(9)
      for (const [i, other] of others.entries()) {
        await set(other, `nickname = '${['나비', '가을', '다람', '라온', '마루', '바람', '사랑', '아침'][i]}${idOf(other).slice(0, 4)}'`)
        await follow(me, other)
        if (i % 3 !== 0) await postedAgo(await share(other), `${(i * 5) % 8} days`)
      }
      await db.execute(
        `UPDATE follows SET created_at = '2026-01-01' WHERE follower_id = '${idOf(me)}' AND followee_id IN ('${idOf(others[2]!)}', '${idOf(others[5]!)}')`,
      )
      const whole = (await me.get(`/users/${idOf(me)}/following?sort=${sort}&limit=50`)).json
      expect(whole.items).toHaveLength(8)
      const joined: string[] = []
      let late = ''
      for (let cursor: string | null = ''; cursor !== null;) {
        const page = await me.get(`/users/${idOf(me)}/following?sort=${sort}&limit=3${cursor && `&cursor=${cursor}`}`)
        joined.push(...idsIn(page))
        cursor = page.json.next_cursor
        // Somebody at the end walks while the list is read. Nobody moves.
        late ||= await share(others[0]!)
      }
      expect(joined).toEqual(idsIn({ json: whole }))
      const keys = whole.items.map(({ latest_walk, user, followed_at }: any) =>
        sort === 'name' ? user.nickname : sort === 'followed_at' ? followed_at : (latest_walk?.posted_at ?? ''),
      )
      const rising = keys.toSorted()
      expect(keys).toEqual(sort === 'name' ? rising : rising.toReversed())
      // A cursor is of its sort, its list and its words.
      const { next_cursor } = (await me.get(`/users/${idOf(me)}/following?sort=${sort}&limit=3`)).json
      for (const other of [
        'following?sort=name&q=a',
        `followers?sort=${sort}`,
        `following?sort=${sort === 'name' ? 'followed_at' : 'name'}`,
      ])
        expect(await me.get(`/users/${idOf(me)}/${other}&cursor=${next_cursor}`)).toMatchObject({
          status: 422,
          json: { code: 'invalid_cursor' },
        })
    },
    60_000,
  )

  it('is searched by how a nickname or a pet’s name begins, in any case and composed or not', async () => {
    const [me, a, b, c] = await people(4)
    for (const other of [a, b, c]) await follow(me, other)
    await set(a, `nickname = 'Maru${idOf(a).slice(0, 4)}'`)
    await addPet(b, { name: '마루코' })
    await addPet(b, { name: 'Zoe' })
    const search = async (q: string) => idsIn(await me.get(`/users/${idOf(me)}/following?q=${encodeURIComponent(q)}`)).toSorted()
    expect(await search('mARU')).toEqual([idOf(a)])
    expect(await search('마루')).toEqual([idOf(b)])
    expect(await search('마루'.normalize('NFD'))).toEqual([idOf(b)])
    expect(await search('zo')).toEqual([idOf(b)])
    expect(await search('루')).toEqual([])
    expect(await search('%')).toEqual([])
    expect(await search('')).toHaveLength(3)
  })
})

describe('who sees what of follows', () => {
  it('nine kinds of viewers', async () => {
    const [owner, friend] = await people(2)
    const viewers = {
      stranger: 200,
      follower: 200,
      former: 200,
      blocked: 404,
      blocker: 404,
      suspended: 200,
      banned: 401,
      admin: 200,
      anonymous: 401,
    } as const
    await follow(owner, friend)
    await follow(friend, owner)
    for (const [kind, status] of Object.entries(viewers)) {
      const viewer = (kind === 'anonymous' ? createApi() : await signUp()) as Person
      if (kind === 'follower' || kind === 'former') await follow(viewer, owner)
      if (kind === 'former') await viewer.delete(`/follows/${idOf(owner)}`)
      if (kind === 'blocked') await owner.post(`/blocks/${idOf(viewer)}`)
      if (kind === 'blocker') await viewer.post(`/blocks/${idOf(owner)}`)
      if (kind === 'suspended') await set(viewer, `suspended_until = now() + interval '1 day'`)
      if (kind === 'banned') await set(viewer, 'banned_at = now()')
      if (kind === 'admin') await set(viewer, `role = 'admin'`)
      for (const list of ['followers', 'following']) {
        const answer = await viewer.get(`/users/${idOf(owner)}/${list}`)
        expect([kind, list, answer.status]).toEqual([kind, list, status])
        if (status === 404) {
          const missing = await viewer.get(`/users/${crypto.randomUUID()}/${list}`)
          expect({ ...answer.json, request_id: '' }).toEqual({ ...missing.json, request_id: '' })
        }
        // In a list of somebody else the owner is there for the same people.
        const elsewhere = await viewer.get(`/users/${idOf(friend)}/${list}`)
        if (kind === 'banned' || kind === 'anonymous') expect(elsewhere.status).toBe(status)
        else expect([kind, idsIn(elsewhere).includes(idOf(owner))]).toEqual([kind, status === 200])
      }
      const followed = await viewer.post(`/follows/${idOf(owner)}`)
      expect([kind, followed.status]).toEqual([kind, kind === 'suspended' ? 403 : status === 200 ? 204 : status])
      for (const path of [`/follows/${idOf(owner)}`, `/followers/${idOf(owner)}`])
        expect([kind, (await viewer.delete(path)).status]).toEqual([kind, status === 401 ? 401 : 204])
    }
  }, 60_000)

  it('who leaves or is banned is in no list and has none, and the counts stay', async () => {
    const [me, leaving, banned] = await people(3)
    for (const other of [leaving, banned]) {
      await follow(me, other)
      await follow(other, me)
    }
    await leaving.delete('/users/me')
    await set(banned, 'banned_at = now()')
    for (const list of ['followers', 'following'])
      for (const sort of ['recent_walk', 'name', 'followed_at']) {
        expect((await me.get(`/users/${idOf(me)}/${list}?sort=${sort}`)).json.items).toEqual([])
        for (const other of [leaving, banned]) expect((await me.get(`/users/${idOf(other)}/${list}?sort=${sort}`)).status).toBe(404)
      }
    expect((await me.get('/users/me')).json).toMatchObject({ follower_count: 2, following_count: 2 })
  })
})

describe('every night', () => {
  /** The night that recounts whose ids begin as this one does. */
  const nightOf = (id: string) => new Date(Math.floor(Date.now() / DAY_MS / 16) * 16 * DAY_MS + parseInt(id[0]!, 16) * DAY_MS)
  const stored = async (id: string) =>
    (await db.execute(`SELECT follower_count, following_count FROM user_counts WHERE user_id = '${id}'`)).rows

  it('a sixteenth of the counts is compared with the rows, reported, and mended', async () => {
    const [a, b] = await people(2)
    await follow(a, b)
    await db.execute(`UPDATE user_counts SET follower_count = 7, following_count = 0 WHERE user_id = '${idOf(a)}'`)
    await db.execute(`DELETE FROM user_counts WHERE user_id = '${idOf(b)}'`)
    const report = await runTask(recountFollows, nightOf(idOf(a)))
    expect(report.amiss).toBeGreaterThanOrEqual(1)
    expect(report.checked).toBeGreaterThanOrEqual(1)
    expect(await stored(idOf(a))).toEqual([{ follower_count: 0, following_count: 1 }])
    await runTask(recountFollows, nightOf(idOf(b)))
    expect(await stored(idOf(b))).toEqual([{ follower_count: 1, following_count: 0 }])
    // Counts of somebody who has no follow at all.
    await a.delete(`/follows/${idOf(b)}`)
    await db.execute(`UPDATE user_counts SET follower_count = 3 WHERE user_id = '${idOf(a)}'`)
    await runTask(recountFollows, nightOf(idOf(a)))
    expect(await stored(idOf(a))).toEqual([{ follower_count: 0, following_count: 0 }])
  }, 60_000)

  it('what was followed more than a day ago is forgotten', async () => {
    const [a, b] = await people(2)
    await follow(a, b)
    const marks = async () => (await db.execute(`SELECT 1 FROM follow_marks WHERE follower_id = '${idOf(a)}'`)).rows.length
    await runTask(purgeFollowMarks, new Date())
    expect(await marks()).toBe(1)
    await runTask(purgeFollowMarks, new Date(Date.now() + DAY_MS + 60_000))
    expect(await marks()).toBe(0)
  })
})
