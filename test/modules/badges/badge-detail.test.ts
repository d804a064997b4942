import { describe, expect, it } from 'vitest'
import { countHolders } from '../../../src/modules/badges/jobs.ts'
import { findStanding } from '../../../src/modules/badges/queries.ts'
import { type Api, createTestDeps } from '../../support/api.ts'
import { changeWalk, daysBefore, DOOR, giveDailyWalks, givePremium, giveWalks, seoul, walkFrom } from '../../support/facts.ts'
import { signUp } from '../../support/login.ts'
import { runTask } from '../../support/tasks.ts'
import { actorOf } from '../../support/measured-walks.ts'
import { watchScans } from '../../support/scans.ts'
import { addPet } from '../../support/walks.ts'

const NOON = seoul('2026-11-18 12:00:00')
const EVENING = seoul('2026-11-18 23:00:00')
const { db } = createTestDeps()

async function idOf(code: string): Promise<string> {
  const { rows } = await db.execute<{ id: string }>(`SELECT id FROM badges WHERE code = '${code}'`)
  return rows[0]!.id
}

async function detail(api: Api, code: string, now = EVENING) {
  const { json, status } = await api.with({ now: () => now }).get(`/badges/${await idOf(code)}`)
  expect(status).toBe(200)
  return json
}

