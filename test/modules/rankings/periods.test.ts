import { describe, expect, it } from 'vitest'
import { fromSeoulDate, seoulDate } from '../../../src/core/time.ts'
import { periodAt, periodBefore, periodNamed, periodsEndedBefore, quarterEndedBy } from '../../../src/modules/rankings/periods.ts'
import { createTestDeps } from '../../support/api.ts'

const at = (seoulTime: string) => new Date(`${seoulTime}+09:00`)

describe('weeks', () => {
  it.each([
    ['2026-11-23T00:00:00', '2026-W48', '2026-11-23'],
    ['2026-11-22T23:59:59', '2026-W47', '2026-11-16'],
    ['2027-01-03T12:00:00', '2026-W53', '2026-12-28'],
    ['2027-01-04T00:00:00', '2027-W01', '2027-01-04'],
    ['2024-12-31T09:00:00', '2025-W01', '2024-12-30'],
  ])('begin on Monday 00:00 in Seoul: %s lies in %s', (time, key, from_day) => {
    expect(periodAt('weekly', at(time))).toMatchObject({ key, from_day })
  })

  it('close at noon of the Monday after', () => {
    expect(periodAt('weekly', at('2026-11-25T10:00:00')).closes_at).toEqual(at('2026-11-30T12:00:00'))
  })
})

describe('months', () => {
  it.each([
    ['2026-11-30T23:59:59', '2026-11', '2026-12-01', '2026-12-07T12:00:00'],
    ['2028-02-29T12:00:00', '2028-02', '2028-03-01', '2028-03-06T12:00:00'],
    // 1 June 2026 is a Monday itself.
    ['2026-05-31T12:00:00', '2026-05', '2026-06-01', '2026-06-01T12:00:00'],
  ])('%s lies in %s, which closes at noon of the Monday on or after its end', (time, key, end_day, closes) => {
    expect(periodAt('monthly', at(time))).toMatchObject({ key, end_day, closes_at: at(closes) })
  })
})

it('a period is found by its key, and any other key finds none', () => {
  for (const key of ['2026-W01', '2026-W48', '2026-W53']) expect(periodNamed('weekly', key)?.key).toBe(key)
  expect(periodNamed('monthly', '2026-11')?.key).toBe('2026-11')
  for (const key of ['2026-W00', '2025-W53', '2026-W54', '2026-48', 'all', '', '2026-11']) expect(periodNamed('weekly', key)).toBeNull()
  for (const key of ['2026-00', '2026-13', '2026-W11', '20261']) expect(periodNamed('monthly', key)).toBeNull()
})

it('the period before ends where the period begins', () => {
  for (const kind of ['weekly', 'monthly'] as const) {
    let period = periodAt(kind, at('2027-03-15T08:00:00'))
    for (let n = 0; n < 60; n++) {
      const before = periodBefore(period)
      expect(before.end_day).toBe(period.from_day)
      period = before
    }
  }
})

it('a cron catches up with weeks and months that have ended, and with none that goes on', () => {
  const ended = periodsEndedBefore(at('2026-11-30T00:00:00')).map(({ key }) => key)
  expect(ended).toContain('2026-W48')
  expect(ended).toContain('2026-10')
  expect(ended).not.toContain('2026-11')
  expect(ended).not.toContain('2026-W49')
})

it('a quarter is over with its third month', () => {
  expect(quarterEndedBy(periodAt('monthly', at('2026-12-05T00:00:00')))).toEqual({
    key: '2026-Q4',
    months: ['2026-10', '2026-11', '2026-12'],
  })
  expect(quarterEndedBy(periodAt('monthly', at('2026-11-05T00:00:00')))).toBeNull()
})

it('the database knows the same periods, day by day over nine years', async () => {
  const { rows } = await createTestDeps().db.execute<{
    day: string
    period_key: string
    from_day: string
    end_day: string
    closes: string
  }>(`
    SELECT day::date::text AS day, period.period_key, period.from_day::text, period.end_day::text, to_json(period.closes_at) #>> '{}' AS closes
    FROM generate_series('2023-12-20'::date, '2032-12-31', '1 day') AS day
    CROSS JOIN LATERAL ranking_periods_of(day::date) AS period`)
  expect(rows.length).toBeGreaterThan(6_000)
  for (const { day, period_key, from_day, end_day, closes } of rows) {
    const kind = period_key.includes('W') ? 'weekly' : 'monthly'
    const noon = new Date(fromSeoulDate(day).getTime() + 12 * 3_600_000)
    expect(seoulDate(noon)).toBe(day)
    expect(periodAt(kind, noon)).toEqual({ kind, key: period_key, from_day, end_day, closes_at: new Date(closes) })
  }
})
