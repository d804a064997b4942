import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts'
import type { Cache } from '../../../src/redis/client.ts'
import { type Api, createApi, createTestDeps, type DepsOverrides } from '../../support/api.ts'
import { dbWithout } from '../../support/broken.ts'
import { signUp } from '../../support/login.ts'
import { completeMadeUp } from '../../support/measured-walks.ts'
import { join, makeMeetup, walkersWithDogs } from '../../support/meetups.ts'
import { noCache } from '../../support/no-cache.ts'
import { idOf, inMinutes, invite } from '../../support/rooms.ts'
import { giveWalks } from '../../support/facts.ts'
import { follow } from '../../support/shared-walks.ts'
import { givePremium, makeDong, makeWalker, type Walker } from '../../support/walkers.ts'
import { addPet, startWalk, walk } from '../../support/walks.ts'
import { fakeAirKorea, fakeKma, forgetWeather } from '../../support/weather.ts'

const { db } = createTestDeps()
beforeEach(forgetWeather)
afterEach(forgetWeather)

const HERE = { lat: 37.5172, lng: 127.0473 }
const AROUND = `lat=${HERE.lat}&lng=${HERE.lng}`
const { airKorea } = fakeAirKorea()
const at = (now: Date, kma = fakeKma().kma): DepsOverrides => ({ now: () => now, kma, airKorea })
/** All that has been done by now. */
const soon = () => new Date(Date.now() + 1_000)

/** A dong of a test's own, in the middle of 강남구. */
async function makeHome() {
  const { dong, sigungu } = await makeDong()
  await db.execute(sql`UPDATE regions SET center = ST_MakePoint(${HERE.lng}, ${HERE.lat})::geography WHERE code = ${dong}`)
  return { dong, sigungu }
}

/** A walk of half a minute, so that several of one person fit into the last minutes. */
const complete = ({ user, pet }: Walker, distance_m: number, agoMs: number) =>
  completeMadeUp(
    { user },
    { pet_ids: [pet], started_at: new Date(Date.now() - agoMs), distance_m, duration_sec: 25 },
    new Date(Date.now() - agoMs + HOUR_MS),
  )

async function block(blocker: Walker, blocked: Walker) {
  const { status } = await blocker.post(`/blocks/${idOf(blocked)}`)
  expect(status).toBeLessThan(300)
}

/** Somebody of whom every section tells something. */
async function makeFull() {
  const { dong, sigungu } = await makeHome()
  const walkers = await Promise.all([1, 2, 3, 4].map(() => makeWalker(dong)))
  const [me, ...others] = walkers as [Walker, Walker, Walker, Walker]
  await giveWalks(
    me,
    Array.from({ length: 12 }, (_, n) => ({
      started_at: new Date(Date.now() - (n + 3) * DAY_MS),
      distance_m: 700 + n * 31,
      duration_sec: 900,
    })),
    [me.pet],
  )
  const { status } = await walk(me, [me.pet])
  expect(status).toBe(200)
  for (const [n, other] of others.entries()) await complete(other, 2_000 + n * 100, 3 * 60_000)
  await follow(others[0]!, me)
  await others[1]!.post(`/follows/${idOf(me)}`)
  await invite(others[0]!, [me])
  const meetup = await makeMeetup(me, { approval: 'manual' })
  const [guest] = await walkersWithDogs(1)
  await join(guest!, meetup)
  return { me, others, dong, sigungu, meetup }
}

