import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { type Api, createTestDeps } from '../../support/api.ts'
import { giveWalks, heldBy, seoul, walkFrom } from '../../support/facts.ts'
import { signUp } from '../../support/login.ts'
import { addPet } from '../../support/walks.ts'

/** What the person's walks have gained of a metric, as it is kept. */
async function gained(api: Api, metric: string): Promise<number> {
  const { rows } = await createTestDeps().db.execute<{ value: number }>(
    sql`SELECT value::int FROM metric_totals WHERE user_id = ${api.user!.user_id} AND metric = ${metric}`,
  )
  return rows[0]?.value ?? 0
}

const streakAt = async (api: Api, clock: string) => (await api.with({ now: () => seoul(clock) }).get('/streak')).json

describe('the hour and the day of a walk are those of its start', () => {
  it.each([
    // start, early bird, night owl, day of the streak
    ['2026-11-18 00:00:00', false, true, '2026-11-17'],
    ['2026-11-18 03:59:59', false, true, '2026-11-17'],
    ['2026-11-18 04:00:00', true, false, '2026-11-18'],
    ['2026-11-18 05:59:59', true, false, '2026-11-18'],
    ['2026-11-18 06:00:00', false, false, '2026-11-18'],
    ['2026-11-18 21:59:59', false, false, '2026-11-18'],
    ['2026-11-18 22:00:00', false, true, '2026-11-18'],
    ['2026-11-18 23:59:30', false, true, '2026-11-18'],
  ])('%s', async (start, isEarly, isNight, day) => {
    const owner = await signUp()
    const { codes, json } = await walkFrom(owner, [await addPet(owner)], seoul(start))
    expect(Date.parse(json.walk.started_at)).toBe(seoul(start).getTime())
    expect(codes.includes('sp_early')).toBe(isEarly)
    expect(codes.includes('sp_night')).toBe(isNight)
    expect(await streakAt(owner, '2026-11-19 03:59:59')).toMatchObject({ current: 1, last_day: day, today: '2026-11-18' })
  })
})

describe('the streak turns at four in the morning', () => {
  it.each([
    ['2026-11-18 03:59:59', '2026-11-18 04:00:00', 2],
    ['2026-11-18 04:00:00', '2026-11-19 03:59:59', 1],
    ['2026-11-17 04:00:00', '2026-11-19 03:59:59', 2],
    ['2026-11-17 03:59:59', '2026-11-18 04:00:00', 1],
    ['2026-12-31 23:59:30', '2027-01-01 03:59:58', 1],
    ['2026-12-31 23:59:30', '2027-01-01 04:00:00', 2],
    ['2028-02-29 12:00:00', '2028-03-01 12:00:00', 2],
    ['2027-02-28 12:00:00', '2027-03-01 12:00:00', 2],
  ])('walks at %s and at %s make a run of %i', async (first, second, current) => {
    const owner = await signUp()
    await giveWalks(owner, [{ started_at: seoul(first) }, { started_at: seoul(second) }])
    expect(await streakAt(owner, second)).toMatchObject({ current, best: current })
  })
})

describe('the week of the goal begins on Monday at midnight', () => {
  it.each([
    ['2026-11-22 23:59:59', false],
    ['2026-11-23 00:00:00', true],
  ])('a walk that began on %s counts for the week of the 23rd: %s', async (start, isCounted) => {
    const owner = await signUp()
    await giveWalks(owner, [{ started_at: seoul(start), distance_m: 4_000 }])
    const { json } = await walkFrom(owner, [await addPet(owner)], seoul('2026-11-23 12:00:00'))
    const { distance_m } = json.walk
    expect(json.weekly_goal).toEqual({
      goal_km: 20,
      distance_m: distance_m + (isCounted ? 4_000 : 0),
      percent: Math.floor((distance_m + (isCounted ? 4_000 : 0)) / 200),
    })
  })

  it('a walk begun on Sunday night and ended on Monday is of the week before', async () => {
    const owner = await signUp()
    const { json } = await walkFrom(owner, [await addPet(owner)], seoul('2026-11-22 23:59:30'))
    expect(Date.parse(json.walk.ended_at)).toBeGreaterThan(seoul('2026-11-23 00:00:00').getTime())
    expect(json.weekly_goal).toMatchObject({ distance_m: 0, percent: 0 })
  })
})

describe('the first walk of a year begins on 1 January, in Seoul', () => {
  it.each([
    ['2026-12-31 23:59:59', 0],
    ['2027-01-01 00:00:00', 1],
    ['2027-01-01 23:59:59', 1],
    ['2027-01-02 00:00:00', 0],
  ])('%s: %i', async (start, value) => {
    const owner = await signUp()
    await giveWalks(owner, [{ started_at: seoul(start) }])
    expect(await gained(owner, 'new_year_walks')).toBe(value)
  })
})