describe('GET /badges/{id}', () => {
  it('tells of one that was earned: when, by which walk, with whom, and what it took', async () => {
    const owner = await signUp()
    const pet = await addPet(owner, { name: '보리' })
    await giveWalks(owner, [
      { started_at: seoul('2026-11-05 12:00:00'), distance_m: 2_000 },
      { started_at: seoul('2026-11-10 12:00:00'), distance_m: 2_900 },
    ])
    const { id, now, json } = await walkFrom(owner, [pet], NOON)
    expect(json.badges_earned.map(({ code }: any) => code)).toContain('dist_5k')
    const earned = {
      status: 'earned',
      progress_value: 5_000,
      progress_percent: 100,
      remaining: null,
      eta_days: null,
      walk_id: id,
      pets: [{ id: pet, name: '보리' }],
      first_walk_at: '2026-11-05T03:00:00+00:00',
      walk_count: 3,
      day_count: 14,
    }
    const told = await detail(owner, 'dist_5k')
    expect(told).toMatchObject(earned)
    expect(Date.parse(told.earned_at)).toBe(now.getTime())
    // Frozen: what is walked later changes nothing of it.
    await walkFrom(owner, [await addPet(owner)], seoul('2026-11-18 18:00:00'))
    expect(await detail(owner, 'dist_5k')).toMatchObject(earned)
  })

  it('counts days up to the last walk where the one that earned it came late', async () => {
    const owner = await signUp()
    await giveWalks(owner, [{ started_at: seoul('2026-11-10 12:00:00') }])
    const [late] = await giveWalks(owner, [{ started_at: seoul('2026-11-05 12:00:00') }])
    await changeWalk(owner, late!, {}, NOON)
    expect(await detail(owner, 'dist_1k')).toMatchObject({ walk_id: late, walk_count: 2, day_count: 6 })
  })

  it('takes first walk, walks and days of a season from that season alone', async () => {
    const owner = await signUp()
    await givePremium(owner, seoul('2026-01-01 00:00:00'), seoul('2027-01-01 00:00:00'))
    await giveWalks(owner, [
      { started_at: seoul('2026-08-31 23:59:59'), distance_m: 29_000 },
      { started_at: seoul('2026-09-01 00:00:00'), distance_m: 29_900 },
    ])
    const { codes } = await walkFrom(owner, [await addPet(owner)], seoul('2026-09-10 12:00:00'))
    expect(codes).toContain('season_autumn_m')
    expect(await detail(owner, 'season_autumn_m')).toMatchObject({
      first_walk_at: '2026-08-31T15:00:00+00:00',
      walk_count: 2,
      day_count: 10,
    })
  })

  it('tells of one in progress: what is left, how long it will take, and the walks that counted', async () => {
    const owner = await signUp()
    const ids = await giveWalks(owner, [
      { started_at: daysBefore(NOON, 20), distance_m: 1_000 },
      { started_at: daysBefore(NOON, 13), distance_m: 1_500 },
      { started_at: daysBefore(NOON, 1), distance_m: 500 },
    ])
    expect(await detail(owner, 'dist_10k')).toMatchObject({
      status: 'in_progress',
      remaining: 7_000,
      // 2 km in the last 14 days.
      eta_days: 49,
      walk_id: null,
      first_walk_at: null,
      walk_count: null,
      day_count: null,
      history: [
        { walk_id: ids[2], gained: 500, value: 3_000 },
        { walk_id: ids[1], gained: 1_500, value: 2_500 },
        { walk_id: ids[0], gained: 1_000, value: 1_000 },
      ],
    })
    expect((await detail(owner, 'streak_3')).eta_days).toBe(1)
    // Without a walk in the last 14 days there is no pace.
    expect((await detail(owner, 'dist_10k', seoul('2026-12-02 00:00:00'))).eta_days).toBeNull()
  })

  it('shows the last ten walks that counted, for each kind of metric', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    await givePremium(owner, seoul('2026-01-01 00:00:00'), seoul('2028-01-01 00:00:00'))
    const park = (i: number) =>
      [
        { lat: 37.5444, lng: 127.0374 },
        { lat: 37.5207, lng: 127.1215 },
      ][i]!
    const ids = await giveWalks(owner, [
      { started_at: seoul('2027-04-01 04:30:00'), distance_m: 2_000, ...park(0) },
      { started_at: seoul('2027-04-02 12:00:00'), distance_m: 3_000, ...park(0) },
      { started_at: seoul('2027-04-03 22:00:00'), distance_m: 1_000, ...park(1) },
    ])
    await changeWalk(owner, ids[1]!, { photo_count: 3, together_with: `{${pet}}`, weather: { pty: '2' } }, seoul('2027-04-04 12:00:00'))
    const history = async (code: string) =>
      (await detail(owner, code, seoul('2027-04-04 12:00:00'))).history.map(({ walk_id, gained, value }: any) => [
        ids.indexOf(walk_id),
        gained,
        value,
      ])
    expect(await history('dist_first')).toEqual([
      [2, 1, 3],
      [1, 1, 2],
      [0, 1, 1],
    ])
    expect(await history('time_1h')).toEqual([
      [2, 600, 1_800],
      [1, 600, 1_200],
      [0, 600, 600],
    ])
    expect(await history('sp_marathon')).toEqual([
      [2, 1_000, null],
      [1, 3_000, null],
      [0, 2_000, null],
    ])
    expect(await history('streak_7')).toEqual([])
    expect(await history('explore_3')).toEqual([
      [2, 1, 2],
      [0, 1, 1],
    ])
    expect(await history('sp_early')).toEqual([[0, 1, 1]])
    expect(await history('sp_night')).toEqual([[2, 1, 1]])
    expect(await history('sp_photo50')).toEqual([[1, 3, 3]])
    expect(await history('sp_social5')).toEqual([[1, 1, 1]])
    expect(await history('sp_rain')).toEqual([[1, 1, 1]])
    // A park that was seen before in the season is no new one.
    expect(await history('season_spring')).toEqual([
      [2, 1, 2],
      [0, 1, 1],
    ])
    expect(await history('season_spring_m')).toEqual([
      [2, 1_000, 6_000],
      [1, 3_000, 5_000],
      [0, 2_000, 2_000],
    ])
    expect(await history('season_winter_m')).toEqual([])
    const eleven = await giveDailyWalks(owner, seoul('2027-04-20 12:00:00'), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    expect((await detail(owner, 'dist_100k', seoul('2027-04-20 12:00:00'))).history.map(({ walk_id }: any) => walk_id)).toEqual(
      eleven.slice(0, 10),
    )
  })

  it('reckons the pace of a season that began lately over its own days, and none past its end', async () => {
    const owner = await signUp()
    await givePremium(owner, seoul('2026-01-01 00:00:00'), seoul('2028-01-01 00:00:00'))
    await giveWalks(owner, [
      { started_at: seoul('2027-02-28 12:00:00'), distance_m: 10_000 },
      { started_at: seoul('2027-03-01 12:00:00'), distance_m: 3_000 },
      { started_at: seoul('2027-03-02 12:00:00'), distance_m: 3_000 },
    ])
    // 6 km in 2 days: 24 km in 8.
    expect(await detail(owner, 'season_spring_m', seoul('2027-03-02 23:00:00'))).toMatchObject({ remaining: 24_000, eta_days: 8 })
    await giveWalks(owner, [{ started_at: seoul('2027-05-30 12:00:00'), distance_m: 3_000 }])
    expect((await detail(owner, 'season_spring_m', seoul('2027-05-30 23:00:00'))).eta_days).toBeNull()
  })

  it('tells no values of a season that is over', async () => {
    const owner = await signUp()
    await givePremium(owner, seoul('2026-01-01 00:00:00'), seoul('2028-01-01 00:00:00'))
    await giveWalks(owner, [{ started_at: seoul('2027-05-30 12:00:00'), distance_m: 3_000 }])
    expect(await detail(owner, 'season_spring_m', seoul('2027-06-02 12:00:00'))).toMatchObject({
      status: 'locked',
      progress_value: 0,
      eta_days: null,
      history: [{ gained: 3_000, value: null }],
    })
  })

  it('reckons what each walk of the history added once', async () => {
    const id = await idOf('explore_3')
    /** How often walks were asked whether they began at a new place. */
    const reads = async (walks: number) => {
      const owner = await signUp()
      // Before the fortnight of the pace, which is reckoned apart.
      const days = Array.from({ length: walks }, (_, day) => ({ started_at: daysBefore(NOON, 30 + day), lat: 37.5 + day / 50, lng: 127 }))
      await giveWalks(owner, days)
      const { db: watched, scans } = watchScans(db, { tables: ['walk_starts'], counted: 'any' })
      const answer = await findStanding(watched, actorOf(owner), id, EVENING)
      expect(answer?.detail?.history).toHaveLength(walks)
      return scans['walk_starts'] ?? 0
    }
    expect((await reads(9)) - (await reads(1))).toBe(8)
  })

  it('is a 404 for what is no badge', async () => {
    const owner = await signUp()
    expect(await owner.get(`/badges/${crypto.randomUUID()}`)).toMatchObject({ status: 404, json: { code: 'badge_not_found' } })
    expect((await owner.get('/badges/first')).status).toBe(422)
  })
})

