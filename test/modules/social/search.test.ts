import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { randomFrom } from '../../../dev/random.ts'
import { indecencyOf } from '../../../src/core/words/decent.ts'
import { runBatch } from '../../../src/db/client.ts'
import { createTestDeps, type Api } from '../../support/api.ts'
import { drawSeed } from '../../support/draws.ts'
import { logIn, signUp } from '../../support/login.ts'
import { follow, freshNickname, givePeople, keysOf } from '../../support/names.ts'
import { idOf, type Person } from '../../support/rooms.ts'
import { makeDong, makeWalker, moveTo } from '../../support/walkers.ts'
import { addPet } from '../../support/walks.ts'

const { db } = createTestDeps()

interface Found {
  user: { id: string; nickname: string }
  pet: { id: string; name: string } | null
  region: object | null
  following: boolean
  follows_me: boolean
  matched: 'nickname' | 'pet'
}

const search = (api: Api, q: string, query = 'limit=50') => api.get(`/users/search?q=${encodeURIComponent(q)}&${query}`)
const find = async (api: Api, q: string): Promise<Found[]> => (await search(api, q)).json.items
const idsOf = (found: readonly Found[]) => found.map(({ user }) => user.id)
const finds = async (api: Api, q: string, id: string) => idsOf(await find(api, q)).includes(id)

/** All pages of a list. */
async function readAll(api: Api, q: string, limit: number): Promise<Found[]> {
  const found: Found[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const { status, json }: { status: number; json: any } = await search(api, q, `limit=${limit}${cursor && `&cursor=${cursor}`}`)
    expect(status).toBe(200)
    expect(json.items.length).toBeLessThanOrEqual(limit)
    found.push(...json.items)
    cursor = json.next_cursor
  }
  return found
}

const rename = (id: string, nickname: string) => db.execute(sql`UPDATE users SET nickname = ${nickname} WHERE id = ${id}`)
const namesOf = async (id: string) =>
  (await db.execute<{ name: string }>(sql`SELECT name FROM user_names WHERE user_id = ${id} ORDER BY name, is_initials`)).rows.map(
    ({ name }) => name,
  )

/** Syllables in an order of chance, so that no other test has this name. One in a thousand of such holds a swear word, and a pet may not be called so. */
function madeUpName(length = 4): string {
  const name = Array.from({ length }, () => String.fromCharCode(0xac00 + Math.floor(Math.random() * 11_172))).join('')
  return indecencyOf(name) ? madeUpName(length) : name
}

describe('somebody is found', () => {
  let seeker: Person
  const petIds = new Map<string, string>()
  const NAMES = ['초코', '과자', '닭강', '강산', 'Bella2']
  beforeAll(async () => {
    const { dong } = await makeDong()
    seeker = await makeWalker(dong)
    const owners = await givePeople(NAMES.map((name) => ({ region: dong, pets: [name] })))
    owners.forEach(({ id }, i) => petIds.set(NAMES[i]!, id))
  })

  it.each([
    ['초코', ['초', '촠', '초ㅋ', '초코', 'ㅊㅋ', '초 코', '초ㅋㆍ']],
    ['과자', ['고', '과', '괒', '과ㅈ', '과자', 'ㄱㅈ']],
    ['닭강', ['다', '달', '닭', '닭ㄱ', '닭가', '닭강', 'ㄷㄱ']],
    ['강산', ['가', '강', '강ㅅ', '강사', '강산', 'ㄱㅅ', 'ㄳ']],
    ['Bella2', ['be', 'Bel', 'BELLA', 'bella2', 'Bella2']],
  ])('as %s at every moment of the typing', async (name, states) => {
    for (const state of states) {
      for (const form of ['NFC', 'NFD'] as const)
        expect([state, await finds(seeker, state.normalize(form), petIds.get(name)!)]).toEqual([state, true])
    }
  })

  it.each([
    ['초코', ['쵸', '코', '초코아', 'ㅊㅇ', 'ㅋㅊ', '초ㄱ', '촉', 'ㅊㅋㅊ']],
    ['과자', ['구', '가자', '과가', 'ㄱㄱ']],
    ['닭강', ['단', '닥강', '닳']],
    ['Bella2', ['bl', 'ella', 'bella3', 'b%', 'be%', 'b_lla']],
  ])('as %s by nothing else', async (name, states) => {
    for (const state of states) expect([state, await finds(seeker, state, petIds.get(name)!)]).toEqual([state, false])
  })
})