describe('birthdays of the pets that walked', () => {
  it.each([
    // born, walked, celebrated
    ['2020-11-18', '2026-11-17 23:59:59', 0],
    ['2020-11-18', '2026-11-18 00:00:00', 1],
    ['2020-11-18', '2026-11-18 23:59:59', 1],
    ['2020-11-18', '2026-11-19 00:00:00', 0],
    // The day of birth itself, and a day before it.
    ['2026-11-18', '2026-11-18 12:00:00', 1],
    ['2026-11-18', '2025-11-18 12:00:00', 0],
    // 29 February is celebrated on the 28th, but in leap years.
    ['2024-02-29', '2027-02-27 12:00:00', 0],
    ['2024-02-29', '2027-02-28 12:00:00', 1],
    ['2024-02-29', '2027-03-01 12:00:00', 0],
    ['2024-02-29', '2028-02-28 12:00:00', 0],
    ['2024-02-29', '2028-02-29 12:00:00', 1],
    ['2024-02-28', '2028-02-29 12:00:00', 0],
  ])('born on %s, walked at %s: %i', async (birth_date, start, value) => {
    const owner = await signUp()
    const then = owner.with({ now: () => seoul('2028-12-01 12:00:00') })
    await giveWalks(owner, [{ started_at: seoul(start) }], [await addPet(then, { birth_date })])
    expect(await gained(owner, 'birthday_walks')).toBe(value)
  })

  it('a walk with two that were born that day is one, and one that stayed at home celebrates nothing', async () => {
    const owner = await signUp()
    const born = { birth_date: '2020-11-18' }
    const [one, two, three] = [await addPet(owner, born), await addPet(owner, born), await addPet(owner)]
    await giveWalks(owner, [{ started_at: seoul('2026-11-18 12:00:00') }], [one, two])
    await giveWalks(owner, [{ started_at: seoul('2026-11-18 15:00:00') }], [three])
    expect(await gained(owner, 'birthday_walks')).toBe(1)
  })

  it('a date made of an age is nobody’s birthday', async () => {
    const owner = await signUp()
    const then = owner.with({ now: () => seoul('2026-11-18 12:00:00') })
    const pet = await addPet(then, { age_years: 2 })
    expect((await then.get(`/pets/${pet}`)).json).toMatchObject({ birth_date: '2024-11-18', is_birth_date_approximate: true })
    await walkFrom(owner, [pet], seoul('2026-11-18 12:00:00'))
    expect(await heldBy(owner)).not.toContain('sp_birthday')
  })

  it('another date counts the walks again, and gives the badge at once', async () => {
    const owner = await signUp()
    const pet = await addPet(owner, { birth_date: '2020-05-05' })
    await walkFrom(owner, [pet], seoul('2026-11-18 12:00:00'))
    expect(await heldBy(owner)).not.toContain('sp_birthday')
    await owner.patch(`/pets/${pet}`, { birth_date: '2020-11-18' })
    expect([await gained(owner, 'birthday_walks'), (await heldBy(owner)).includes('sp_birthday')]).toEqual([1, true])
    await owner.patch(`/pets/${pet}`, { age_years: 6 })
    expect([await gained(owner, 'birthday_walks'), (await heldBy(owner)).includes('sp_birthday')]).toEqual([0, true])
    await owner.patch(`/pets/${pet}`, { birth_date: null })
    expect(await gained(owner, 'birthday_walks')).toBe(0)
  })

  it('who walked decides, also when it is said later, and also of a pet that is no more', async () => {
    const owner = await signUp()
    const [born, other] = [await addPet(owner, { birth_date: '2020-11-18' }), await addPet(owner)]
    const { id } = await walkFrom(owner, [other], seoul('2026-11-18 12:00:00'))
    await owner.patch(`/walks/${id}`, { pet_ids: [born, other] })
    expect([await gained(owner, 'birthday_walks'), (await heldBy(owner)).includes('sp_birthday')]).toEqual([1, true])
    expect((await owner.delete(`/pets/${born}`)).status).toBe(204)
    await owner.delete(`/walks/${id}`)
    expect(await gained(owner, 'birthday_walks')).toBe(0)
    await owner.with({ now: () => seoul('2026-11-19 12:00:00') }).post(`/walks/${id}/restore`)
    expect(await gained(owner, 'birthday_walks')).toBe(1)
  })
})

describe('what falls from the sky, by KMA’s code or its name', () => {
  it.each([
    ['0', 0, 0],
    ['1', 1, 0],
    ['2', 1, 1],
    ['3', 0, 1],
    ['4', 1, 0],
    ['5', 1, 0],
    ['6', 1, 1],
    ['7', 0, 1],
    ['none', 0, 0],
    ['rain', 1, 0],
    ['rain_snow', 1, 1],
    ['snow', 0, 1],
    ['shower', 1, 0],
    ['drizzle', 1, 0],
    ['drizzle_snow', 1, 1],
    ['flurry', 0, 1],
    [1, 1, 0],
    [null, 0, 0],
  ])('pty %s: rain %i, snow %i', async (pty, rain, snow) => {
    const { rows } = await createTestDeps().db.execute(sql`
      SELECT gained.metric, gained.value
      FROM jsonb_populate_record(NULL::walks, ${JSON.stringify({ started_at: '2026-11-18T03:00:00Z', photo_count: 0, together_with: [], weather: { pty } })}) AS walk
      CROSS JOIN LATERAL walk_gains(walk) AS gained
      WHERE gained.metric IN ('rain_walks', 'snow_walks')
      ORDER BY gained.metric`)
    expect(rows).toEqual([
      { metric: 'rain_walks', value: rain },
      { metric: 'snow_walks', value: snow },
    ])
  })
})