/** What other routes tell of the same, where `/home` shows it. */
async function mirrorOf(api: Api, around: string, weatherOf = around) {
  const isAround = weatherOf === around
  const read = async (path: string) => {
    const { status, json } = await api.get(path)
    return status === 200 ? json : null
  }
  const board = async () => {
    const dong = await read('/rankings?limit=3')
    return dong?.scope === 'dong' && dong.participants < 3 ? read('/rankings?scope=sigungu&limit=3') : dong
  }
  const [me, unread, invitations, ranking, walks, places, way] = await Promise.all([
    read('/users/me'),
    read('/notifications/unread-count'),
    read('/invitations?box=received&status=pending&limit=50'),
    board(),
    read('/walks?limit=3'),
    read(`/places?${around}&limit=5`),
    read(isAround ? `/walks/last-way?${around}` : '/walks/last-way'),
  ])
  return {
    header: { unread: unread.unread_count, primary_pet: me.primary_pet },
    weather: await read(`/weather?${weatherOf}`),
    week: await read('/walks/summary'),
    streak: await read('/streak'),
    badges_in_progress: await read('/badges/in-progress'),
    ranking: ranking && {
      period: 'weekly',
      period_key: ranking.period_key,
      scope: ranking.scope,
      region: ranking.region,
      participants: ranking.participants,
      top3: ranking.items,
      me: ranking.me,
    },
    recent_walks: walks.items.map(({ id, started_at, pets, distance_m, duration_sec, calories, route_polyline }: any) => ({
      id,
      started_at,
      pets,
      distance_m,
      duration_sec,
      calories,
      route_polyline,
    })),
    pending: { invitations: invitations.items.length, meetup_requests: expect.any(Number) },
    nearby: { items: places.items, sources: places.sources },
    last_way: way && {
      walk_id: way.walk_id,
      started_at: way.started_at,
      distance_m: way.distance_m,
      duration_sec: way.duration_sec,
      place_name: way.place_name,
      region: way.region,
    },
    ads_free: me.ads_free,
  }
}

