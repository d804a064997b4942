import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { type Api, createTestDeps } from '../../support/api.ts'
import { changeWalk, daysBefore, DOOR, givePremium, giveWalks, heldBy, seoul, walkFrom } from '../../support/facts.ts'
import { signUp } from '../../support/login.ts'
import { addPet } from '../../support/walks.ts'
import { catalogue } from './catalogue.ts'

const NOON = seoul('2026-11-18 12:00:00')
const at = (api: Api, now = seoul('2026-11-18 23:00:00')) => api.with({ now: () => now })
const codes = (json: any): string[] => json.map(({ code }: any) => code)
const YEAR = [seoul('2026-01-01 00:00:00'), seoul('2027-12-31 00:00:00')] as const

/** Somebody with badges earned at two moments, others in progress, and the rest locked. */
async function collector() {
  const owner = await signUp()
  await giveWalks(owner, [{ started_at: daysBefore(NOON, 1), ...DOOR }])
  const pet = await addPet(owner)
  const first = await walkFrom(owner, [pet], NOON)
  const second = await walkFrom(owner, [pet], seoul('2026-11-18 22:00:00'))
  return { owner, pet, first, second }
}

describe('GET /badges', () => {
  it('shows somebody who never walked all badges, locked', async () => {
    const owner = await signUp()
    const { json } = await owner.get('/badges?sort=category')
    const known = json.filter(({ code }: any) => code === null || catalogue.some((badge) => badge.code === code))
    expect(known.map(({ category }: any) => category)).toEqual(catalogue.map(({ category }) => category))
    for (const badge of known)
      expect(badge).toMatchObject({ status: 'locked', progress_value: 0, progress_percent: 0, earned_at: null, earned_years: [] })
  })

  it('filters by category and by status', async () => {
    const { owner } = await collector()
    const of = async (query: string) => (await at(owner).get(`/badges?${query}`)).json
    const streaks = await of('category=streak')
    expect(streaks.every(({ category }: any) => category === 'streak')).toBe(true)
    expect(codes(streaks)).toEqual(expect.arrayContaining(['streak_3', 'streak_365']))
    const earned = await of('status=earned')
    expect(codes(earned).toSorted()).toEqual(['dist_1k', 'dist_first', 'sp_night'])
    expect(codes(await of('status=earned&category=distance')).toSorted()).toEqual(['dist_1k', 'dist_first'])
    const [locked, underway, all] = [await of('status=locked'), await of('status=in_progress'), await of('')]
    expect(underway.every(({ progress_value, threshold }: any) => progress_value > 0 && progress_value < threshold)).toBe(true)
    expect(locked.every(({ progress_value }: any) => progress_value === 0)).toBe(true)
    expect(all.length).toBeGreaterThanOrEqual(earned.length + locked.length + underway.length - 1)
    expect((await at(owner).get('/badges?status=won')).status).toBe(422)
    expect((await at(owner).get('/badges?category=walks')).status).toBe(422)
  })

  it('sorts by status, by when they were earned, by progress, and as the catalogue does', async () => {
    const { owner } = await collector()
    const sorted = async (sort: string) => (await at(owner).get(`/badges?sort=${sort}`)).json
    const statuses = (json: any) =>
      json.map(({ status }: any) => status).filter((status: string, i: number, list: string[]) => status !== list[i - 1])
    const byStatus = await sorted('status')
    expect(statuses(byStatus)).toEqual(['earned', 'in_progress', 'locked'])
    expect(codes((await at(owner).get('/badges')).json)).toEqual(codes(byStatus))
    expect(codes(byStatus.slice(0, 3))).toEqual(['sp_night', 'dist_first', 'dist_1k'])
    expect(codes((await sorted('earned_at')).slice(0, 3))).toEqual(['sp_night', 'dist_first', 'dist_1k'])
    const byProgress = await sorted('progress')
    expect(statuses(byProgress)).toEqual(['in_progress', 'earned', 'locked'])
    const percents = byProgress.filter(({ status }: any) => status === 'in_progress').map(({ progress_percent }: any) => progress_percent)
    expect(percents).toEqual(percents.toSorted((a: number, b: number) => b - a))
    const known = codes(await sorted('category')).filter((code) => catalogue.some((badge) => badge.code === code))
    expect(known).toEqual(catalogue.filter(({ code }) => known.includes(code)).map(({ code }) => code))
    expect((await at(owner).get('/badges?sort=name')).status).toBe(422)
  })

  it('hides all of a secret badge but its hint, and shows it once it is earned', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    const secrets = catalogue.filter(({ is_secret }) => is_secret)
    const hidden = (await at(owner).get('/badges')).json.filter(({ is_secret }: any) => is_secret)
    expect(hidden).toHaveLength(secrets.length)
    for (const badge of hidden)
      expect(badge).toMatchObject({
        code: null,
        name: '??? 비밀 뱃지',
        description: null,
        icon: '❓',
        metric: null,
        threshold: null,
        season: null,
      })
    expect(hidden.map(({ hint }: any) => hint)).toContain('특별한 날씨에 산책해보세요')
    const text = JSON.stringify(hidden)
    for (const { code, name, metric } of secrets) for (const word of [code, name, metric]) expect(text).not.toContain(word)
    for (const { id } of hidden) {
      const { json } = await at(owner).get(`/badges/${id}`)
      expect(json).toMatchObject({ code: null, name: '??? 비밀 뱃지', threshold: null, remaining: null, eta_days: null, history: [] })
    }

    await walkFrom(owner, [pet], NOON, { weather: { pty: '1' } })
    const rain = (await at(owner).get('/badges')).json.find(({ code }: any) => code === 'sp_rain')
    expect(rain).toMatchObject({
      name: '비 오는 날 산책',
      metric: 'rain_walks',
      threshold: 1,
      is_secret: true,
      status: 'earned',
      icon: '🌧️',
    })
    expect((await at(owner).get('/badges')).json.filter(({ code }: any) => code === null)).toHaveLength(secrets.length - 1)
  })

  it('keeps premium badges locked for who is not premium, and what they have earned of them', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    await giveWalks(owner, [{ started_at: daysBefore(NOON, 1), distance_m: 9_000 }])
    const marathon = async (now: Date) => (await at(owner, now).get('/badges')).json.find(({ code }: any) => code === 'sp_marathon')
    await givePremium(owner, NOON, seoul('2026-11-20 00:00:00'))
    expect(await marathon(daysBefore(NOON, 0.5))).toMatchObject({ tier: 'premium', status: 'locked', progress_value: 0, threshold: 10_000 })
    expect(await marathon(NOON)).toMatchObject({ status: 'in_progress', progress_value: 9_000, progress_percent: 90 })
    await giveWalks(owner, [{ started_at: daysBefore(NOON, 2), distance_m: 10_000 }])
    await walkFrom(owner, [pet], NOON)
    expect(await heldBy(owner)).toContain('sp_marathon')
    expect(await marathon(seoul('2026-12-01 00:00:00'))).toMatchObject({ status: 'earned', progress_value: 10_000, progress_percent: 100 })
  })
})

