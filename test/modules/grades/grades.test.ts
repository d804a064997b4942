import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../../src/core/time.ts'
import { progressOf } from '../../../src/modules/grades/rules.ts'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { completeMadeUp } from '../../support/measured-walks.ts'
import { follow, shareWalk } from '../../support/shared-walks.ts'
import { makeWalker, type Walker } from '../../support/walkers.ts'
import { completionBody, freshTrack, startWalk, walk } from '../../support/walks.ts'
import { catalogue } from '../badges/catalogue.ts'
import { GRADES, TITLES } from './catalogue.ts'

const { db } = createTestDeps()
/** Each walk of a person lies an hour after the one before. */
const BEGINS = Date.UTC(2026, 9, 1)
const walked = new WeakMap<object, number>()
async function go(walker: Walker, distance_m: number, valid = true) {
  const n = (walked.get(walker) ?? 0) + 1
  walked.set(walker, n)
  const started_at = new Date(BEGINS + n * HOUR_MS)
  return completeMadeUp(walker, { pet_ids: [walker.pet], started_at, distance_m, valid }, new Date(started_at.getTime() + HOUR_MS / 2))
}
const gradeOf = (level: number) => {
  const { name, icon } = GRADES[level - 1]!
  return { level, name, icon }
}
const earn = ({ user }: { user: { user_id: string } }, codes: readonly string[], season_year = 0) =>
  db.execute(`
    INSERT INTO user_badges (user_id, badge_id, season_year, earned_at, walk_count, day_count)
    SELECT '${user.user_id}', id, ${season_year}, now(), 1, 1 FROM badges WHERE code IN ('${codes.join("','")}')`)
const unlock = ({ user }: { user: { user_id: string } }) => db.execute(`SELECT unlock_titles('${user.user_id}', now())`)

describe('the catalogue', () => {
  it('is the table of the product', () => {
    expect(GRADES.map(({ required_m }) => required_m / 1_000)).toEqual([0, 10, 30, 70, 150, 300, 500, 1_000, 2_000, 5_000])
    expect([GRADES[0]!.name, GRADES[9]!.name]).toEqual(['산책 새싹', '산책 레전드'])
    expect(TITLES).toHaveLength(9)
    const codes = catalogue.map(({ code }) => code)
    expect(TITLES.flatMap(({ badges }) => badges).filter((code) => !codes.includes(code))).toEqual([])
    // No title hangs on premium, so everybody can have all.
    const premium = catalogue.filter(({ tier }) => tier === 'premium').map(({ code }) => code)
    expect(TITLES.flatMap(({ badges }) => badges).filter((code) => premium.includes(code))).toEqual([])
  })

  it('the progress is rounded down, and no more and no less than there is', () => {
    expect(progressOf(10_000, 10_000, 30_000)).toBe(0)
    expect(progressOf(29_999, 10_000, 30_000)).toBe(99)
    expect(progressOf(9_000, 10_000, 30_000)).toBe(0)
    expect(progressOf(31_000, 10_000, 30_000)).toBe(100)
  })
})

