import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS, seoulDate } from '../../../src/core/time.ts'
import { refreshHallOfFame, settleEndedPeriods, takeSnapshots } from '../../../src/modules/rankings/jobs.ts'
import { createTestDeps } from '../../support/api.ts'
import { logIn } from '../../support/login.ts'
import { completeMadeUp } from '../../support/measured-walks.ts'
import { runAsMessages } from '../../support/tasks.ts'
import { givePremium, makeDong, makeWalker, moveTo, quietMonday, type Walker } from '../../support/walkers.ts'
import { completionBody, freshTrack, startWalk, walk } from '../../support/walks.ts'

/** Runs the hourly tasks of rankings. The whole cron is not run, because it would change the data of other tests. */
const HOURLY = [takeSnapshots, settleEndedPeriods, refreshHallOfFame]

/** Somebody with premium in a dong of their own, and a week in which nobody else walks. */
async function makeBoard(count: number, monday = quietMonday()) {
  const { dong, sigungu } = await makeDong()
  const walkers = await Promise.all(Array.from({ length: count }, () => makeWalker(dong)))
  for (const walker of walkers) await givePremium(walker)
  const now = new Date(monday.getTime() + 3 * DAY_MS)
  /** A walk at an `hour` of the week. It arrives an hour later. */
  const complete = ({ user, pet }: Walker, distance_m: number, hour: number, arrived = hour + 1) =>
    completeMadeUp({ user }, { pet_ids: [pet], started_at: hourOf(hour), distance_m }, hourOf(arrived))
  const hourOf = (hour: number) => new Date(monday.getTime() + hour * HOUR_MS)
  const at = (walker: Walker, when = now) => walker.with({ now: () => when })
  return { dong, sigungu, monday, walkers, now, complete, at, hourOf }
}

const placesOf = (json: any) => json.items.map(({ rank, user, distance_m, walk_count }: any) => [rank, user.id, distance_m, walk_count])

describe('the order of a board', () => {
  it('is by distance, then walks, then the earlier last walk, then id; equal distance and walks share a rank', async () => {
    const { walkers, complete, at } = await makeBoard(6)
    const [far, oftener, early, late, twinA, twinB] = walkers as [Walker, Walker, Walker, Walker, Walker, Walker]
    await complete(far, 3_000, 1)
    await complete(oftener, 1_000, 1)
    await complete(oftener, 1_000, 5)
    await complete(early, 2_000, 2)
    await complete(late, 2_000, 9)
    await complete(twinA, 600, 4)
    await complete(twinB, 600, 4)
    const twins = [twinA, twinB].map(({ user }) => user.user_id).toSorted()
    const { json, status } = await at(far).get('/rankings')
    expect(status).toBe(200)
    expect(placesOf(json)).toEqual([
      [1, far.user.user_id, 3_000, 1],
      [2, oftener.user.user_id, 2_000, 2],
      [3, early.user.user_id, 2_000, 1],
      [3, late.user.user_id, 2_000, 1],
      [5, twins[0], 600, 1],
      [5, twins[1], 600, 1],
    ])
    expect(json).toMatchObject({ period: 'weekly', scope: 'dong', participants: 6, is_live: true, next_cursor: null })
    expect(json.me).toEqual({ rank: 1, change: null, distance_m: 3_000, walk_count: 1, gap_to_next_m: null })
    expect(json.items[0]).toMatchObject({ is_me: true, pet: { name: '초코' } })
    expect((await at(late).get('/rankings/me')).json).toMatchObject({ participants: 6, me: { rank: 3, gap_to_next_m: 0 } })
    expect((await at(twinA).get('/rankings/me')).json.me).toMatchObject({ rank: 5, gap_to_next_m: 1_400 })
  })

  it('goes on from page to page without a gap, also when people share a rank at the edge', async () => {
    const { walkers, complete, at } = await makeBoard(7)
    // 3, 2, 2, 2, 2, 1, 1 km
    for (const [k, walker] of walkers.entries()) await complete(walker, k === 0 ? 3_000 : k < 5 ? 2_000 : 1_000, 3 + (k % 3))
    const whole = placesOf((await at(walkers[0]!).get('/rankings?limit=50')).json)
    expect(whole.map(([rank]: [number]) => rank)).toEqual([1, 2, 2, 2, 2, 6, 6])
    for (const limit of [1, 2, 3, 4]) {
      const seen: unknown[] = []
      for (let cursor: string | null = ''; cursor !== null;) {
        const { json, status } = await at(walkers[0]!).get(`/rankings?limit=${limit}${cursor && `&cursor=${cursor}`}`)
        expect(status).toBe(200)
        seen.push(...placesOf(json))
        cursor = json.next_cursor
      }
      expect(seen).toEqual(whole)
    }
  })

  it('begins around me where that is asked', async () => {
    const { walkers, complete, at } = await makeBoard(9)
    for (const [k, walker] of walkers.entries()) await complete(walker, 9_000 - 1_000 * k, 3)
    const middle = (await at(walkers[6]!).get('/rankings?around=me&limit=4')).json
    expect(middle.items.map(({ rank }: any) => rank)).toEqual([5, 6, 7, 8])
    expect((await at(walkers[6]!).get(`/rankings?around=me&limit=4&cursor=${middle.next_cursor}`)).json.items).toMatchObject([{ rank: 9 }])
    expect((await at(walkers[1]!).get('/rankings?around=me&limit=4')).json.items[0]).toMatchObject({ rank: 1 })
    const idle = await makeWalker((await at(walkers[0]!).get('/rankings')).json.region.code)
    await givePremium(idle)
    expect((await at(idle).get('/rankings?around=me&limit=4')).json).toMatchObject({ me: null, items: [{ rank: 1 }, {}, {}, {}] })
  })

  it('hides blocked people from each other, and nobody moves up for it', async () => {
    const { walkers, complete, at } = await makeBoard(3)
    const [first, second, third] = walkers as [Walker, Walker, Walker]
    for (const [k, walker] of walkers.entries()) await complete(walker, 3_000 - 1_000 * k, 3)
    await createTestDeps().db.execute(`INSERT INTO blocks VALUES ('${third.user.user_id}', '${first.user.user_id}', now())`)
    expect(placesOf((await at(third).get('/rankings')).json).map(([rank]: any) => rank)).toEqual([2, 3])
    expect(placesOf((await at(first).get('/rankings')).json).map(([rank]: any) => rank)).toEqual([1, 2])
    expect(placesOf((await at(second).get('/rankings')).json).map(([rank]: any) => rank)).toEqual([1, 2, 3])
    expect((await at(third).get('/rankings')).json).toMatchObject({ participants: 3, me: { rank: 3 } })
  })
})