describe('GET /badges/summary', () => {
  it('counts what was earned, in all and by category, and says the grade and the latest', async () => {
    const { owner } = await collector()
    const { json } = await at(owner).get('/badges/summary')
    expect(json).toMatchObject({ earned: 3, percent: Math.floor(300 / json.total), grade: '초보 수집가', latest: { code: 'sp_night' } })
    expect(json.total).toBeGreaterThanOrEqual(47)
    const of = (name: string) => json.categories.find(({ category }: any) => category === name)
    expect(of('distance')).toEqual({ category: 'distance', earned: 2, total: 8 })
    expect(of('season')).toEqual({ category: 'season', earned: 0, total: 9 })
    expect(json.categories.reduce((sum: number, { total }: any) => sum + total, 0)).toBe(json.total)
  })

  it('is of nothing for somebody who never walked', async () => {
    expect((await (await signUp()).get('/badges/summary')).json).toMatchObject({
      earned: 0,
      percent: 0,
      grade: '초보 수집가',
      latest: null,
    })
  })

  it('counts a badge earned in two seasons once', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    for (const year of [2026, 2027]) await walkFrom(owner, [pet], seoul(`${year}-12-25 12:00:00`), { weather: { pty: '3' } })
    const { json } = await at(owner, seoul('2028-01-01 12:00:00')).get('/badges/summary')
    expect((await heldBy(owner)).filter((code) => code.startsWith('season_winter'))).toHaveLength(2)
    expect(json.categories.find(({ category }: any) => category === 'season')).toMatchObject({ earned: 1 })
  })
})