it('the keys of every syllable of Hangul are those that write it, and its initial is the first', async () => {
  const syllables = Array.from({ length: 11_172 }, (_, i) => String.fromCharCode(0xac00 + i))
  const { rows } = await db.execute<{ keys: string; initials: string }>(sql`
    SELECT string_agg(name_key(syllable, false), ' ' ORDER BY n) AS keys, string_agg(name_key(syllable, true), ' ' ORDER BY n) AS initials
    FROM unnest(string_to_array(${syllables.join(' ')}, ' ')) WITH ORDINALITY AS one (syllable, n)`)
  expect(rows[0]!.keys).toBe(syllables.map(keysOf).join(' '))
  expect(rows[0]!.initials).toBe(syllables.map((syllable) => keysOf(syllable)[0]).join(' '))
})

it('says who it is, with the pet that was meant, and how the two of us stand', async () => {
  const { dong } = await makeDong()
  const [seeker, owner] = await Promise.all([makeWalker(dong), makeWalker(dong)])
  const name = madeUpName()
  const second = await addPet(owner, { name, breed: '말티즈' })
  await follow(idOf(seeker), [idOf(owner)])
  const profile = (await seeker.get(`/users/${idOf(owner)}`)).json
  expect(await find(seeker, name)).toEqual([
    {
      user: { id: idOf(owner), nickname: profile.nickname },
      pet: profile.pets.find(({ id }: { id: string }) => id === second),
      region: profile.region,
      following: true,
      follows_me: false,
      matched: 'pet',
    },
  ])
  expect(profile.region).toEqual({ sido: '서울특별시', sigungu: '시험구', dong: '시험동' })

  await follow(idOf(owner), [idOf(seeker)])
  const nickname = freshNickname()
  await rename(idOf(owner), nickname)
  expect(await find(seeker, nickname)).toMatchObject([{ pet: { id: owner.pet }, follows_me: true, matched: 'nickname' }])
  // A placeholder is no pet that others see.
  const bare = await signUp()
  await addPet(bare, { name: '우리 아이', is_placeholder: true })
  const { json } = await bare.get('/users/me')
  expect(await find(seeker, json.nickname)).toMatchObject([{ user: { id: idOf(bare) }, pet: null, region: null, matched: 'nickname' }])
})

it('tells of a home in the country no more than its sigungu, also by the order', async () => {
  const { dong: near, sigungu } = await makeDong()
  const { dong: far } = await makeDong(sigungu)
  await db.execute(sql`UPDATE regions SET dong = '산골리' WHERE code = ${near}`)
  const seeker = await makeWalker(near)
  const name = madeUpName()
  await givePeople([
    { region: near, pets: [`${name}나`] },
    { region: far, pets: [`${name}가`] },
  ])
  const found = await find(seeker, name)
  expect(found.map(({ pet }) => pet?.name)).toEqual([`${name}가`, `${name}나`])
  expect(found[1]!.region).toEqual({ sido: '서울특별시', sigungu: '시험구', dong: '' })
})