describe('a page', () => {
  it('is full although people on it are hidden, and its cursor leads past them', async () => {
    const { walkers, complete, at } = await makeBoard(9)
    for (const [k, walker] of walkers.entries()) await complete(walker, 9_000 - 1_000 * k, 3)
    const me = walkers[8]!
    // Blocks go both ways. Blocked people stand one behind the other, at the top and at the end of a page.
    const { db } = createTestDeps()
    for (const k of [0, 2, 3]) await db.execute(`INSERT INTO blocks VALUES ('${me.user.user_id}', '${walkers[k]!.user.user_id}', now())`)
    await db.execute(`INSERT INTO blocks VALUES ('${walkers[5]!.user.user_id}', '${me.user.user_id}', now())`)
    const stranger = await makeWalker(null)
    await db.execute(`INSERT INTO blocks VALUES ('${me.user.user_id}', '${stranger.user.user_id}', now())`)
    for (const limit of [1, 2, 3, 4, 50]) {
      const pages: number[][] = []
      for (let cursor: string | null = ''; cursor !== null;) {
        const { json } = await at(me).get(`/rankings?limit=${limit}${cursor && `&cursor=${cursor}`}`)
        pages.push(json.items.map(({ rank }: any) => rank))
        cursor = json.next_cursor
      }
      expect(pages.flat()).toEqual([2, 5, 7, 8, 9])
      expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true)
      expect(pages.at(-1)!.length).toBeGreaterThan(0)
    }
    expect((await at(me).get('/rankings?around=me&limit=4')).json.items.map(({ rank }: any) => rank)).toEqual([7, 8, 9])
  })
})

