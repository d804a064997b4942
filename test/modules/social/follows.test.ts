import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../../../src/core/time.ts'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { rowsOf } from '../../support/pushes.ts'
import { idOf, type Person } from '../../support/rooms.ts'
import { addPet, walk } from '../../support/walks.ts'

const { db } = createTestDeps()
const people = (count: number) => Promise.all(Array.from({ length: count }, () => signUp()))
const follow = async (one: Person, other: Person) => expect(await one.post(`/follows/${idOf(other)}`)).toMatchObject({ status: 204 })
const refusal = (status: number, code: string) => ({ status, json: { code } })
const countsOf = async (person: Person) => {
  const { follower_count, following_count } = (await person.get('/users/me')).json
  return [follower_count, following_count]
}
const followNotices = async (person: Person) => (await rowsOf(person)).filter(({ type }) => type === 'follow')

/** People who are only rows, followed by somebody if given, the first of them first. */
async function makeRows(count: number, follower?: Person): Promise<string[]> {
  const { rows } = await db.execute<{ id: string }>(`
    WITH made AS (
      INSERT INTO users (id, nickname, created_at) SELECT gen_random_uuid(), left(md5(random()::text), 12), now() FROM generate_series(1, ${count}) RETURNING id
    ), followed AS (
      INSERT INTO follows (follower_id, followee_id, created_at) SELECT ${follower ? `'${idOf(follower)}'::uuid` : 'NULL'}, id, now() - interval '3 days' FROM made WHERE ${follower !== undefined}
    )
    SELECT id FROM made`)
  return rows.map(({ id }) => id)
}

const set = (person: Person, what: string) => db.execute(`UPDATE users SET ${what} WHERE id = '${idOf(person)}'`)

/** How many follows there are in the rows, of each of some people: followers, followed. */
async function countRows(ids: readonly string[]): Promise<Record<string, number[]>> {
  const { rows } = await db.execute<{ id: string; rows: number[]; counts: number[] }>(`
    SELECT id, json_build_array((SELECT count(*) FROM follows WHERE followee_id = id), (SELECT count(*) FROM follows WHERE follower_id = id)) AS rows,
           (SELECT json_build_array(follower_count, following_count) FROM user_counts WHERE user_id = id) AS counts
    FROM users WHERE id IN (${ids.map((id) => `'${id}'`)})`)
  for (const row of rows) expect(row.counts ?? [0, 0]).toEqual(row.rows)
  return Object.fromEntries(rows.map((row) => [row.id, row.rows]))
}

describe('a follow', () => {
  it('counts for both, shows in both profiles, and is told once', async () => {
    const [me, other] = (await people(2)) as [Person, Person]
    await Promise.all([follow(me, other), follow(me, other), follow(me, other)])
    await follow(me, other)
    expect(await countsOf(me)).toEqual([0, 1])
    expect(await countsOf(other)).toEqual([1, 0])
    expect((await me.get(`/users/${idOf(other)}`)).json).toMatchObject({
      follower_count: 1,
      following_count: 0,
      following: true,
      follows_me: false,
    })
    expect((await other.get(`/users/${idOf(me)}`)).json).toMatchObject({
      follower_count: 0,
      following_count: 1,
      following: false,
      follows_me: true,
    })
    const told = await followNotices(other)
    expect(told).toMatchObject([{ facts: { user_id: idOf(me) }, sender_id: idOf(me) }])
    expect((await other.get('/notifications')).json.items).toMatchObject([{ type: 'follow', link: `withbowwow://users/${idOf(me)}` }])

    expect(await me.delete(`/follows/${idOf(other)}`)).toMatchObject({ status: 204 })
    expect(await me.delete(`/follows/${idOf(other)}`)).toMatchObject({ status: 204 })
    expect(await countsOf(other)).toEqual([0, 0])
    // Once a day, however often somebody unfollows, and again on the next day of Seoul.
    await follow(me, other)
    expect(await followNotices(other)).toHaveLength(1)
    await me.delete(`/follows/${idOf(other)}`)
    await follow(me.with({ now: () => new Date(Date.now() + DAY_MS) }) as Person, other)
    expect(await followNotices(other)).toHaveLength(2)
  })

  it('is ended by the one who is followed as well, silently', async () => {
    const [me, other] = (await people(2)) as [Person, Person]
    await follow(other, me)
    await follow(me, other)
    expect(await me.delete(`/followers/${idOf(other)}`)).toMatchObject({ status: 204 })
    expect(await me.delete(`/followers/${idOf(other)}`)).toMatchObject({ status: 204 })
    expect(await countsOf(me)).toEqual([0, 1])
    expect(await countsOf(other)).toEqual([1, 0])
    expect(await followNotices(other)).toHaveLength(1)
    // Nobody ends a follow between others.
    const third = await signUp()
    await third.delete(`/followers/${idOf(me)}`)
    await third.delete(`/follows/${idOf(other)}`)
    expect(await countsOf(other)).toEqual([1, 0])
  })

  it('of oneself, of somebody who is not there, or by somebody who is suspended is refused', async () => {
    const [me, other, leaving, banned] = (await people(4)) as [Person, Person, Person, Person]
    expect(await me.post(`/follows/${idOf(me)}`)).toMatchObject(refusal(422, 'own_account'))
    await leaving.delete('/users/me')
    await set(banned, 'banned_at = now()')
    for (const id of [crypto.randomUUID(), idOf(leaving), idOf(banned)])
      expect(await me.post(`/follows/${id}`)).toMatchObject(refusal(404, 'user_not_found'))
    await set(me, `suspended_until = now() + interval '1 day'`)
    expect(await me.post(`/follows/${idOf(other)}`)).toMatchObject(refusal(403, 'account_suspended'))
    expect(await countsOf(me)).toEqual([0, 0])
    expect(await followNotices(other)).toEqual([])
    // Ending one writes nothing that others read.
    expect(await me.delete(`/follows/${idOf(other)}`)).toMatchObject({ status: 204 })
  })
})