describe('GET /home', () => {
  it('tells somebody new that there is nothing yet', async () => {
    const person = await signUp()
    const { status, json } = await person.get('/home')
    expect(status).toBe(200)
    expect(json).toEqual({
      header: { unread: 0, primary_pet: null },
      weather: null,
      week: expect.objectContaining({ distance_m: 0, walk_count: 0, duration_sec: 0, percent: 0 }),
      streak: expect.objectContaining({ current: 0, best: 0, breaks_at: null }),
      badges_in_progress: [],
      ranking: null,
      recent_walks: [],
      pending: { invitations: 0, meetup_requests: 0 },
      nearby: null,
      courses: null,
      last_way: null,
      ads_free: false,
      premium_banner: {
        title: '멍이랑 프리미엄으로 업그레이드',
        text: '광고 제거, 상세 통계, 무제한 뱃지 트래킹',
        action: '무료 체험 시작',
      },
      active_walk: null,
      failed: [],
    })
    expect(json.week.days).toHaveLength(7)
  })

  it.each([
    ['around a point', () => AROUND, AROUND],
    ['in the home region', (dong: string) => `region_code=${dong}`, ''],
  ])('says of each section what its own route says, %s', async (_, whereIs, query) => {
    const { me, dong, meetup } = await makeFull()
    for (const isPremium of [false, true]) {
      if (isPremium) await givePremium(me)
      const api = me.with(at(soon()))
      const mirror = await mirrorOf(api, AROUND, whereIs(dong))
      const { status, json } = await api.get(`/home?${query}`)
      expect(status).toBe(200)
      expect(json.failed).toEqual([])
      expect(json).toMatchObject(mirror)
      expect(json.weather).toEqual(mirror.weather)
      expect(json.ranking).toEqual(mirror.ranking)
      expect(json.pending).toEqual({ invitations: 1, meetup_requests: 1 })
      // Nothing is compared with nothing.
      expect(json.weather.weather.temp).toBe(18)
      expect(json.week.distance_m).toBeGreaterThan(0)
      expect(json.streak.current).toBeGreaterThan(0)
      expect(json.badges_in_progress.length).toBe(5)
      expect(json.recent_walks).toHaveLength(3)
      expect(json.recent_walks[0].route_polyline).toEqual(expect.any(String))
      expect(json.header.unread).toBeGreaterThan(1)
      expect(json.header.primary_pet.name).toBe('초코')
      expect(json.premium_banner === null).toBe(isPremium)
    }
    const { json: seats } = await me.get(`/meetups/${meetup.id}/participants`)
    expect(JSON.stringify(seats)).toContain('requested')
  })

  it('shows the walk that runs, and no longer when it is over', async () => {
    const person = await signUp()
    const pet = await addPet(person)
    const id = await startWalk(person, [pet])
    const { json } = await person.get('/home')
    const { json: active } = await person.get('/walks/active')
    expect(json.active_walk).toEqual({ id, started_at: active.started_at, pets: active.pets })
    const { json: later } = await person.with({ now: () => new Date(Date.now() + 13 * HOUR_MS) }).get('/home')
    expect(later.active_walk).toBeNull()
  })

  it('shows the board of the sigungu where fewer than three have walked in the dong', async () => {
    const { dong, sigungu } = await makeHome()
    const [me, neighbour] = [await makeWalker(dong), await makeWalker(dong)]
    const elsewhere = await makeWalker((await makeDong(sigungu)).dong)
    for (const [n, one] of [me, neighbour, elsewhere].entries()) {
      await givePremium(one)
      await complete(one, 1_000 + n * 100, 3 * 60_000)
    }
    const board = async () => (await me.with(at(soon())).get('/home')).json.ranking
    expect(await board()).toMatchObject({ scope: 'sigungu', region: { code: sigungu }, participants: 3, me: { rank: 3 } })
    expect((await board()).top3.map(({ user }: any) => user.id)).toEqual([idOf(elsewhere), idOf(neighbour), idOf(me)])
    const third = await makeWalker(dong)
    await complete(third, 900, 3 * 60_000)
    expect(await board()).toMatchObject({ scope: 'dong', region: { code: dong }, participants: 3, me: { rank: 2 } })
  })

  it('hides who is blocked, and counts nothing of theirs', async () => {
    const { me, others } = await makeFull()
    await givePremium(me)
    const before = (await me.with(at(soon())).get('/home')).json
    expect(before.ranking.top3.map(({ user }: any) => user.id)).toContain(idOf(others[0]!))
    expect(before.pending.invitations).toBe(1)
    await block(me, others[0]!)
    await block(others[1]!, me)
    const { json } = await me.with(at(soon())).get('/home')
    const text = JSON.stringify(json)
    for (const other of others.slice(0, 2)) expect(text).not.toContain(idOf(other))
    expect(json.ranking).toMatchObject({ participants: 4, me: before.ranking.me })
    expect(json.pending.invitations).toBe(0)
    expect(json.header.unread).toBeLessThan(before.header.unread)
    expect(json.ranking).toEqual((await mirrorOf(me.with(at(soon())), AROUND)).ranking)
  })

  it('wants a person who is signed in, and both coordinates or none', async () => {
    expect((await createApi().get('/home')).status).toBe(401)
    const person = await signUp()
    for (const query of ['lat=37.5', 'lng=127', 'lat=91&lng=127', 'lat=&lng=']) {
      expect([query, (await person.get(`/home?${query}`)).status]).toEqual([query, 422])
    }
    const { status, json } = await person.get('/home?lat=10&lng=-30')
    expect([status, json.weather, json.nearby]).toEqual([200, null, { items: [], sources: [] }])
    for (const pole of ['lat=90&lng=180', 'lat=-90&lng=0'])
      expect((await person.get(`/home?${pole}`)).json).toMatchObject({ nearby: { items: [] }, failed: [] })
    await person.post('/auth/logout')
    expect((await person.get('/home')).status).toBe(401)
  })
})

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const msOf = (headers: Headers) => Number(/total;dur=([\d.]+)/.exec(headers.get('Server-Timing') ?? '')?.[1])