describe('grades', () => {
  it('everybody begins with the first, and rises with the distance, by several at once', async () => {
    const walker = await makeWalker(null)
    const begun = (await walker.get('/grades')).json
    expect(begun).toMatchObject({ grade: gradeOf(1), distance_m: 0, progress: 0, to_next_m: 10_000 })
    expect(begun.items.map(({ is_reached }: any) => is_reached)).toEqual(GRADES.map(({ level }) => level === 1))
    expect(begun.items[0].reached_at).toBe(begun.reached_at)
    expect((await go(walker, 9_999)).row.completion).toMatchObject({ grade_up: null })
    expect((await walker.get('/grades')).json).toMatchObject({ progress: 99, to_next_m: 1 })
    const { id, row } = await go(walker, 60_001)
    expect(row.completion).toMatchObject({ grade_up: gradeOf(4) })
    const risen = (await walker.get('/grades')).json
    expect(risen).toMatchObject({ grade: gradeOf(4), distance_m: 70_000, progress: 0, to_next_m: 80_000 })
    expect(new Set(risen.items.slice(1, 4).map(({ reached_at }: any) => reached_at)).size).toBe(1)
    expect(risen.items[4]).toMatchObject({ level: 5, is_reached: false, reached_at: null })
    // The walk goes, and the distance with it. The grade stays, and is not reached twice.
    await walker.delete(`/walks/${id}`)
    const fallen = (await walker.get('/grades')).json
    expect(fallen).toMatchObject({ grade: gradeOf(4), reached_at: risen.reached_at, distance_m: 9_999, progress: 0, to_next_m: 140_001 })
    expect((await go(walker, 65_000)).row.completion).toMatchObject({ grade_up: null })
    expect((await walker.get('/grades')).json.reached_at).toBe(risen.reached_at)
  })

  it('the last has no next, and a refused walk raises nobody', async () => {
    const walker = await makeWalker(null)
    expect((await go(walker, 6_000_000, false)).row.completion).toMatchObject({ grade_up: null })
    expect((await walker.get('/grades')).json.grade).toEqual(gradeOf(1))
    expect((await go(walker, 5_000_000)).row.completion).toMatchObject({ grade_up: gradeOf(10) })
    expect((await walker.get('/grades')).json).toMatchObject({ grade: gradeOf(10), progress: null, to_next_m: null })
  })

  it('what was imported raises nobody', async () => {
    const walker = await makeWalker(null)
    await db.execute(
      `INSERT INTO user_totals (user_id, walk_count, distance_m, duration_sec, calories, imported_distance_m) VALUES ('${walker.user.user_id}', 0, 0, 0, 0, 900000)`,
    )
    await go(walker, 1_000)
    expect((await walker.get('/grades')).json).toMatchObject({ grade: gradeOf(1), distance_m: 1_000 })
  })

  it('a completion tells it again when it is asked again', async () => {
    const owner = await makeWalker(null)
    await db.execute(
      `INSERT INTO user_totals (user_id, walk_count, distance_m, duration_sec, calories) VALUES ('${owner.user.user_id}', 20, 9900, 600, 0)`,
    )
    const track = freshTrack()
    const id = await startWalk(owner, [owner.pet], { started_at: new Date(Math.min(...track.time_ms)).toISOString() })
    const first = await owner.post(`/walks/${id}/complete`, completionBody(track))
    expect(first.json).toMatchObject({ grade_up: gradeOf(2) })
    // At dawn there is another.
    expect(first.json.titles_unlocked).toContainEqual({ code: 'first_step', name: TITLES[0]!.name })
    expect((await owner.post(`/walks/${id}/complete`, completionBody(track))).json).toEqual(first.json)
    const next = await walk(owner, [owner.pet], { track: freshTrack({ agoMs: 3 * HOUR_MS }) })
    expect(next.json.grade_up).toBeNull()
    // This one may be of a dawn, if the first was not.
    expect(next.json.titles_unlocked.filter(({ code }: { code: string }) => code !== 'dawn_walker')).toEqual([])
  })

  it('whoever walked before there were grades is given them by the seeds, dated by the walk', async () => {
    const walker = await makeWalker(null)
    for (const distance_m of [8_000, 3_000, 20_000]) await go(walker, distance_m)
    await db.execute(`DELETE FROM user_grades WHERE user_id = '${walker.user.user_id}'`)
    await db.execute(`DELETE FROM user_titles WHERE user_id = '${walker.user.user_id}'`)
    await db.execute(`SELECT catch_up_grades(now())`)
    const { rows } = await db.execute(`
      SELECT user_grades.level, walks.distance_m, user_grades.reached_at = walks.completed_at AS is_dated
      FROM user_grades JOIN walks ON walks.id = walk_id WHERE user_grades.user_id = '${walker.user.user_id}' ORDER BY level`)
    expect(rows).toEqual([
      { level: 2, distance_m: 3_000, is_dated: true },
      { level: 3, distance_m: 20_000, is_dated: true },
    ])
    expect((await walker.get('/titles')).json.items.filter(({ is_unlocked }: any) => is_unlocked)).toMatchObject([{ code: 'first_step' }])
  })
})