describe('how rare a badge is', () => {
  it('is the share of its holders among those with a valid walk: as last counted, or else as it is', async () => {
    const [one, two] = [await signUp(), await signUp()]
    await giveWalks(one, [{ started_at: NOON, ...DOOR }])
    // A badge of this test's own, that nobody else gets.
    const { rows } = await db.execute<{ id: string }>(`
      INSERT INTO badges (code, category, name, description, icon, metric, threshold, difficulty, hint, tier, is_secret, sort_order)
      VALUES ('test_${crypto.randomUUID()}', 'special', '전설', '전설', '🏰', 'weekly_dong_wins', 1000000, 'mythic', '전설', 'free', false, 999)
      RETURNING id`)
    const { id } = rows[0]!
    const give = (api: Api, year: number) =>
      db.execute(
        `INSERT INTO user_badges (user_id, badge_id, season_year, earned_at, walk_count, day_count) VALUES ('${api.user!.user_id}', '${id}', ${year}, now(), 1, 1)`,
      )
    const counted = async () =>
      (await db.execute<{ holders: number; walkers: number }>(`SELECT holders, walkers FROM badge_rarity WHERE badge_id = '${id}'`)).rows[0]
    const rarity = async () => (await one.get(`/badges/${id}`)).json.rarity_percent
    const share = (holders: number, walkers: number) => Math.round((1_000 * holders) / walkers) / 10
    try {
      await Promise.all([give(one, 2026), give(one, 2027)])
      expect(await counted()).toBeUndefined()
      const { rows: now } = await db.execute<{ walkers: number }>(`SELECT count(*)::int AS walkers FROM user_totals WHERE walk_count > 0`)
      expect(await rarity()).toBeCloseTo(share(1, now[0]!.walkers), 1)
      expect(await runTask(countHolders, NOON)).toMatchObject({ counted: expect.any(Number) })
      expect(await counted()).toMatchObject({ holders: 1, walkers: expect.any(Number) })
      const { walkers } = (await counted())!
      await give(two, 2026)
      expect(await rarity()).toBe(share(1, walkers))
      await runTask(countHolders, NOON)
      expect(await counted()).toMatchObject({ holders: 2 })
      expect(await rarity()).toBe(share(2, (await counted())!.walkers))
    } finally {
      await db.execute(`DELETE FROM badges WHERE id = '${id}'`)
    }
  })
})