/** A small country: names that begin alike, homes near and far, follows and blocks at random. */
async function makeCountry(seed: number, options: { followsMany?: boolean } = {}) {
  const random = randomFrom(seed)
  const stem = madeUpName(3)
  const { dong: home, sigungu } = await makeDong()
  const [{ dong: beside }, { dong: away }] = await Promise.all([makeDong(sigungu), makeDong()])
  const seeker = await makeWalker(home)
  const name = () => `${stem}${random.pick(['', '가', '각', '나', '가나', '하'])}`
  const people = await givePeople(
    Array.from({ length: 45 }, (_, n) => ({
      ...(n === 20 && { nickname: stem }),
      ...(n % 4 === 0 && n !== 20 && { nickname: `${stem}${random.pick(['b', 'c', '가'])}${n}` }),
      region: random.pick([home, beside, away, null]),
      pets: Array.from({ length: Math.floor(random.next() * 4) }, () => (random.chance(0.8) ? name() : '다른이름')),
    })),
  )
  const followed = new Set(people.filter(() => random.chance(0.3)).map(({ id }) => id))
  const others = options.followsMany ? await givePeople(Array.from({ length: 1_001 }, () => ({}))) : []
  await follow(idOf(seeker), [...followed, ...others.map(({ id }) => id)])
  const gone = new Set<string>()
  for (const { id } of people) {
    if (random.chance(0.85)) continue
    gone.add(id)
    const pair = random.chance(0.5) ? [idOf(seeker), id] : [id, idOf(seeker)]
    await db.execute(
      random.pick([
        sql`INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES (${pair[0]}, ${pair[1]}, now())`,
        sql`UPDATE users SET deleted_at = now() WHERE id = ${id}`,
        sql`UPDATE users SET settings = '{"searchable": false}' WHERE id = ${id}`,
      ]),
    )
  }
  const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
  const expected = people
    .filter(({ id }) => !gone.has(id))
    .flatMap((person) => {
      const keys = [person.nickname.toLowerCase(), ...person.pets].map(keysOf).filter((key) => key.startsWith(keysOf(stem)))
      const key = keys.toSorted(byBytes)[0]
      if (key === undefined) return []
      const places = [person.nickname === stem, followed.has(person.id), person.region === home, person.region === beside, true]
      return [{ id: person.id, tier: places.indexOf(true), key }]
    })
    .toSorted((a, b) => a.tier - b.tier || byBytes(a.key, b.key) || byBytes(a.id, b.id))
    .map(({ id }) => id)
  return { seeker, stem, expected }
}

describe('the order', () => {
  it.each([1, 2, 3])('is by tier, key and id, each person once, over pages of any size (country %i)', async (seed) => {
    const { seeker, stem, expected } = await makeCountry(seed)
    expect(expected.length).toBeGreaterThan(15)
    for (const limit of [1, 2, 7, 50]) expect([limit, idsOf(await readAll(seeker, stem, limit))]).toEqual([limit, expected])
    // The typed beginning of the last syllable finds the same people, and others that begin so.
    expect(idsOf(await readAll(seeker, stem.slice(0, 2), 50))).toEqual(expect.arrayContaining(expected))
  })

  it('is the same for somebody who follows very many', async () => {
    const { seeker, stem, expected } = await makeCountry(4, { followsMany: true })
    for (const limit of [3, 50]) expect(idsOf(await readAll(seeker, stem, limit))).toEqual(expected)
  })

  it('is found by initials too', async () => {
    const { dong } = await makeDong()
    const [seeker, { dong: away }] = await Promise.all([makeWalker(dong), makeDong()])
    const [far, near, friend] = await givePeople([
      { region: away, pets: ['쀼뛔쮸'] },
      { region: dong, pets: ['쀼또쯔', '쀼뚜짜'] },
      { region: away, pets: ['빠뜨쮸'] },
    ])
    await follow(idOf(seeker), [friend!.id])
    for (const limit of [1, 2, 50]) expect(idsOf(await readAll(seeker, 'ㅃㄸㅉ', limit))).toEqual([friend!.id, near!.id, far!.id])
  })
})

