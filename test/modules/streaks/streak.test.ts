import { describe, expect, it } from 'vitest'
import { type Api, createTestDeps } from '../../support/api.ts'
import {
  changeWalk,
  daysBefore,
  giveDailyWalks,
  givePremium,
  giveWalks,
  heldBy,
  range,
  seoul,
  syncFrom,
  walkFrom,
} from '../../support/facts.ts'
import { signUp } from '../../support/login.ts'
import { addPet } from '../../support/walks.ts'

const NOW = seoul('2026-11-18 12:00:00')
const streakOf = async (api: Api, now = NOW) => (await api.with({ now: () => now }).get('/streak')).json
const badgeOf = async (api: Api, code: string, now = NOW) =>
  (await api.with({ now: () => now }).get('/badges?category=streak')).json.find((badge: any) => badge.code === code)

describe('a run of days', () => {
  it.each([
    // days before today that were walked; current, best
    [[], 0, 0],
    [[0], 1, 1],
    [[1], 1, 1],
    [[2], 0, 1],
    [[0, 1, 2], 3, 3],
    [[1, 2, 3], 3, 3],
    [[2, 3, 4], 0, 3],
    [[0, 2, 3, 4], 1, 3],
    [[0, 1, 3, 4, 5], 2, 3],
    [range(0, 40), 41, 41],
  ])('days %j before today: %i now, %i at best', async (daysAgo, current, best) => {
    const owner = await signUp()
    await giveDailyWalks(owner, NOW, daysAgo)
    expect(await streakOf(owner)).toMatchObject({ current, best, is_today_done: daysAgo.includes(0) })
  })

  it('says when it breaks', async () => {
    const owner = await signUp()
    await giveDailyWalks(owner, NOW, [1, 2])
    expect(await streakOf(owner)).toEqual({
      current: 2,
      best: 2,
      today: '2026-11-18',
      is_today_done: false,
      first_day: '2026-11-16',
      last_day: '2026-11-17',
      breaks_at: '2026-11-18T19:00:00+00:00',
      rest_day: { allowance: 0, used_on: null, remaining: 0, renews_on: '2026-12-01', is_holding: false },
      rest_days: [],
    })
    expect(await streakOf(owner, new Date('2026-11-18T18:59:59Z'))).toMatchObject({ current: 2 })
    expect(await streakOf(owner, new Date('2026-11-18T19:00:00Z'))).toMatchObject({ current: 0, first_day: null, breaks_at: null })
  })

  it('is longer by a walk that comes late, and shorter without one that is deleted', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    await giveDailyWalks(owner, NOW, [0, 2, 3])
    const { id, json } = await syncFrom(owner, pet, daysBefore(NOW, 1), seoul('2026-11-18 13:00:00'))
    expect(json.streak).toEqual({ current: 4, best: 4, rest_day_used: false })
    await owner.delete(`/walks/${id}`)
    expect(await streakOf(owner)).toMatchObject({ current: 1, best: 2 })
    await owner.with({ now: () => NOW }).post(`/walks/${id}/restore`)
    expect(await streakOf(owner)).toMatchObject({ current: 4, best: 4 })
  })

  it('of many months falls in two where a day is taken out of it, and is whole again', async () => {
    const owner = await signUp()
    const ids = await giveDailyWalks(owner, NOW, range(0, 120))
    expect(await streakOf(owner)).toMatchObject({ current: 121, best: 121 })
    await owner.delete(`/walks/${ids[50]}`)
    expect(await streakOf(owner)).toMatchObject({ current: 50, best: 70 })
    await owner.with({ now: () => NOW }).post(`/walks/${ids[50]}/restore`)
    expect(await streakOf(owner)).toMatchObject({ current: 121, best: 121 })
  })

  it('counts a day once, however many walks it has, and no walk that was refused', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    await walkFrom(owner, [pet], seoul('2026-11-18 08:00:00'))
    await walkFrom(owner, [pet], seoul('2026-11-18 10:00:00'))
    await walkFrom(owner, [pet], seoul('2026-11-17 10:00:00'), { length_m: 120 })
    expect(await streakOf(owner)).toMatchObject({ current: 1, best: 1 })
  })
})

it('progress of a streak badge falls back with the streak, and what was earned stays', async () => {
  const owner = await signUp()
  const pet = await addPet(owner)
  await giveDailyWalks(owner, NOW, [1, 2, 3])
  expect((await walkFrom(owner, [pet], NOW)).codes).toContain('streak_3')
  expect(await badgeOf(owner, 'streak_7')).toMatchObject({ status: 'in_progress', progress_value: 4, progress_percent: 57 })
  const broken = seoul('2026-11-20 04:00:00')
  expect(await badgeOf(owner, 'streak_7', broken)).toMatchObject({ status: 'locked', progress_value: 0 })
  expect(await badgeOf(owner, 'streak_3', broken)).toMatchObject({ status: 'earned', progress_value: 3, progress_percent: 100 })
})

