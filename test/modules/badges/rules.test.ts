import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type BadgeStanding,
  bandOf,
  byBand,
  etaDays,
  gradeOf,
  percentOf,
  presentBadge,
  runningValues,
} from '../../../src/modules/badges/rules.ts'

const standing = (more: Partial<BadgeStanding> = {}): BadgeStanding => ({
  id: '5a2c8f4e-6f7b-4a53-9d6d-6a1f5f4b8a01',
  code: 'dist_10k',
  category: 'distance',
  name: '10km 클럽',
  description: '누적 10킬로미터를 걸었어요',
  icon: '🗺️',
  metric: 'distance_m',
  threshold: 10_000,
  difficulty: 'normal',
  tier: 'free',
  hint: '꾸준히 산책하면 도달해요',
  is_secret: false,
  season_year: 0,
  from_day: null,
  until_day: null,
  value: 0,
  earned: [],
  ...more,
})
const WINTER = { season_year: 2026, from_day: '2026-12-01', until_day: '2027-02-28', category: 'season' } as const
const ever = { season_year: 0, earned_at: '2026-11-18T03:00:00Z' }
const inYear = (season_year: number) => ({ season_year, earned_at: `${season_year}-12-18T03:00:00Z` })

describe('grades of a collector, by the floored percentage', () => {
  it.each([
    [0, '초보 수집가'],
    [20, '초보 수집가'],
    [21, '열심 수집가'],
    [50, '열심 수집가'],
    [51, '마스터 수집가'],
    [80, '마스터 수집가'],
    [81, '레전드'],
    [100, '레전드'],
  ])('%i %%: %s', (percent, grade) => {
    expect(gradeOf(percent)).toBe(grade)
  })

  it.each([
    [9, '초보 수집가'],
    [10, '열심 수집가'],
    [23, '열심 수집가'],
    [24, '마스터 수집가'],
    [38, '마스터 수집가'],
    [39, '레전드'],
    [47, '레전드'],
  ])('%i of 47: %s', (earned, grade) => {
    expect(gradeOf(percentOf(earned, 47))).toBe(grade)
  })
})

describe('percent', () => {
  it.each([
    [0, 3, 0],
    [1, 3, 33],
    [2, 3, 66],
    [3, 3, 100],
    [4, 3, 100],
    [999, 1_000, 99],
    [999_999, 1_000_000, 99],
    [29, 100, 29],
    [57, 100, 57],
    [1, 1_000_000, 0],
  ])('%i of %i is %i', (value, threshold, percent) => {
    expect(percentOf(value, threshold)).toBe(percent)
  })

  it('is a whole number up to 100, and 100 only where the threshold is reached', () => {
    fc.assert(
      fc.property(fc.nat(2_000_000), fc.integer({ min: 1, max: 1_000_000 }), (value, threshold) => {
        const percent = percentOf(value, threshold)
        expect(Number.isInteger(percent)).toBe(true)
        expect(percent === 100).toBe(value >= threshold)
      }),
    )
  })
})

describe('what is shown of a badge', () => {
  const today = '2027-01-15'
  it.each([
    ['nothing yet', standing(), { status: 'locked', progress_value: 0, progress_percent: 0 }],
    ['a metre', standing({ value: 1 }), { status: 'in_progress', progress_value: 1, progress_percent: 0 }],
    ['one below', standing({ value: 9_999 }), { status: 'in_progress', progress_value: 9_999, progress_percent: 99 }],
    ['reached, but not given yet', standing({ value: 12_000 }), { status: 'in_progress', progress_value: 10_000, progress_percent: 100 }],
    ['earned', standing({ value: 12_000, earned: [ever] }), { status: 'earned', progress_value: 10_000, earned_at: ever.earned_at }],
    ['earned and fallen back', standing({ value: 3, earned: [ever] }), { status: 'earned', progress_value: 10_000, progress_percent: 100 }],
    ['premium', standing({ tier: 'premium', value: 5_000 }), { status: 'locked', progress_value: 0 }],
    ['premium, earned', standing({ tier: 'premium', earned: [ever] }), { status: 'earned', progress_percent: 100 }],
    ['an open season', standing({ ...WINTER, value: 5_000 }), { status: 'in_progress', progress_percent: 50, earned_years: [] }],
    ['an open season earned', standing({ ...WINTER, earned: [inYear(2026)] }), { status: 'earned', earned_years: [2026] }],
    [
      'an open season earned before',
      standing({ ...WINTER, value: 5_000, earned: [inYear(2025)] }),
      { status: 'in_progress', earned_years: [2025], earned_at: null },
    ],
  ])('%s', (_, badge, shown) => {
    expect(presentBadge(badge, { today, is_premium: false })).toMatchObject(shown)
  })

  it('a premium badge counts for who is premium', () => {
    const badge = standing({ tier: 'premium', value: 5_000 })
    expect(presentBadge(badge, { today, is_premium: true })).toMatchObject({
      status: 'in_progress',
      progress_value: 5_000,
      progress_percent: 50,
    })
  })

  it.each([
    ['2026-12-01', true, 90],
    ['2027-02-27', true, 2],
    ['2027-02-28', true, 1],
    ['2027-03-01', false, null],
    ['2027-11-30', false, null],
  ])('a winter seen on %s: open %s, %s days left', (day, is_open, days_left) => {
    expect(presentBadge(standing(WINTER), { today: day, is_premium: false }).season).toEqual({
      year: 2026,
      starts_on: '2026-12-01',
      ends_on: '2027-02-28',
      is_open,
      days_left,
    })
  })

  it('between seasons the edition earned last shows, and what was not earned is locked', () => {
    const between = { today: '2027-07-01', is_premium: true }
    expect(presentBadge(standing({ ...WINTER, earned: [inYear(2025), inYear(2023)] }), between)).toMatchObject({
      status: 'earned',
      earned_at: inYear(2025).earned_at,
      earned_years: [2025, 2023],
    })
    expect(presentBadge(standing({ ...WINTER, value: 5_000 }), between)).toMatchObject({ status: 'locked', progress_value: 0 })
  })

  it('of a secret one nothing but its hint, until it was earned in any year', () => {
    const secret = standing({ ...WINTER, is_secret: true })
    expect(presentBadge(secret, { today, is_premium: true })).toEqual({
      id: secret.id,
      code: null,
      category: 'season',
      name: '??? 비밀 뱃지',
      description: null,
      icon: '❓',
      difficulty: 'normal',
      tier: 'free',
      hint: '꾸준히 산책하면 도달해요',
      is_secret: true,
      status: 'locked',
      metric: null,
      threshold: null,
      season: null,
      progress_value: 0,
      progress_percent: 0,
      earned_at: null,
      earned_years: [],
    })
    expect(presentBadge({ ...secret, earned: [inYear(2024)] }, { today, is_premium: true })).toMatchObject({
      code: 'dist_10k',
      threshold: 10_000,
    })
  })
})