describe('nobody finds', () => {
  it('themselves', async () => {
    const owner = await signUp()
    const { json } = await owner.get('/users/me')
    expect(await find(owner, json.nickname)).toEqual([])
    expect(idsOf(await find(await signUp(), json.nickname))).toEqual([idOf(owner)])
  })

  it('whom they have blocked, or who has blocked them, until it is lifted', async () => {
    const [one, other] = await Promise.all([signUp(), signUp()])
    const [oneName, otherName] = [freshNickname(), freshNickname()]
    await Promise.all([rename(idOf(one), oneName), rename(idOf(other), otherName)])
    await follow(idOf(one), [idOf(other)])
    const seen = async () => [await finds(one, otherName, idOf(other)), await finds(other, oneName, idOf(one))]
    expect(await seen()).toEqual([true, true])
    await one.post(`/blocks/${idOf(other)}`)
    expect(await seen()).toEqual([false, false])
    await one.delete(`/blocks/${idOf(other)}`)
    expect(await seen()).toEqual([true, true])
    await other.post(`/blocks/${idOf(one)}`)
    expect(await seen()).toEqual([false, false])
  })

  it('who does not want to be found, by no name and at once', async () => {
    const [seeker, owner] = await Promise.all([signUp(), signUp()])
    const name = madeUpName()
    await addPet(owner, { name })
    expect((await owner.get('/users/me/settings')).json.searchable).toBe(true)
    expect(await finds(seeker, name, idOf(owner))).toBe(true)
    expect((await owner.patch('/users/me/settings', { searchable: false })).json.searchable).toBe(false)
    expect(await finds(seeker, name, idOf(owner))).toBe(false)
    expect(await namesOf(idOf(owner))).toEqual([])
    // A pet that comes later shows nobody either.
    await addPet(owner, { name: `${name}둘` })
    expect(await finds(seeker, name, idOf(owner))).toBe(false)
    await owner.patch('/users/me/settings', { searchable: true })
    expect(await finds(seeker, `${name}둘`, idOf(owner))).toBe(true)
  })

  it('who is leaving, until they come back', async () => {
    const [seeker, owner] = await Promise.all([signUp(), signUp()])
    const nickname = freshNickname()
    await rename(idOf(owner), nickname)
    await owner.delete('/users/me')
    expect(await finds(seeker, nickname, idOf(owner))).toBe(false)
    expect(await namesOf(idOf(owner))).toEqual([])
    // Whoever is leaving and is given a new name meanwhile is still leaving.
    await rename(idOf(owner), nickname.slice(0, 11))
    expect(await namesOf(idOf(owner))).toEqual([])
    await db.execute(sql`UPDATE users SET deleted_at = NULL WHERE id = ${idOf(owner)}`)
    expect(await finds(seeker, nickname.slice(0, 11), idOf(owner))).toBe(true)
  })
})

