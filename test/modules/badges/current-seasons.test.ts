import { expect, it } from 'vitest'
import { createTestDeps, type Api } from '../../support/api.ts'
import { givePremium, makeWalker } from '../../support/walkers.ts'
import { seoul } from '../../support/facts.ts'

const FREE = [
  'season_spring',
  'season_summer',
  'season_autumn',
  'season_winter',
  'season_spring_m',
  'season_summer_m',
  'season_autumn_m',
  'season_winter_m',
]
/** A test may have put other badges beside those of the catalogue. */
const known = (code: string | null) => FREE.includes(code ?? '')
async function seasonsAt(api: Api, clock: string) {
  const { json, status } = await api.with({ now: () => seoul(clock) }).get('/badges/seasons/current')
  expect(status).toBe(200)
  return {
    open: json.open.filter(({ code }: any) => known(code)),
    next: json.next.filter(({ badge }: any) => known(badge.code)),
    codes: [...json.open, ...json.next.map(({ badge }: any) => badge)].map(({ code }: any) => code),
  }
}

it('the open seasons have their last day, and the others the day on which they open', async () => {
  const walker = await makeWalker(null)
  const { open, next } = await seasonsAt(walker, '2027-05-31 23:59:59')
  expect(open).toMatchObject([
    { code: 'season_spring', season: { ends_on: '2027-05-31', days_left: 1, is_open: true }, progress_value: 0 },
    { code: 'season_spring_m' },
  ])
  expect(next.map(({ badge, opens_on, days_until }: any) => [badge.code, opens_on, days_until])).toEqual([
    ['season_summer', '2027-06-01', 1],
    ['season_summer_m', '2027-06-01', 1],
    ['season_autumn', '2027-09-01', 93],
    ['season_autumn_m', '2027-09-01', 93],
    ['season_winter', '2027-12-01', 184],
    ['season_winter_m', '2027-12-01', 184],
  ])
  const after = await seasonsAt(walker, '2027-06-01 00:00:00')
  expect(after.open).toMatchObject([{ code: 'season_summer', season: { days_left: 92 } }, { code: 'season_summer_m' }])
  expect(after.next.at(-1)).toMatchObject({ badge: { code: 'season_spring_m' }, opens_on: '2028-03-01' })
  // The winter crosses the year, and has a 29th of February.
  const winter = await seasonsAt(walker, '2028-02-29 12:00:00')
  expect(winter.open[0]).toMatchObject({ code: 'season_winter', season: { year: 2027, ends_on: '2028-02-29', days_left: 1 } })
  expect(winter.next[0]).toMatchObject({ badge: { code: 'season_spring' }, opens_on: '2028-03-01', days_until: 1 })
})

it('a secret season is told to nobody who has not earned it', async () => {
  const walker = await makeWalker(null)
  await givePremium(walker)
  expect((await seasonsAt(walker, '2027-12-25 12:00:00')).codes).not.toContain('season_xmas')
  await createTestDeps().db.execute(`
    INSERT INTO user_badges (user_id, badge_id, season_year, earned_at, walk_count, day_count)
    SELECT '${walker.user.user_id}', id, 2026, now(), 1, 1 FROM badges WHERE code = 'season_xmas'`)
  expect((await seasonsAt(walker, '2027-12-25 12:00:00')).codes).toContain('season_xmas')
})
