import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { type Api, createTestDeps } from '../../support/api.ts'
import { changeWalk, givePremium, giveWalks, heldBy, seoul, syncFrom, walkFrom } from '../../support/facts.ts'
import { signUp } from '../../support/login.ts'
import { addPet } from '../../support/walks.ts'
import { catalogue } from './catalogue.ts'

const SNOW = { weather: { pty: '3' } }

/** GET /badges as it is on a Seoul clock, one badge of it. */
async function badgeAt(api: Api, code: string, clock: string) {
  const { json } = await api.with({ now: () => seoul(clock) }).get('/badges?sort=category')
  const mine = json.filter((badge: any) => badge.code === null || catalogue.some((known) => known.code === badge.code))
  return mine[catalogue.findIndex((badge) => badge.code === code)]
}

/** Known parks of Seoul and Goyang. */
const PARKS = [
  { lat: 37.5444, lng: 127.0374 },
  { lat: 37.5207, lng: 127.1215 },
  { lat: 37.493, lng: 126.9196 },
  { lat: 37.6206, lng: 127.0412 },
  { lat: 37.6562, lng: 126.7665 },
]
const giveParks = (api: Api, day: string, count: number) =>
  giveWalks(
    api,
    PARKS.slice(0, count).map((park, i) => ({ started_at: seoul(`${day} 1${i}:00:00`), ...park })),
  )

describe('which edition a day belongs to', () => {
  it.each([
    // season, day, the year it began in, its days
    ['12-01', '02-29', '2026-12-01', 2026, '2026-12-01', '2027-02-28'],
    ['12-01', '02-29', '2026-12-31', 2026, '2026-12-01', '2027-02-28'],
    ['12-01', '02-29', '2027-01-01', 2026, '2026-12-01', '2027-02-28'],
    ['12-01', '02-29', '2027-03-01', 2026, '2026-12-01', '2027-02-28'],
    ['12-01', '02-29', '2027-11-30', 2026, '2026-12-01', '2027-02-28'],
    ['12-01', '02-29', '2027-12-01', 2027, '2027-12-01', '2028-02-29'],
    ['12-01', '02-29', '2028-02-29', 2027, '2027-12-01', '2028-02-29'],
    ['12-01', '02-29', '2100-02-28', 2099, '2099-12-01', '2100-02-28'],
    ['03-01', '05-31', '2028-02-29', 2027, '2027-03-01', '2027-05-31'],
    ['03-01', '05-31', '2028-03-01', 2028, '2028-03-01', '2028-05-31'],
    ['12-25', '12-25', '2026-12-24', 2025, '2025-12-25', '2025-12-25'],
    ['12-25', '12-25', '2026-12-25', 2026, '2026-12-25', '2026-12-25'],
    ['12-25', '12-25', '2027-01-01', 2026, '2026-12-25', '2026-12-25'],
    ['01-01', '12-31', '2027-12-31', 2027, '2027-01-01', '2027-12-31'],
    ['09-15', '02-28', '2028-02-29', 2027, '2027-09-15', '2028-02-28'],
    ['06-01', '06-31', '2027-06-30', 2027, '2027-06-01', '2027-06-30'],
  ])('%s to %s, on %s: that of %i', async (start, end, day, year, from, until) => {
    const { rows } = await createTestDeps().db.execute(
      sql`SELECT season_year, from_day::text, until_day::text FROM season_of(${start}, ${end}, ${day})`,
    )
    expect(rows).toEqual([{ season_year: year, from_day: from, until_day: until }])
  })
})

describe('what a season counts', () => {
  it.each([
    ['2026-11-30 23:59:59', '2026-12-01 12:00:00', false],
    ['2026-12-01 00:00:00', '2026-12-01 12:00:00', true],
    ['2026-12-31 23:59:59', '2027-01-01 12:00:00', true],
    ['2027-02-28 23:59:59', '2027-02-28 23:59:59', true],
    ['2028-02-29 23:59:59', '2028-02-29 23:59:59', true],
    ['2027-02-28 23:59:59', '2027-12-01 00:00:00', false],
  ])('a walk that began at %s, seen at %s: %s', async (start, now, isCounted) => {
    const owner = await signUp()
    await givePremium(owner, seoul('2026-01-01 00:00:00'), seoul('2029-01-01 00:00:00'))
    await giveWalks(owner, [{ started_at: seoul(start), distance_m: 1_500 }])
    expect(await badgeAt(owner, 'season_winter_m', now)).toMatchObject({
      progress_value: isCounted ? 1_500 : 0,
      status: isCounted ? 'in_progress' : 'locked',
    })
  })

  it('is nothing once it is over', async () => {
    const owner = await signUp()
    await giveParks(owner, '2027-05-31', 2)
    expect(await badgeAt(owner, 'season_spring', '2027-05-31 23:59:59')).toMatchObject({
      progress_value: 2,
      status: 'in_progress',
      season: { year: 2027, starts_on: '2027-03-01', ends_on: '2027-05-31', is_open: true, days_left: 1 },
    })
    expect(await badgeAt(owner, 'season_spring', '2027-06-01 00:00:00')).toMatchObject({
      progress_value: 0,
      status: 'locked',
      season: { year: 2027, is_open: false, days_left: null },
    })
  })

  it('does not count a park twice', async () => {
    const owner = await signUp()
    await giveParks(owner, '2027-04-01', 2)
    await giveParks(owner, '2027-04-02', 3)
    expect(await badgeAt(owner, 'season_spring', '2027-04-03 12:00:00')).toMatchObject({ progress_value: 3, progress_percent: 60 })
  })
})