describe('names are as accounts and pets are now', () => {
  it('after a rename, a pet’s archiving and its first real name', async () => {
    const [seeker, owner] = await Promise.all([signUp(), signUp()])
    const [first, second, third] = [madeUpName(), madeUpName(), madeUpName()]
    const pet = await addPet(owner, { name: first })
    expect(await finds(seeker, first, idOf(owner))).toBe(true)
    await owner.patch(`/pets/${pet}`, { name: second })
    expect([await finds(seeker, first, idOf(owner)), await finds(seeker, second, idOf(owner))]).toEqual([false, true])
    await owner.delete(`/pets/${pet}`)
    expect(await finds(seeker, second, idOf(owner))).toBe(false)

    const placeholder = await addPet(owner, { name: third, is_placeholder: true })
    expect(await finds(seeker, third, idOf(owner))).toBe(false)
    await owner.patch(`/pets/${placeholder}`, { is_placeholder: false })
    expect(await finds(seeker, third, idOf(owner))).toBe(true)

    const nickname = `멍${crypto.randomUUID().slice(0, 6)}`.replaceAll('-', '')
    expect((await owner.patch('/users/me', { nickname })).status).toBe(200)
    expect(await find(seeker, nickname)).toMatchObject([{ user: { id: idOf(owner), nickname }, matched: 'nickname' }])
    expect((await namesOf(idOf(owner))).toSorted()).toEqual([nickname, nickname, third, third].toSorted())
  })

  it('after a move of the person, or of their dong to another sigungu', async () => {
    const [{ dong: home, sigungu }, { dong: away, sigungu: other }] = await Promise.all([makeDong(), makeDong()])
    const seeker = await makeWalker(home)
    const name = madeUpName()
    const [a, b] = await givePeople([
      { region: away, pets: [`${name}가`] },
      { region: away, pets: [`${name}나`] },
    ])
    const order = async () => idsOf(await find(seeker, name))
    expect(await order()).toEqual([a!.id, b!.id])
    await moveTo({ user: { user_id: b!.id, access_token: '', refresh_token: '' } }, home)
    expect(await order()).toEqual([b!.id, a!.id])
    await moveTo({ user: { user_id: b!.id, access_token: '', refresh_token: '' } }, null)
    expect(await order()).toEqual([a!.id, b!.id])
    const { dong: third } = await makeDong(other)
    await moveTo({ user: { user_id: b!.id, access_token: '', refresh_token: '' } }, third)
    await db.execute(sql`UPDATE regions SET parent_code = ${sigungu} WHERE code = ${third}`)
    expect(await order()).toEqual([b!.id, a!.id])
  })

  it('for whatever is written in whatever order, and of a purged account nothing is left', async () => {
    const [owner] = await givePeople([{ pets: ['하나', '둘'] }])
    const nickname = freshNickname()
    await Promise.all([
      db.execute(sql`UPDATE pets SET name = '셋' WHERE user_id = ${owner!.id} AND name = '둘'`),
      rename(owner!.id, nickname),
      db.execute(sql`UPDATE users SET settings = '{"auto_share": true}' WHERE id = ${owner!.id}`),
      db.execute(sql`UPDATE pets SET archived_at = now(), is_primary = false WHERE user_id = ${owner!.id} AND name = '하나'`),
    ])
    expect([...new Set(await namesOf(owner!.id))].toSorted()).toEqual([nickname, '셋'].toSorted())
    await db.execute(sql`DELETE FROM users WHERE id = ${owner!.id}`)
    expect(await namesOf(owner!.id)).toEqual([])
  })

  it('for everybody: a fold of all changes nothing', async () => {
    const all = async () =>
      (
        await db.execute(
          sql`SELECT user_id, kind, source_id, is_initials, key, dong_code, sigungu_code FROM user_names ORDER BY source_id, is_initials`,
        )
      ).rows
    const before = await all()
    expect(before.length).toBeGreaterThan(0)
    await db.execute(sql`SELECT fold_user_names(id) FROM users`)
    expect(await all()).toEqual(before)
  })
})