describe('titles', () => {
  const stateOf = async (person: Walker) =>
    (await person.get('/titles')).json.items.flatMap(({ code, is_unlocked }: any) => (is_unlocked ? [code] : []))

  it('come with the badges that they need, all of them, and stay without them', async () => {
    const walker = await makeWalker(null)
    expect(await stateOf(walker)).toEqual([])
    await earn(walker, ['season_spring', 'season_summer'], 2025)
    await earn(walker, ['season_autumn', 'season_autumn_m'], 2026)
    await unlock(walker)
    expect(await stateOf(walker)).toEqual([])
    await earn(walker, ['season_winter'], 2024)
    await unlock(walker)
    expect(await stateOf(walker)).toEqual(['four_seasons'])
    await db.execute(`DELETE FROM user_badges WHERE user_id = '${walker.user.user_id}'`)
    await go(walker, 1_000)
    expect(await stateOf(walker)).toEqual(['first_step', 'four_seasons'])
  })

  it('thirty badges are thirty different ones', async () => {
    const walker = await makeWalker(null)
    const codes = catalogue.filter(({ category }) => category !== 'season').map(({ code }) => code)
    await earn(walker, ['season_spring'], 2024)
    await earn(walker, ['season_spring'], 2025)
    await earn(walker, codes.slice(0, 28))
    await unlock(walker)
    expect(await stateOf(walker)).not.toContain('badge_collector')
    await earn(walker, codes.slice(28, 29))
    await unlock(walker)
    expect(await stateOf(walker)).toContain('badge_collector')
  })

  it('one that hangs on a secret badge says no more than the badge', async () => {
    const walker = await makeWalker(null)
    const secret = async () => (await walker.get('/titles')).json.items.find(({ hint }: any) => hint === TITLES[2]!.hint)
    expect(await secret()).toEqual({
      code: null,
      name: '??? 비밀 칭호',
      hint: TITLES[2]!.hint,
      is_unlocked: false,
      unlocked_at: null,
      is_shown: false,
    })
    await earn(walker, ['sp_rain'])
    await unlock(walker)
    expect(await secret()).toMatchObject({ code: 'rain_friend', name: TITLES[2]!.name, is_unlocked: true })
    await db.execute(`DELETE FROM user_badges WHERE user_id = '${walker.user.user_id}'`)
    expect(await secret()).toMatchObject({ code: 'rain_friend', is_unlocked: true })
  })

  it('the one that is chosen is seen by others, and only one that is unlocked can be chosen', async () => {
    const [owner, other] = [await makeWalker(null), await signUp()]
    expect(await owner.patch('/users/me', { title_code: 'first_step' })).toMatchObject({ status: 403, json: { code: 'title_locked' } })
    expect(await owner.patch('/users/me', { title_code: 'nothing_like_it' })).toMatchObject({
      status: 422,
      json: { code: 'unknown_title' },
    })
    // All or nothing.
    expect((await owner.patch('/users/me', { title_code: 'first_step', weekly_goal_km: 33 })).status).toBe(403)
    expect((await owner.get('/users/me')).json).toMatchObject({ title: null, grade: gradeOf(1), weekly_goal_km: 20 })
    await go(owner, 12_000)
    const title = { code: 'first_step', name: TITLES[0]!.name }
    expect((await owner.patch('/users/me', { title_code: 'first_step' })).json).toMatchObject({ title, grade: gradeOf(2) })
    // What does not name it leaves it.
    expect((await owner.patch('/users/me', { weekly_goal_km: 30 })).json).toMatchObject({ title, weekly_goal_km: 30 })
    expect((await other.get(`/users/${owner.user.user_id}`)).json).toMatchObject({ title, grade: gradeOf(2) })
    expect((await owner.get('/titles')).json.items[0]).toMatchObject({ ...title, is_unlocked: true, is_shown: true })
    await follow(other, owner)
    const shared = await shareWalk(owner)
    const { items } = (await other.get('/feed?filter=following')).json
    expect(items.find(({ walk_id }: any) => walk_id === shared).author).toMatchObject({ title, grade: gradeOf(2) })
    await other.post('/comments', { walk_id: shared, content: '멋져요' })
    expect((await owner.get(`/walks/${shared}/comments`)).json.items[0].author).toMatchObject({ grade: gradeOf(1) })
    expect((await owner.patch('/users/me', { title_code: null })).json.title).toBeNull()
    expect((await other.get(`/users/${owner.user.user_id}`)).json.title).toBeNull()
  })
})

it('nothing of it is left of an account that is purged', async () => {
  const walker = await makeWalker(null)
  await go(walker, 40_000)
  await walker.patch('/users/me', { title_code: 'first_step' })
  const id = walker.user.user_id
  await db.execute(`DELETE FROM users WHERE id = '${id}'`)
  const { rows } = await db.execute(`
    SELECT (SELECT count(*)::int FROM user_grades WHERE user_id = '${id}') + (SELECT count(*)::int FROM user_titles WHERE user_id = '${id}') AS left`)
  expect(rows).toEqual([{ left: 0 }])
})