describe('the bands of the home screen', () => {
  it.each([
    [100, 'distance', 'almost'],
    [80, 'distance', 'almost'],
    [79, 'distance', 'underway'],
    [20, 'distance', 'underway'],
    [19, 'distance', 'started'],
    [0, 'distance', 'started'],
    [99, 'season', 'season'],
  ] as const)('%i %% of %s: %s', (progress_percent, category, band) => {
    expect(bandOf({ progress_percent, category })).toBe(band)
  })

  it('come one after the other, and the nearest first within each', () => {
    const near = (progress_percent: number, category: 'distance' | 'season') =>
      ({ progress_percent, category, band: bandOf({ progress_percent, category }) }) as Parameters<typeof byBand>[0]
    const mixed = [
      near(99, 'season'),
      near(5, 'distance'),
      near(80, 'distance'),
      near(30, 'distance'),
      near(95, 'distance'),
      near(10, 'season'),
    ]
    expect(mixed.toSorted(byBand).map(({ progress_percent, category }) => `${progress_percent} ${category}`)).toEqual([
      '95 distance',
      '80 distance',
      '30 distance',
      '5 distance',
      '99 season',
      '10 season',
    ])
  })
})

describe('how many days it will take', () => {
  const sums = { metric: 'distance_m', remaining: 7_000, days_left: null }
  const pace = { gained: 7_000, pace_days: 14, is_today_done: false }
  it.each([
    ['at a kilometre in two days', sums, pace, 14],
    ['a little more than a whole day', { ...sums, remaining: 501 }, pace, 2],
    ['within the day', { ...sums, remaining: 1 }, pace, 1],
    ['without a pace', sums, { ...pace, gained: 0 }, null],
    ['over the days of a young season', sums, { ...pace, gained: 3_500, pace_days: 2 }, 4],
    ['before the season ends', { ...sums, days_left: 15 }, pace, 14],
    ['on the day after the season', { ...sums, days_left: 14 }, pace, null],
    ['a longest walk', { ...sums, metric: 'longest_walk_m' }, pace, null],
    ['weeks won', { ...sums, metric: 'weekly_dong_wins' }, pace, null],
    ['a streak, before today’s walk', { ...sums, metric: 'streak_days', remaining: 3 }, pace, 2],
    ['a streak, after it', { ...sums, metric: 'streak_days', remaining: 3 }, { ...pace, is_today_done: true }, 3],
    ['a streak’s last day', { ...sums, metric: 'streak_days', remaining: 1 }, pace, 0],
  ])('%s', (_, what, at, days) => {
    expect(etaDays(what, at)).toBe(days)
  })
})

describe('what a badge came to with each walk', () => {
  const walks = [{ gained: 300 }, { gained: 200 }, { gained: 100 }]
  it('goes back from what it is now', () => {
    expect(runningValues('distance_m', 1_000, walks)).toEqual([
      { gained: 300, value: 1_000 },
      { gained: 200, value: 700 },
      { gained: 100, value: 500 },
    ])
  })

  it.each([
    ['longest_walk_m', 1_000],
    ['streak_days', 3],
    ['distance_m', null],
  ])('is not told for %s of %s', (metric, value) => {
    expect(runningValues(metric, value, walks).map((walk) => walk.value)).toEqual([null, null, null])
  })
})