describe('areas', () => {
  it('are those of the home when a walk was completed: somebody who moves begins anew there and keeps what counted before', async () => {
    const { walkers, complete, at, dong, sigungu } = await makeBoard(2)
    const [mover, stayer] = walkers as [Walker, Walker]
    const next = await makeDong(sigungu)
    await complete(mover, 4_000, 1)
    await complete(stayer, 1_000, 2)
    await moveTo(mover, next.dong)
    await complete(mover, 1_500, 5)
    const board = async (query: string) => placesOf((await at(mover).get(`/rankings?${query}`)).json)
    expect(await board('')).toEqual([[1, mover.user.user_id, 1_500, 1]])
    expect(await board(`region_code=${dong}`)).toEqual([
      [1, mover.user.user_id, 4_000, 1],
      [2, stayer.user.user_id, 1_000, 1],
    ])
    expect(await board('scope=sigungu')).toEqual([
      [1, mover.user.user_id, 5_500, 2],
      [2, stayer.user.user_id, 1_000, 1],
    ])
    const nation = (await at(mover).get('/rankings?scope=nation')).json
    expect(nation).toMatchObject({ region: null, me: { rank: 1, distance_m: 5_500, walk_count: 2 } })
    const month = (await at(mover).get('/rankings?scope=nation&period=alltime')).json
    expect(month.me).toMatchObject({ distance_m: 5_500, change: null })
  })

  it('need a home or a region in the query, and somebody who chose only a sigungu sees its board', async () => {
    const { walkers, complete, at, sigungu } = await makeBoard(1)
    const [walker] = walkers as [Walker]
    await moveTo(walker, sigungu)
    await complete(walker, 2_000, 3)
    expect((await at(walker).get('/rankings')).json).toMatchObject({ scope: 'sigungu', region: { code: sigungu }, me: { rank: 1 } })
    await moveTo(walker, null)
    expect(await at(walker).get('/rankings')).toMatchObject({ status: 409, json: { code: 'region_not_set' } })
    expect(await at(walker).get(`/rankings?scope=dong&region_code=${sigungu}`)).toMatchObject({
      status: 404,
      json: { code: 'region_not_found' },
    })
    expect((await at(walker).get(`/rankings?scope=sigungu&region_code=${sigungu}`)).json.me).toMatchObject({ rank: 1 })
    expect((await at(walker).get('/rankings?scope=nation')).status).toBe(200)
    expect((await at(walker).get(`/rankings?scope=nation&region_code=${sigungu}`)).status).toBe(422)
  })
})

describe('without premium', () => {
  it('people see weeks of their home, and nothing else', async () => {
    const { dong } = await makeDong()
    const other = await makeDong()
    const walker = await makeWalker(dong)
    for (const query of ['', 'scope=sigungu', `region_code=${dong}`, 'period_key=2026-W40'])
      expect((await walker.get(`/rankings?${query}`)).status).toBe(200)
    for (const query of [
      'scope=nation',
      'period=monthly',
      'period=alltime',
      `region_code=${other.dong}`,
      `scope=sigungu&region_code=${other.sigungu}`,
    ]) {
      expect(await walker.get(`/rankings?${query}`)).toMatchObject({ status: 403, json: { code: 'premium_required' } })
      expect(await walker.get(`/rankings/me?${query}`)).toMatchObject({ status: 403, json: { code: 'premium_required' } })
    }
  })

  it('people see the last full hour, and never what was taken back since', async () => {
    const { walkers, complete, at, monday } = await makeBoard(2)
    const [premium, rival] = walkers as [Walker, Walker]
    const free = await makeWalker((await at(premium).get('/rankings')).json.region.code)
    const hour = (hours: number) => new Date(monday.getTime() + hours * HOUR_MS)
    const seen = async (who: Walker, hours: number) => (await at(who, hour(hours)).get('/rankings')).json
    await complete(free, 2_000, 1)
    expect(await seen(free, 2)).toMatchObject({ is_live: false, as_of: null, participants: 0, me: null, items: [] })
    expect(await seen(premium, 2)).toMatchObject({ is_live: true, participants: 1 })

    await runAsMessages(HOURLY, hour(3))
    expect(await seen(free, 3)).toMatchObject({ participants: 1, me: { rank: 1, distance_m: 2_000 } })
    const { id } = await complete(rival, 5_000, 3)
    const { id: second } = await complete(free, 700, 3)
    expect(await seen(free, 4)).toMatchObject({ participants: 1, me: { rank: 1, distance_m: 2_000, walk_count: 1 } })
    expect(await seen(premium, 4)).toMatchObject({ participants: 2, items: [{ distance_m: 5_000 }, { distance_m: 2_700, walk_count: 2 }] })

    await runAsMessages(HOURLY, hour(5))
    const later = await seen(free, 5)
    expect(later).toMatchObject({ participants: 2, me: { rank: 2, distance_m: 2_700, gap_to_next_m: 2_300 } })
    expect(new Date(later.as_of)).toEqual(hour(5))
    await rival.delete(`/walks/${id}`)
    await free.delete(`/walks/${second}`)
    expect(await seen(free, 5)).toMatchObject({ participants: 1, me: { rank: 1, distance_m: 2_000, walk_count: 1 } })
    await runAsMessages(HOURLY, hour(6))
    expect(await seen(free, 6)).toMatchObject({ participants: 1, me: { rank: 1, distance_m: 2_000 } })
  })
})

