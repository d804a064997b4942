import { describe, expect, it } from 'vitest'
import { isTimeValid, planDates, sizeOf } from '../../../src/modules/meetups/rules.ts'

const NOW = new Date('2026-12-01T00:00:00Z')
const after = (ms: number) => new Date(NOW.getTime() + ms)
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

it('a meetup begins half an hour to sixty days ahead, by a phone that is a minute slow', () => {
  expect([29 * MINUTE_MS, 60 * DAY_MS].map((ms) => isTimeValid(after(ms), NOW))).toEqual([true, true])
  expect([29 * MINUTE_MS - 1, 60 * DAY_MS + 1, 0, -1].map((ms) => isTimeValid(after(ms), NOW))).toEqual([false, false, false, false])
})

it('a category of a size is for pets of that size, unless another is named', () => {
  expect((['all', 'small', 'medium', 'large', 'breed'] as const).map((category) => sizeOf(category, undefined))).toEqual([
    null,
    'small',
    'medium',
    'large',
    null,
  ])
  expect(sizeOf('small', 'large')).toBe('large')
  expect(sizeOf('all', 'medium')).toBe('medium')
})

describe('the dates of a meetup', () => {
  it('are one, to the minute, without a rule', () => {
    expect(planDates(new Date('2026-12-05T01:00:59Z'), null, NOW)).toEqual({
      starts_on: '2026-12-05',
      starts_time: '10:00',
      slots: ['2026-12-05T01:00:00.000Z'],
      made_until: null,
    })
  })

  it('stand until the 56th day after today, today’s being Seoul’s, and the first one always', () => {
    const made = (first: string, rule: string, now = NOW) => {
      const plan = planDates(new Date(first), rule, now)!
      return [plan.slots.length, plan.slots.at(-1)!.slice(0, 10), plan.made_until]
    }
    expect(made('2026-12-01T01:00:00Z', 'FREQ=WEEKLY')).toEqual([9, '2027-01-26', '2027-01-26'])
    expect(made('2026-12-02T01:00:00Z', 'FREQ=WEEKLY')).toEqual([8, '2027-01-20', '2027-01-26'])
    // Still the first of December in UTC, and the second in Seoul.
    expect(made('2026-12-02T01:00:00Z', 'FREQ=WEEKLY', new Date('2026-12-01T15:00:00Z'))).toEqual([9, '2027-01-27', '2027-01-27'])
    expect(made('2026-12-05T01:00:00Z', 'FREQ=WEEKLY;INTERVAL=4')).toEqual([2, '2027-01-02', '2027-01-26'])
    expect(made('2027-01-26T01:00:00Z', 'FREQ=WEEKLY')).toEqual([1, '2027-01-26', '2027-01-26'])
    expect(made('2027-01-29T01:00:00Z', 'FREQ=WEEKLY;BYDAY=FR,SA')).toEqual([1, '2027-01-29', '2027-01-29'])
  })

  it('fall on Seoul’s days: Monday at six in the morning is Sunday in UTC', () => {
    const plan = planDates(new Date('2026-12-06T21:00:00Z'), 'FREQ=WEEKLY;BYDAY=MO;COUNT=3', NOW)!
    expect(plan).toMatchObject({ starts_on: '2026-12-07', starts_time: '06:00' })
    expect(plan.slots).toEqual(['2026-12-06T21:00:00.000Z', '2026-12-13T21:00:00.000Z', '2026-12-20T21:00:00.000Z'])
    expect(planDates(new Date('2026-12-06T21:00:00Z'), 'FREQ=WEEKLY;BYDAY=SU', NOW)).toBeNull()
  })
})