describe('limits of follows', () => {
  it('hold at 5,000, of fifty at once', async () => {
    const me = await signUp()
    await makeRows(4_990, me)
    const others = await makeRows(50)
    const answers = await Promise.all(others.map((id) => me.post(`/follows/${id}`)))
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(10)
    for (const answer of answers.filter(({ status }) => status !== 204)) expect(answer).toMatchObject(refusal(409, 'follow_limit'))
    expect(await countsOf(me)).toEqual([0, 5_000])
    // Whom somebody follows already is no new one.
    const known = others[answers.findIndex(({ status }) => status === 204)]!
    expect(await me.post(`/follows/${known}`)).toMatchObject({ status: 204 })
  }, 60_000)

  it('hold at 400 a day, of fifty at once, and count what was unfollowed', async () => {
    const me = await signUp()
    await db.execute(`INSERT INTO follow_marks VALUES ('${idOf(me)}', now() - interval '23 hours', 389)`)
    const others = await makeRows(51)
    await me.post(`/follows/${others[50]}`)
    await me.delete(`/follows/${others[50]}`)
    const answers = await Promise.all(others.slice(0, 50).map((id) => me.post(`/follows/${id}`)))
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(10)
    const refused = answers.find(({ status }) => status !== 204)!
    expect(refused).toMatchObject(refusal(429, 'too_many_follows'))
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0)
    expect(await countsOf(me)).toEqual([0, 10])
    const later = me.with({ now: () => new Date(Date.now() + 2 * 3_600_000) })
    expect(await later.post(`/follows/${others[50]}`)).toMatchObject({ status: 204 })
  }, 60_000)
})

it('counters are the rows, whatever thirty people do at once', async () => {
  const crowd = await people(30)
  for (let round = 0; round < 3; round++) {
    await Promise.all(
      crowd.map(async (one, i) => {
        for (const step of [1, 7, 13]) {
          const other = crowd[(i + step + round) % crowd.length]!
          await one.post(`/follows/${idOf(other)}`)
          if ((i + step) % 2 === 0) await one.delete(`/follows/${idOf(other)}`)
          if ((i + step) % 5 === 0) await one.delete(`/followers/${idOf(crowd[(i + 20) % crowd.length]!)}`)
        }
      }),
    )
    const counted = await countRows(crowd.map(idOf))
    expect(Object.keys(counted)).toHaveLength(30)
  }
}, 120_000)

it('who is destroyed is in nobody’s counts any more', async () => {
  const [gone, a, b] = (await people(3)) as [Person, Person, Person]
  await follow(gone, a)
  await follow(a, gone)
  await follow(b, gone)
  await follow(a, b)
  await db.execute(`DELETE FROM users WHERE id = '${idOf(gone)}'`)
  expect(await countRows([idOf(a), idOf(b)])).toEqual({ [idOf(a)]: [0, 1], [idOf(b)]: [1, 0] })
  expect((await db.execute(`SELECT 1 FROM follow_marks WHERE follower_id = '${idOf(gone)}'`)).rows).toEqual([])
})

it('a walk for followers is there for whoever follows, as long as they do', async () => {
  const [owner, reader] = (await people(2)) as [Person, Person]
  const { id } = await walk(owner, [await addPet(owner)], { more: { shared_to_feed: true, audience: 'followers' } })
  expect(await reader.get(`/walks/${id}`)).toMatchObject(refusal(404, 'walk_not_found'))
  await follow(reader, owner)
  expect(await reader.get(`/walks/${id}`)).toMatchObject({ status: 200 })
  expect((await reader.get(`/users/${idOf(reader)}/following`)).json.items[0].latest_walk).toMatchObject({ distance_m: expect.any(Number) })
  await reader.delete(`/follows/${idOf(owner)}`)
  expect(await reader.get(`/walks/${id}`)).toMatchObject(refusal(404, 'walk_not_found'))
  await follow(reader, owner)
  await owner.delete(`/followers/${idOf(reader)}`)
  expect(await reader.get(`/walks/${id}`)).toMatchObject(refusal(404, 'walk_not_found'))
})