describe('a query', () => {
  it.each(['', ' ', 'ㅊ', 'a', '🐶', '가'.repeat(21), '초\u0000', '초\n', '초\u0007코', '\t초코', '초\u009f'])(
    '%j is refused and changes nothing',
    async (q) => {
      expect(await search(await signUp(), q)).toMatchObject({
        status: 422,
        json: { code: 'validation_failed', errors: [{ path: 'query.q' }] },
      })
    },
  )

  it('is needed, and pages hold at most fifty', async () => {
    const seeker = await signUp()
    expect(await seeker.get('/users/search')).toMatchObject({ status: 422, json: { code: 'validation_failed' } })
    expect(await search(seeker, '초코', 'limit=51')).toMatchObject({ status: 422, json: { code: 'validation_failed' } })
    expect(await search(seeker, '초코', 'limit=0')).toMatchObject({ status: 422, json: { code: 'validation_failed' } })
  })

  it('means the signs of LIKE and of patterns as they stand', async () => {
    const { dong } = await makeDong()
    const seeker = await makeWalker(dong)
    const names = ['100%a', '100_a', '100\\a', '100.a', '100xa', "10'a", '[10]a', '(10a']
    const people = await givePeople(names.map((name) => ({ region: dong, pets: [name] })))
    for (const [i, name] of names.entries()) {
      const found = idsOf(await find(seeker, name.slice(0, 4))).filter((id) => people.some((one) => one.id === id))
      const expected = names.flatMap((other, j) => (other.startsWith(name.slice(0, 4)) ? [people[j]!.id] : []))
      expect([name, found.toSorted()]).toEqual([name, expected.toSorted()])
      expect(found).toContain(people[i]!.id)
    }
  })

  it('may be anything, and is answered or refused', async () => {
    const seeker = await signUp()
    const random = randomFrom(drawSeed())
    const parts = [
      '초',
      'ㅋ',
      'ㅏ',
      '\u1100',
      '\u1161',
      '\u11a8',
      'ㆍ',
      '%',
      '_',
      '\\',
      "'",
      '"',
      '$1',
      '\u0000',
      '\u202e',
      '\u200d',
      '🐶',
      '👩‍👩‍👧',
      '\uffff',
      '\u{10ffff}',
      'İ',
      'ß',
      'é',
      'e\u0301\u0301',
      'ﷺ',
      '힣',
      '\ud800',
    ]
    for (let n = 0; n < 150; n++) {
      const q = Array.from({ length: 1 + Math.floor(random.next() * 8) }, () => random.pick(parts)).join('')
      const path = `/users/search?q=${encodeURIComponent(q.toWellFormed())}`
      expect([q, [200, 422].includes((await seeker.get(path)).status)]).toEqual([q, true])
    }
    for (const raw of ['q=%ff%fe', 'q=%ED%A0%80ab', 'q[]=ab', 'q=ab&q=cd', 'q=%', 'q=초코&cursor=AAAA', `q=${'%EA%B0%80'.repeat(3_000)}`])
      expect([raw, (await seeker.get(`/users/search?${raw}`)).status < 500]).toEqual([raw, true])
  })

  it('goes on only where it began: for the same person and the same words', async () => {
    const name = madeUpName()
    const [seeker, other] = await Promise.all([signUp(), signUp()])
    await givePeople([{ pets: [name] }, { pets: [`${name}둘`] }])
    const { json } = await search(seeker, name, 'limit=1')
    expect(json.next_cursor).not.toBeNull()
    const refused = { status: 422, json: { code: 'invalid_cursor' } }
    expect((await search(seeker, name, `limit=1&cursor=${json.next_cursor}`)).json).toMatchObject({ items: [{}], next_cursor: null })
    expect(await search(other, name, `limit=1&cursor=${json.next_cursor}`)).toMatchObject(refused)
    expect(await search(seeker, name.slice(0, 3), `limit=1&cursor=${json.next_cursor}`)).toMatchObject(refused)
    expect(await search(seeker, name, 'cursor=AAAA')).toMatchObject(refused)
  })

  it('of the longest names still has cursors that are taken', async () => {
    const name = '쀍쮋뙗꿻떫쀎쯻뛟꿿쐛'
    const seeker = await signUp()
    await givePeople([{ pets: [name] }, { pets: [name] }, { pets: ['🐕‍🦺🐕‍🦺'] }, { pets: ['🐕‍🦺🐕‍🦺'] }])
    for (const q of [name, '🐕‍🦺🐕‍🦺']) expect((await readAll(seeker, q, 1)).length).toBeGreaterThanOrEqual(2)
  })

  it('stands in no log, neither while a name is typed nor when it is refused', async () => {
    const seeker = await signUp()
    const logged: string[] = []
    const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation((...words: unknown[]) => void logged.push(words.map(String).join(' '))),
    )
    try {
      for (const q of ['뷁', '뷁ㅌ', '뷁틀', '뷁틀ㄹ', '뷁틀\n']) await search(seeker, q)
      await search(seeker, '뷁틀', 'cursor=AAAA')
    } finally {
      for (const spy of spies) spy.mockRestore()
    }
    expect(logged.map((line) => JSON.parse(line).route)).toEqual(Array.from({ length: 6 }, () => '/users/search'))
    expect(logged.join('\n')).not.toMatch(/뷁|틀|%EB%B7%81|%ED%8B%80/i)
  })
})

it('the path is no person’s id', async () => {
  expect(await (await signUp()).get('/users/search?q=초코')).toMatchObject({ status: 200, json: { items: expect.any(Array) } })
})