it('a run that a late walk completes earns its badge although it is over', async () => {
  const owner = await signUp()
  await giveDailyWalks(owner, NOW, [11, 12, 13, 15, 16, 17])
  const { codes, json } = await syncFrom(owner, await addPet(owner), daysBefore(NOW, 14), NOW)
  expect(codes).toEqual(expect.arrayContaining(['streak_3', 'streak_7']))
  expect(json.streak).toEqual({ current: 0, best: 7, rest_day_used: false })
})

describe('a rest day', () => {
  const YEAR = [seoul('2026-01-01 00:00:00'), seoul('2028-01-01 00:00:00')] as const
  /** A premium person who walked at noon of those days. */
  async function premiumWalker(days: readonly string[], [from, until]: readonly [Date, Date] = YEAR) {
    const owner = await signUp()
    await givePremium(owner, from, until)
    const ids = await giveWalks(
      owner,
      days.map((day) => ({ started_at: seoul(`${day} 12:00:00`) })),
    )
    return Object.assign(owner, { ids })
  }

  it('bridges the one day that was missed, adds nothing to the count, and can be seen', async () => {
    const owner = await premiumWalker(['2026-11-15', '2026-11-16'])
    const { json } = await walkFrom(owner, [await addPet(owner)], NOW)
    expect(json.streak).toEqual({ current: 3, best: 3, rest_day_used: true })
    expect(await streakOf(owner)).toMatchObject({
      current: 3,
      first_day: '2026-11-15',
      rest_day: { allowance: 1, used_on: '2026-11-17', remaining: 0, renews_on: '2026-12-01', is_holding: false },
      rest_days: ['2026-11-17'],
    })
    // The walk after it uses none.
    expect((await walkFrom(owner, [await addPet(owner)], seoul('2026-11-18 18:00:00'))).json.streak).toMatchObject({ rest_day_used: false })
  })

  it('keeps the run standing until that day has passed', async () => {
    const owner = await premiumWalker(['2026-11-15', '2026-11-16'])
    expect(await streakOf(owner)).toMatchObject({
      current: 2,
      breaks_at: '2026-11-18T19:00:00+00:00',
      rest_day: { used_on: null, remaining: 1, is_holding: true },
    })
    expect(await streakOf(owner, seoul('2026-11-17 12:00:00'))).toMatchObject({
      current: 2,
      breaks_at: '2026-11-18T19:00:00+00:00',
      rest_day: { is_holding: false },
    })
    expect(await streakOf(owner, seoul('2026-11-19 04:00:00'))).toMatchObject({
      current: 0,
      rest_day: { used_on: null, is_holding: false },
    })
  })

  it('is nobody’s without premium', async () => {
    const owner = await signUp()
    await giveDailyWalks(owner, NOW, [2, 3])
    expect(await streakOf(owner)).toMatchObject({ current: 0, rest_day: { allowance: 0, remaining: 0, is_holding: false } })
    expect((await walkFrom(owner, [await addPet(owner)], NOW)).json.streak).toEqual({ current: 1, best: 2, rest_day_used: false })
  })

  it('bridges no two days in a row, and one a month: the first', async () => {
    const twoMissed = await premiumWalker(['2026-11-14', '2026-11-15', '2026-11-18'])
    expect(await streakOf(twoMissed)).toMatchObject({ current: 1, best: 2, rest_days: [] })
    const twice = await premiumWalker(['2026-11-10', '2026-11-12', '2026-11-13', '2026-11-15', '2026-11-16', '2026-11-17'])
    expect(await streakOf(twice)).toMatchObject({ current: 3, best: 3, rest_days: ['2026-11-11'] })
  })

  it('is there again on the first of the month', async () => {
    const owner = await premiumWalker(['2026-11-28', '2026-11-30', '2026-12-02'])
    expect(await streakOf(owner, seoul('2026-12-03 12:00:00'))).toMatchObject({ current: 3, rest_days: ['2026-12-01', '2026-11-29'] })
  })

  it('of the month before keeps no other from holding', async () => {
    const owner = await premiumWalker(['2026-11-28', '2026-11-30', '2026-12-01'])
    expect(await streakOf(owner, seoul('2026-12-03 12:00:00'))).toMatchObject({
      current: 3,
      breaks_at: '2026-12-03T19:00:00+00:00',
      rest_day: { used_on: null, remaining: 1, is_holding: true },
    })
  })

  it('on the last or the first of a month stands, whatever is walked in the months around it', async () => {
    const last = await premiumWalker(['2026-10-30', '2026-11-01', '2026-11-02', '2026-11-03', '2026-11-04'])
    expect(await streakOf(last, seoul('2026-11-04 13:00:00'))).toMatchObject({
      current: 5,
      first_day: '2026-10-30',
      rest_days: ['2026-10-31'],
    })
    const first = await premiumWalker(['2026-10-31', '2026-11-02'])
    await giveDailyWalks(first, seoul('2026-10-31 12:00:00'), [3, 2, 1])
    expect(await streakOf(first, seoul('2026-11-02 13:00:00'))).toMatchObject({
      current: 5,
      first_day: '2026-10-28',
      rest_days: ['2026-11-01'],
    })
  })

  it('comes back when a late walk fills the day, and goes to another that was missed', async () => {
    const owner = await premiumWalker(['2026-11-10', '2026-11-12', '2026-11-14', '2026-11-15'])
    const pet = await addPet(owner)
    expect(await streakOf(owner, seoul('2026-11-15 13:00:00'))).toMatchObject({ current: 2, best: 2, rest_days: ['2026-11-11'] })
    const { id, json } = await syncFrom(owner, pet, seoul('2026-11-11 12:00:00'), seoul('2026-11-15 14:00:00'))
    expect(json.streak).toMatchObject({ current: 5, best: 5 })
    expect(await streakOf(owner, seoul('2026-11-15 15:00:00'))).toMatchObject({
      current: 5,
      first_day: '2026-11-10',
      rest_days: ['2026-11-13'],
    })
    await owner.delete(`/walks/${id}`)
    expect(await streakOf(owner, seoul('2026-11-15 15:00:00'))).toMatchObject({ current: 2, rest_days: ['2026-11-11'] })
  })

  it('needs premium for some hour of that very day', async () => {
    const days = ['2026-11-16', '2026-11-18']
    const during = (from: string, until: string) => premiumWalker(days, [seoul(from), seoul(until)])
    expect(await streakOf(await during('2026-11-18 03:00:00', '2026-12-18 03:00:00'))).toMatchObject({
      current: 2,
      rest_days: ['2026-11-17'],
    })
    expect(await streakOf(await during('2026-11-18 04:00:00', '2026-12-18 04:00:00'))).toMatchObject({ current: 1, rest_days: [] })
    expect(await streakOf(await during('2026-10-17 04:00:00', '2026-11-17 04:00:00'))).toMatchObject({ current: 1, rest_days: [] })
    expect(await streakOf(await during('2026-10-17 04:00:00', '2026-11-17 04:00:01'))).toMatchObject({
      current: 2,
      rest_days: ['2026-11-17'],
    })
  })

  it('is not given for a period that was taken back before it began, and stays when premium ends', async () => {
    const revoke = (api: Api, at: string) =>
      createTestDeps().db.execute(
        `UPDATE premium_periods SET revoked_at = '${seoul(at).toISOString()}' WHERE user_id = '${api.user!.user_id}'`,
      )
    const never = await premiumWalker(['2026-11-16'], [seoul('2026-11-17 20:00:00'), seoul('2026-12-17 20:00:00')])
    await revoke(never, '2026-11-17 10:00:00')
    await giveWalks(never, [{ started_at: NOW }])
    expect(await streakOf(never)).toMatchObject({ current: 1, rest_days: [] })

    const ended = await premiumWalker(['2026-11-16', '2026-11-18'])
    await revoke(ended, '2026-11-18 13:00:00')
    await changeWalk(ended, ended.ids[1]!, {}, seoul('2026-11-18 14:00:00'))
    expect(await streakOf(ended, seoul('2026-11-18 15:00:00'))).toMatchObject({
      current: 2,
      rest_days: ['2026-11-17'],
      rest_day: { allowance: 0 },
    })
  })

  it('of the last twelve months are in the ledger', async () => {
    const owner = await premiumWalker(
      ['2026-12', '2027-01', '2027-02', '2027-11', '2027-12'].flatMap((month) => [`${month}-10`, `${month}-12`]),
    )
    expect((await streakOf(owner, seoul('2027-12-13 12:00:00'))).rest_days).toEqual([
      '2027-12-11',
      '2027-11-11',
      '2027-02-11',
      '2027-01-11',
    ])
  })

  it('makes a badge possible that its day would have cost', async () => {
    const owner = await premiumWalker(['2026-11-10', '2026-11-11', '2026-11-12', '2026-11-14', '2026-11-15', '2026-11-16'])
    expect(await heldBy(owner)).toEqual([])
    expect((await walkFrom(owner, [await addPet(owner)], seoul('2026-11-17 12:00:00'))).codes).toContain('streak_7')
  })
})