describe('GET /badges/in-progress', () => {
  it('gives the nearest first, in the bands of the home screen, a season’s last', async () => {
    const owner = await signUp()
    await givePremium(owner, ...YEAR)
    await giveWalks(owner, [{ started_at: daysBefore(NOON, 1), distance_m: 9_500, duration_sec: 15_000, ...DOOR }])
    await changeWalk(owner, (await giveWalks(owner, [{ started_at: NOON, distance_m: 500, ...DOOR }]))[0]!, {}, NOON)
    const { json } = await at(owner).get('/badges/in-progress?limit=50')
    const told = json.map(({ code, band, progress_percent, remaining }: any) => [code, band, progress_percent, remaining])
    expect(told[0]).toEqual(['sp_marathon', 'almost', 95, 500])
    expect(told[1]).toEqual(['time_5h', 'almost', 86, 18_000 - 15_600])
    expect(told).toContainEqual(['dist_50k', 'underway', 20, 40_000])
    expect(told).toContainEqual(['dist_100k', 'started', 10, 90_000])
    expect(told.at(-1)).toEqual(['season_autumn_m', 'season', 33, 20_000])
    const bands = told.map(([, band]: string[]) => ['almost', 'underway', 'started', 'season'].indexOf(band!))
    expect(bands).toEqual(bands.toSorted())
    expect(codes((await at(owner).get('/badges/in-progress')).json)).toEqual(codes(json).slice(0, 5))
    expect(codes((await at(owner).get('/badges/in-progress?limit=1')).json)).toEqual(['sp_marathon'])
    for (const limit of [0, 51, 'x']) expect((await at(owner).get(`/badges/in-progress?limit=${limit}`)).status).toBe(422)
  })

  it('is empty before the first walk', async () => {
    expect((await (await signUp()).get('/badges/in-progress')).json).toEqual([])
  })
})

describe('a badge on a metric that exists', () => {
  it('is one row and no code: whoever has reached it gets it with their next walk', async () => {
    const { db } = createTestDeps()
    const code = `test_${crypto.randomUUID()}`
    const owner = await signUp()
    const pet = await addPet(owner)
    // More weeks than anybody else wins here, so that no other test sees this badge move.
    await db.execute(sql`
      INSERT INTO weekly_dong_wins (user_id, monday, region_code)
      SELECT ${owner.user.user_id}, '2020-01-06'::date + 7 * week, (SELECT code FROM regions LIMIT 1)
      FROM generate_series(1, 150) AS week`)
    await givePremium(owner, ...YEAR)
    try {
      await db.execute(sql`
        INSERT INTO badges (code, category, name, description, icon, metric, threshold, difficulty, hint, tier, season_start, season_end, is_secret, sort_order)
        VALUES (${code}, 'special', '동네 왕', '동네 주간 랭킹 1위를 150번 달성했어요', '🏰', 'weekly_dong_wins', 150, 'mythic', '동네 최고가 되어보세요', 'free', NULL, NULL, false, 999)`)
      const seen = async () => (await at(owner).get('/badges')).json.find((badge: any) => badge.code === code)
      expect(await seen()).toMatchObject({ status: 'in_progress', progress_value: 150, progress_percent: 100 })
      expect((await walkFrom(owner, [pet], NOON)).codes).toContain(code)
      expect(await seen()).toMatchObject({ status: 'earned' })
    } finally {
      await db.execute(sql`DELETE FROM badges WHERE code = ${code}`)
    }
  })
})