it('somebody who leaves is on no board, and has the same standing again when they come back', async () => {
  const { walkers, complete, at } = await makeBoard(2)
  const [leaver, stayer] = walkers as [Walker, Walker]
  await complete(leaver, 5_000, 1)
  await complete(stayer, 1_000, 1)
  const { db } = createTestDeps()
  const { rows } = await db.execute<{ provider_id: string }>(`SELECT provider_id FROM identities WHERE user_id = '${leaver.user.user_id}'`)
  const nation = async () => (await at(stayer).get('/rankings/me?scope=nation')).json
  expect(await nation()).toMatchObject({ participants: 2, me: { rank: 2 } })
  await leaver.delete('/users/me')
  expect((await at(stayer).get('/rankings')).json).toMatchObject({ participants: 1, me: { rank: 1 } })
  expect(await nation()).toMatchObject({ participants: 1, me: { rank: 1 } })
  await logIn(rows[0]!.provider_id)
  expect((await at(stayer).get('/rankings')).json).toMatchObject({ participants: 2, me: { rank: 2 }, items: [{ distance_m: 5_000 }, {}] })
  expect(await nation()).toMatchObject({ participants: 2, me: { rank: 2 } })
})

describe('a completion', () => {
  it('answers the weekly rank at home before and after, and the same when it is repeated', async () => {
    const { dong } = await makeDong()
    const [rival, walker] = [await makeWalker(dong), await makeWalker(dong)]
    const now = new Date(Date.now() - (Date.now() % DAY_MS) + 40 * 365 * DAY_MS + 6 * HOUR_MS)
    const at = { now: () => now }
    const first = await walk(rival.with(at), [rival.pet], { track: freshTrack({ at: now.getTime(), length_m: 1_500 }) })
    expect(first.json.ranking).toMatchObject({ scope: 'dong', rank_before: null, rank_after: 1, participants: 1 })
    const second = await walk(walker.with(at), [walker.pet], { track: freshTrack({ at: now.getTime(), length_m: 700 }) })
    expect(second.json.ranking).toMatchObject({ rank_before: null, rank_after: 2, participants: 2 })
    const id = await startWalk(walker.with(at), [walker.pet])
    const body = completionBody(freshTrack({ at: now.getTime(), agoMs: 3 * HOUR_MS, length_m: 1_500 }))
    const third = await walker.with(at).post(`/walks/${id}/complete`, body)
    expect(third.json.ranking).toMatchObject({ rank_before: 2, rank_after: 1, participants: 2 })
    expect((await walker.with(at).post(`/walks/${id}/complete`, body)).json).toEqual(third.json)
  })

  it('answers no rank for somebody without a home', async () => {
    const walker = await makeWalker(null)
    expect((await walk(walker, [walker.pet])).json.ranking).toBeNull()
  })

  it('that comes after its week has closed moves the month and all time, and answers the rank of the present week', async () => {
    // The week and the noon at which it closes lie within one month.
    let early = quietMonday()
    while (Number(seoulDate(early).slice(8)) > 20) early = quietMonday()
    const { walkers, complete, at, monday, hourOf } = await makeBoard(1, early)
    const [walker] = walkers as [Walker]
    const noonAfter = 7 * 24 + 12
    const { row: inTime } = await complete(walker, 1_000, 20, noonAfter - 1)
    expect(inTime.completion?.ranking).toMatchObject({ rank_before: null, rank_after: 1 })
    const { row: late } = await complete(walker, 2_000, 40, noonAfter)
    expect(late.completion?.ranking).toMatchObject({ rank_before: null, rank_after: null, participants: 0 })
    expect(late.completion?.ranking?.period_key).not.toBe(inTime.completion?.ranking?.period_key)
    const week = inTime.completion!.ranking!.period_key
    const me = async (query: string) => (await at(walker, hourOf(noonAfter + 1)).get(`/rankings/me?${query}`)).json.me
    expect(await me(`period_key=${week}`)).toMatchObject({ distance_m: 1_000, walk_count: 1 })
    expect(await me('period=alltime')).toMatchObject({ distance_m: 3_000, walk_count: 2 })
    expect(await me(`period=monthly&period_key=${seoulDate(monday).slice(0, 7)}`)).toMatchObject({ distance_m: 3_000, walk_count: 2 })
  })
})

it('refuses what is no period, no cursor, no number', async () => {
  const walker = await makeWalker((await makeDong()).dong)
  for (const query of [
    'period=yearly',
    'period_key=2026-W54',
    'period=alltime&period_key=2026-11',
    'cursor=abc',
    'limit=51',
    'region_code=12',
    'around=you',
  ])
    expect((await walker.get(`/rankings?${query}`)).status).toBe(422)
})