describe('in Postgres', () => {
  const CROWD = 3_000
  const READ = sql<{ relname: string; seq_scan: number; seq_tup_read: number; read: number }>`
    SELECT relname, seq_scan::int, seq_tup_read::int, coalesce(idx_tup_fetch, 0)::int AS read
    FROM pg_stat_xact_user_tables
    WHERE relname IN ('user_names', 'follows', 'blocks')
    ORDER BY relname`

  it('no search reads a table from end to end, nor further in an index than its page goes', async () => {
    const name = madeUpName(2)
    const [{ dong, sigungu }, { dong: away }] = await Promise.all([makeDong(), makeDong()])
    const { dong: beside } = await makeDong(sigungu)
    const [seeker, popular] = await Promise.all([makeWalker(dong), makeWalker(dong)])
    for (let given = 0; given < CROWD; given += 500) {
      await givePeople(Array.from({ length: 500 }, () => ({ region: away, pets: [name] })))
      await db.execute(sql`ANALYZE user_names, pets`)
    }
    const near = await givePeople(Array.from({ length: 60 }, (_, n) => ({ region: n % 2 ? dong : beside, pets: [name] })))
    const crowd = await givePeople(Array.from({ length: 1_200 }, () => ({ region: away })))
    await follow(idOf(seeker), [near[0]!.id, near[1]!.id])
    await follow(
      idOf(popular),
      crowd.map(({ id }) => id),
    )
    // Where a table has few pages, or few people in it, the planner reads it whole, and rightly.
    for (const table of ['follows (follower_id, followee_id, created_at)', 'blocks (blocker_id, blocked_id, created_at)'])
      await db.execute(sql`
        INSERT INTO ${sql.raw(table)}
        SELECT one.id, other.id, now()
        FROM unnest(${`{${crowd.map(({ id }) => id).join(',')}}`}::uuid[]) AS one (id)
        JOIN LATERAL (SELECT id FROM users WHERE id > one.id ORDER BY id LIMIT 5) AS other ON true`)
    await db.execute(sql`ANALYZE user_names, follows, blocks, users`)
    const last = (await readAll(seeker, name, 50)).at(-10)!.user.id
    const [typed, initials] = [keysOf(name), [...name].map((letter) => keysOf(letter)[0]).join('')]
    const pages = [0, 1, 2, 3, 4].flatMap((tier) => [
      { text: name, by_initials: false, tier, key: typed, user: null },
      { text: initials, by_initials: true, tier, key: initials, user: null },
      { text: name, by_initials: false, tier, key: typed, user: last },
    ])
    for (const viewer of [seeker, popular]) {
      for (const { text, by_initials, tier, key, user } of pages) {
        const { before, page, after } = await runBatch(db, {
          before: READ,
          page: sql<{ items: object[] }>`
            SELECT people_page(${idOf(viewer)}, ${text}, ${by_initials}, ${tier}, ${key}, ${user ?? '00000000-0000-0000-0000-000000000000'}, 21, now()) AS items`,
          after: READ,
        })
        const spent = after.map((row) => {
          const earlier = before.find(({ relname }) => relname === row.relname)
          return {
            relname: row.relname,
            seq_scan: row.seq_scan - (earlier?.seq_scan ?? 0),
            seq_tup_read: row.seq_tup_read - (earlier?.seq_tup_read ?? 0),
            read: row.read - (earlier?.read ?? 0),
          }
        })
        const where = `${viewer === popular ? 'following many' : 'following few'}, tier ${tier}, ${text}`
        expect(page[0]!.items.length, where).toBe(user !== null && tier === 4 ? 9 : 21)
        expect(spent.find(({ relname }) => relname === 'user_names')?.read, where).toBeGreaterThan(0)
        for (const { relname, seq_scan, seq_tup_read, read } of spent) {
          expect([where, relname, seq_scan, seq_tup_read]).toEqual([where, relname, 0, 0])
          // Those who follow many have every one of that name looked at for the second tier.
          if (viewer === seeker || tier > 1) expect(read, `${where}: ${relname}`).toBeLessThan(300)
        }
      }
    }
  })
})

it('somebody who comes back by logging in is found again', async () => {
  const owner = await signUp()
  const seeker = await signUp()
  const nickname = freshNickname()
  await rename(idOf(owner), nickname)
  await owner.delete('/users/me')
  expect(await finds(seeker, nickname, idOf(owner))).toBe(false)
  await logIn(owner.kakao_id)
  expect(await finds(seeker, nickname, idOf(owner))).toBe(true)
})