describe('the weather of the first screen', () => {
  const query = `/home?${AROUND}`
  const wanted = async () => (await db.execute(sql`SELECT nx, ny, wants FROM weather_cells`)).rows

  it('waits for no source: where nothing is known it is null, is wanted, and stands the next time', async () => {
    const person = await signUp()
    const { kma } = fakeKma()
    // The test's client waits for what is done behind the answer. Waiting for this source would be longer than the answer may take.
    const late = { ...kma, observe: async (...of: Parameters<typeof kma.observe>) => (await wait(2_000), kma.observe(...of)) }
    const first = await person.with(at(soon(), late as typeof kma)).get(query)
    expect([first.status, first.json.weather, first.json.failed]).toEqual([200, null, []])
    expect(msOf(first.headers)).toBeLessThan(2_000)
    expect(await wanted()).toHaveLength(1)
    const second = await person.with(at(soon())).get(query)
    expect(second.json.weather.weather.temp).toBe(18)
  })

  it('comes from Postgres where Redis is down, and is not waited for where Redis is slow', async () => {
    const person = await signUp()
    await person.with(at(soon())).get(query.replace('/home', '/weather'))
    const down = await person.with({ ...at(soon()), cache: noCache }).get(query)
    expect(down.json.weather.weather.temp).toBe(18)
    const slow: Cache = { ...noCache, get: () => new Promise((resolve) => setTimeout(() => resolve(null), 3_000)) }
    const late = await person.with({ ...at(soon()), cache: slow }).get(query)
    expect(late.json.weather).toEqual(down.json.weather)
    expect(msOf(late.headers)).toBeLessThan(2_000)
    const broken: Cache = { ...noCache, get: () => Promise.reject(new Error('broken by a test')) }
    expect((await person.with({ ...at(soon()), cache: broken }).get(query)).json.weather).toEqual(down.json.weather)
  })
})

describe('a section that fails', () => {
  it.each<[section: string, signature: string, returns?: string]>([
    ['header', 'unread_counts(uuid, timestamptz)'],
    ['weather', 'known_weather(uuid, text, geography, jsonb, timestamptz)', 'json'],
    ['week', 'week_json(uuid, timestamptz)', 'json'],
    ['streak', 'streak_json(uuid, timestamptz)'],
    ['badges_in_progress', 'badges_in_progress(uuid, timestamptz, int)'],
    ['ranking', 'home_board(uuid, text, text, int, timestamptz)'],
    ['recent_walks', 'latest_walks_json(uuid, int)'],
    ['pending', 'count_requests(uuid, timestamptz)', 'int'],
    ['nearby', 'nearest_places(uuid, geography, double precision, double precision, int)'],
    ['courses', 'courses_near_region(uuid, int, timestamptz)'],
    ['last_way', 'last_way_json(uuid, geography, int)', 'json'],
    ['active_walk', 'active_walk_json(uuid, timestamptz)'],
  ])('%s is null and named, and all others stand', async (section, signature, returns = 'jsonb') => {
    const { dong } = await makeHome()
    const me = await makeWalker(dong)
    await complete(me, 1_000, 3 * 60_000)
    await startWalk(me, [me.pet])
    const deps = at(soon()) as object
    await me.with(deps).get(`/weather?${AROUND}`)
    const whole = (await me.with(deps).get(`/home?${AROUND}`)).json
    expect(Object.entries(whole).filter(([name, value]) => value === null && name !== 'last_way')).toEqual([])
    const { status, json } = await me.with({ ...deps, db: dbWithout(signature, returns) }).get(`/home?${AROUND}`)
    expect(status).toBe(200)
    expect(json).toEqual({ ...whole, [section]: null, failed: [section] })
  })

  it('tells neither that there are advertisements nor that there are none where premium is not known', async () => {
    const me = await makeWalker((await makeHome()).dong)
    const { status, json } = await me.with({ db: dbWithout('is_premium(uuid, timestamptz)', 'boolean') }).get('/home')
    expect(status).toBe(200)
    expect(json).toMatchObject({ ads_free: null, premium_banner: null })
    expect(json.failed).toContain('ads_free')
    expect(json.header.primary_pet.name).toBe('초코')
  })

  it('of what cannot be shown takes no other with it', async () => {
    const me = await makeWalker((await makeHome()).dong)
    const real = createTestDeps().db
    const spoilt = {
      async execute(statement: never) {
        const { rows } = await real.execute<any>(statement)
        return { rows: rows.map((row: any) => (row.page ? { page: { ...row.page, streak: {}, board: { items: null } } } : row)) }
      },
    }
    const { status, json } = await me.with({ db: spoilt as never }).get('/home')
    expect([status, json.streak, json.ranking, json.failed]).toEqual([200, null, null, ['streak', 'ranking']])
    expect(json.week.days).toHaveLength(7)
  })
})