it('a season is open anew each year, and between two of them the last one earned shows', async () => {
  const owner = await signUp()
  const pet = await addPet(owner)
  const winter = (clock: string) => badgeAt(owner, 'season_winter', clock)
  await walkFrom(owner, [pet], seoul('2026-12-31 12:00:00'), SNOW)
  expect(await winter('2026-12-31 23:00:00')).toMatchObject({
    status: 'earned',
    earned_years: [2026],
    season: { year: 2026, is_open: true },
  })
  // Of the same winter, in the new year.
  expect((await walkFrom(owner, [pet], seoul('2027-01-20 12:00:00'), SNOW)).codes).not.toContain('season_winter')
  expect(await winter('2027-07-01 12:00:00')).toMatchObject({
    status: 'earned',
    progress_percent: 100,
    season: { year: 2026, is_open: false },
  })
  expect(await winter('2027-12-01 00:00:00')).toMatchObject({
    status: 'locked',
    progress_percent: 0,
    earned_at: null,
    earned_years: [2026],
    season: { year: 2027, is_open: true, days_left: 91 },
  })
  const again = await walkFrom(owner, [pet], seoul('2028-02-29 12:00:00'), SNOW)
  expect(again.json.badges_earned).toContainEqual(expect.objectContaining({ code: 'season_winter', season_year: 2027 }))
  expect(await winter('2028-02-29 23:00:00')).toMatchObject({ status: 'earned', earned_years: [2027, 2026] })
  expect((await heldBy(owner)).filter((code) => code.startsWith('season_winter'))).toEqual(['season_winter 2026', 'season_winter 2027'])
})

it('a walk that comes after the season is over counts for the season in which it happened, and earns its edition', async () => {
  const owner = await signUp()
  const pet = await addPet(owner)
  const now = seoul('2027-06-10 12:00:00')
  await giveParks(owner, '2027-05-30', 3)
  const fourth = await syncFrom(owner, pet, seoul('2027-05-31 12:00:00'), now, { origin: PARKS[3]! })
  expect(fourth.json.badge_progress).toContainEqual(
    expect.objectContaining({ code: 'season_spring', previous_value: 3, progress_value: 4, progress_percent: 80, season_year: 2027 }),
  )
  const fifth = await syncFrom(owner, pet, seoul('2027-05-31 23:00:00'), now, { origin: PARKS[4]! })
  expect(fifth.json.badges_earned).toContainEqual(expect.objectContaining({ code: 'season_spring', season_year: 2027 }))
  expect(await badgeAt(owner, 'season_spring', '2027-06-10 12:00:00')).toMatchObject({ status: 'earned', earned_years: [2027] })
})

it('a late walk from after the season earns none of it', async () => {
  const owner = await signUp()
  const pet = await addPet(owner)
  await giveParks(owner, '2027-05-31', 4)
  await syncFrom(owner, pet, seoul('2027-06-01 00:00:00'), seoul('2027-06-10 12:00:00'), { origin: PARKS[4]! })
  expect(await heldBy(owner)).not.toContain('season_spring 2027')
})

it("weather that is known late counts for the walk's own season", async () => {
  const owner = await signUp()
  const { id } = await walkFrom(owner, [await addPet(owner)], seoul('2027-02-28 23:00:00'))
  await changeWalk(owner, id, SNOW, seoul('2027-03-01 01:00:00'))
  expect(await heldBy(owner)).toContain('season_winter 2026')
})

it('no walk of a later season earns a premium edition that was reached before premium', async () => {
  const owner = await signUp()
  const pet = await addPet(owner)
  await giveWalks(owner, [{ started_at: seoul('2027-04-01 12:00:00'), distance_m: 40_000 }])
  await walkFrom(owner, [pet], seoul('2027-05-01 12:00:00'))
  await givePremium(owner, seoul('2027-06-01 00:00:00'), seoul('2027-07-01 00:00:00'))
  await walkFrom(owner, [pet], seoul('2027-06-02 12:00:00'))
  expect(await heldBy(owner)).not.toContain('season_spring_m 2027')
})

it('Christmas is one day, from midnight to midnight', async () => {
  const owner = await signUp()
  const pet = await addPet(owner)
  await givePremium(owner, seoul('2026-01-01 00:00:00'), seoul('2027-01-01 00:00:00'))
  expect((await walkFrom(owner, [pet], seoul('2026-12-24 23:00:00'))).codes).not.toContain('season_xmas')
  const { json } = await walkFrom(owner, [pet], seoul('2026-12-25 23:59:30'))
  expect(json.badges_earned).toContainEqual(expect.objectContaining({ code: 'season_xmas', season_year: 2026 }))
})
