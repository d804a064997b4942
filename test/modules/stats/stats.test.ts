import { describe, expect, it } from 'vitest'
import { giveWalks, seoul } from '../../support/facts.ts'
import { signUp } from '../../support/login.ts'
import { addPet } from '../../support/walks.ts'
import { givePremium } from '../../support/walkers.ts'

const NOW = seoul('2026-11-18 12:00:00')

async function walker() {
  const person = await signUp()
  return { ...person, at: person.with({ now: () => NOW }) }
}

describe('GET /walks/stats', () => {
  it('shows the week for nothing, against as many days of the week before', async () => {
    const owner = await walker()
    const [, , longest] = await giveWalks(owner, [
      { started_at: seoul('2026-11-09 09:00:00'), distance_m: 1_000 },
      { started_at: seoul('2026-11-12 09:00:00'), distance_m: 9_000 },
      { started_at: seoul('2026-11-16 09:00:00'), distance_m: 2_000, duration_sec: 1_000 },
      { started_at: seoul('2026-11-16 19:00:00'), distance_m: 500, duration_sec: 300 },
      { started_at: seoul('2026-11-18 00:10:00'), distance_m: 735, duration_sec: 400 },
    ])
    const { json } = await owner.at.get('/walks/stats')
    expect(json).toMatchObject({
      range: 'week',
      from: '2026-11-16',
      to: '2026-11-22',
      totals: { distance_m: 3_235, duration_sec: 1_700, walk_count: 3, walked_days: 2 },
      per_walked_day_m: 1_618,
      longest: { walk_id: longest, distance_m: 2_000 },
      previous: { from: '2026-11-09', to: '2026-11-11', distance_m: 1_000, walk_count: 1, walked_days: 1 },
      change_percent: 224,
    })
    expect(json.buckets).toHaveLength(7)
    expect(json.buckets[0]).toMatchObject({ from: '2026-11-16', to: '2026-11-16', walk_count: 2 })
    // A week that is over is compared with a whole one.
    expect((await owner.at.get('/walks/stats?range=week&at=2026-11-15')).json).toMatchObject({
      from: '2026-11-09',
      to: '2026-11-15',
      totals: { distance_m: 10_000 },
      previous: { from: '2026-11-02', to: '2026-11-08', distance_m: 0 },
      change_percent: null,
    })
  })

  it.each(['month', '3months', '6months', 'year'])('keeps %s for premium', async (range) => {
    const owner = await walker()
    expect(await owner.at.get(`/walks/stats?range=${range}`)).toMatchObject({ status: 403, json: { code: 'premium_required' } })
    await givePremium(owner)
    expect((await owner.at.get(`/walks/stats?range=${range}`)).status).toBe(200)
  })

  it.each([
    ['month', '2026-11-18', '2026-11-01', '2026-11-30', '2026-10-01', '2026-10-18', 30],
    ['3months', '2026-11-18', '2026-09-01', '2026-11-30', '2026-06-01', '2026-08-18', 14],
    ['6months', '2026-11-18', '2026-06-01', '2026-11-30', '2025-12-01', '2026-05-20', 27],
    ['year', '2026-11-18', '2026-01-01', '2026-12-31', '2025-01-01', '2025-11-18', 12],
    ['month', '2026-03-31', '2026-03-01', '2026-03-31', '2026-02-01', '2026-02-28', 31],
    ['month', '2026-03-30', '2026-03-01', '2026-03-31', '2026-02-01', '2026-02-28', 31],
    ['month', '2024-03-29', '2024-03-01', '2024-03-31', '2024-02-01', '2024-02-29', 31],
    ['year', '2024-12-30', '2024-01-01', '2024-12-31', '2023-01-01', '2023-12-31', 12],
  ])('%s of %s is %s to %s, against %s to %s, in %i parts', async (range, today, from, to, previousFrom, previousTo, parts) => {
    const owner = await signUp()
    await givePremium(owner)
    const { json } = await owner.with({ now: () => seoul(`${today} 23:59:59`) }).get(`/walks/stats?range=${range}`)
    expect(json).toMatchObject({ from, to, previous: { from: previousFrom, to: previousTo }, longest: null, change_percent: null })
    expect(json.buckets).toHaveLength(parts)
    expect(json.buckets[0].from).toBe(from)
    expect(json.buckets.at(-1).to).toBe(to)
  })

  it('answers for every day of a period that has begun, and for none that has not', async () => {
    const owner = await walker()
    await givePremium(owner)
    for (const [range, at] of [
      ['week', '2026-11-22'],
      ['month', '2026-11-30'],
      ['6months', '2026-11-30'],
      ['year', '2026-12-31'],
    ]) {
      const { json } = await owner.at.get(`/walks/stats?range=${range}&at=${at}`)
      expect(json).toEqual((await owner.at.get(`/walks/stats?range=${range}`)).json)
      expect(json.to).toBe(at)
    }
    for (const query of ['range=week&at=2026-11-23', 'range=month&at=2026-12-01', 'range=year&at=2027-01-01'])
      expect(await owner.at.get(`/walks/stats?${query}`)).toMatchObject({ status: 422, json: { code: 'period_out_of_reach' } })
  })

  it('knows one’s own pets, and no others', async () => {
    const [owner, other] = await Promise.all([walker(), walker()])
    const [pet, second, theirs] = await Promise.all([addPet(owner), addPet(owner), addPet(other)])
    await giveWalks(owner, [{ started_at: seoul('2026-11-17 09:00:00'), distance_m: 1_000 }], [pet])
    await giveWalks(owner, [{ started_at: seoul('2026-11-17 12:00:00'), distance_m: 3_000 }], [second])
    expect((await owner.at.get(`/walks/stats?pet_id=${pet}`)).json).toMatchObject({
      totals: { distance_m: 1_000, walk_count: 1 },
      longest: { distance_m: 1_000 },
    })
    for (const unknown of [theirs, crypto.randomUUID()])
      expect(await owner.at.get(`/walks/stats?pet_id=${unknown}`)).toMatchObject({ status: 404, json: { code: 'pet_not_found' } })
    await owner.delete(`/pets/${second}`)
    expect((await owner.at.get(`/walks/stats?pet_id=${second}`)).status).toBe(404)
  })

  it.each(['range=day', 'at=2026-02-30', 'at=1999-12-31', 'pet_id=x', 'at=2026-11-24', 'at=9999-12-31'])('refuses %s', async (query) => {
    const owner = await walker()
    expect((await owner.at.get(`/walks/stats?${query}`)).status).toBe(422)
  })
})