describe('asked again with its tag', () => {
  const QUERY = `/home?${AROUND}`
  async function tagOf(api: Api, tag?: string) {
    const { status, headers, text } = await api.get(QUERY, tag === undefined ? {} : { headers: { 'If-None-Match': tag } })
    expect(headers.get('Cache-Control')).toBe('private, no-cache')
    if (status === 304) expect(text).toBe('')
    return { status, tag: headers.get('ETag')! }
  }

  it('is a 304 while nothing happens, with premium and without, some seconds later as well', async () => {
    const { me } = await makeFull()
    for (const isPremium of [false, true]) {
      if (isPremium) await givePremium(me)
      const now = soon()
      await me.with(at(now)).get(QUERY.replace('/home', '/weather'))
      const { status, tag } = await tagOf(me.with(at(now)))
      expect(status).toBe(200)
      // The same hour, so that no forecast has moved on.
      const later = new Date(Math.min(now.getTime() + 20_000, Math.ceil(now.getTime() / HOUR_MS) * HOUR_MS - 1))
      expect(await tagOf(me.with(at(later)), tag)).toEqual({ status: 304, tag })
      expect(await tagOf(me.with(at(later)), `W/${tag}`)).toEqual({ status: 304, tag })
      expect((await tagOf(me.with(at(later)), '"another"')).status).toBe(200)
    }
  })

  it.each<[string, (world: Awaited<ReturnType<typeof makeFull>>) => Promise<unknown>]>([
    ['a notification', ({ me, others }) => others[2]!.post(`/follows/${idOf(me)}`)],
    ['notifications are read', ({ me }) => me.post('/notifications/read-all')],
    ['another name of the pet', ({ me }) => me.patch(`/pets/${me.pet}`, { name: '보리' })],
    ['a walk', ({ me }) => complete(me, 900, 30_000)],
    ['a walk is deleted', async ({ me }) => me.delete(`/walks/${(await me.get('/walks')).json.items[0].id}`)],
    ['another goal', ({ me }) => me.patch('/users/me', { weekly_goal_km: 33 })],
    ['a walk begins', ({ me }) => startWalk(me, [me.pet])],
    ['an invitation', ({ me, others }) => invite(others[2]!, [me], { scheduled_at: inMinutes(300) })],
    ['somebody asks to come to a meetup', async ({ meetup }) => join((await walkersWithDogs(1))[0]!, meetup)],
    ['premium', ({ me }) => givePremium(me)],
    ['somebody walks more', async ({ me, others }) => (await givePremium(me), complete(others[0]!, 5_000, 60_000))],
    ['a favourite place', async ({ me }) => me.put(`/places/${(await me.get(`/places?${AROUND}`)).json.items[0].id}/favorite`)],
    ['a block', async ({ me, others }) => (await givePremium(me), block(me, others[0]!))],
  ])('is a 200 after %s', async (_, change) => {
    const world = await makeFull()
    if (/walks more|a block/.test(_)) await givePremium(world.me)
    await world.me.with(at(soon())).get(`/weather?${AROUND}`)
    const { tag } = await tagOf(world.me.with(at(soon())))
    expect((await tagOf(world.me.with(at(soon())), tag)).status).toBe(304)
    await change(world)
    expect((await tagOf(world.me.with(at(soon())), tag)).status).toBe(200)
  })
})