describe('GET /walks/calendar', () => {
  const dayOf = (json: any, day: string) => json.days.find((one: any) => one.day === day)

  it('counts a walk at 01:30 under its date, and lets it extend the streak of the day before', async () => {
    const owner = await walker()
    await giveWalks(owner, [
      { started_at: seoul('2026-10-31 09:00:00'), distance_m: 700 },
      { started_at: seoul('2026-11-02 01:30:00'), distance_m: 800 },
      { started_at: seoul('2026-11-10 09:00:00'), distance_m: 900 },
    ])
    const { json } = await owner.at.get('/walks/calendar?month=2026-11')
    expect(json.days.map(({ day }: any) => day)).toEqual(Array.from({ length: 30 }, (_, i) => `2026-11-${String(i + 1).padStart(2, '0')}`))
    expect(dayOf(json, '2026-11-01')).toEqual({ day: '2026-11-01', walk_count: 0, distance_m: 0, streak: 'end', rest_day: false })
    expect(dayOf(json, '2026-11-02')).toEqual({ day: '2026-11-02', walk_count: 1, distance_m: 800, streak: 'none', rest_day: false })
    expect(dayOf(json, '2026-11-10')).toMatchObject({ walk_count: 1, streak: 'single' })
    const { json: october } = await owner.at.get('/walks/calendar?month=2026-10')
    expect(dayOf(october, '2026-10-31')).toMatchObject({ walk_count: 1, streak: 'start' })
  })

  it('marks the rest day within a run', async () => {
    const owner = await walker()
    await givePremium(owner)
    await giveWalks(owner, [{ started_at: seoul('2026-11-03 09:00:00') }, { started_at: seoul('2026-11-05 09:00:00') }])
    const { json } = await owner.at.get('/walks/calendar?month=2026-11')
    expect([3, 4, 5].map((day) => json.days[day - 1]).map(({ streak, rest_day }: any) => [streak, rest_day])).toEqual([
      ['start', false],
      ['middle', true],
      ['end', false],
    ])
  })

  it('reaches 24 months to either side', async () => {
    const owner = await walker()
    for (const month of ['2024-11', '2028-11', '2028-02']) expect((await owner.at.get(`/walks/calendar?month=${month}`)).status).toBe(200)
    for (const month of ['2024-10', '2028-12'])
      expect(await owner.at.get(`/walks/calendar?month=${month}`)).toMatchObject({ status: 422, json: { code: 'period_out_of_reach' } })
    for (const month of ['2026-13', '2026-1', '']) expect((await owner.at.get(`/walks/calendar?month=${month}`)).status).toBe(422)
  })
})
