import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  datesOf,
  nextDatesOf,
  parseRecurrence,
  readRecurrence,
  slotOf,
  weekdayOf,
  writeRecurrence,
} from '../../../src/modules/meetups/series/recurrence.ts'

/** A Saturday. */
const START = '2026-12-05'
const NEVER = '2030-01-01'
const dates = (rule: string, startsOn = START, until = '2027-02-28', startsTime?: string) =>
  datesOf(parseRecurrence(rule, startsOn, startsTime)!, startsOn, startsOn, until)
const short = (list: string[]) => list.map((date) => date.slice(5)).join(' ')

describe('the dates of', () => {
  it.each([
    ['FREQ=WEEKLY', START, '2027-01-16', '12-05 12-12 12-19 12-26 01-02 01-09 01-16'],
    ['FREQ=WEEKLY;BYDAY=SA', START, '2027-01-09', '12-05 12-12 12-19 12-26 01-02 01-09'],
    ['BYDAY=SA;FREQ=WEEKLY', START, '2026-12-12', '12-05 12-12'],
    ['FREQ=WEEKLY;INTERVAL=1', START, '2026-12-19', '12-05 12-12 12-19'],
    ['FREQ=WEEKLY;INTERVAL=2', START, '2027-01-31', '12-05 12-19 01-02 01-16 01-30'],
    ['FREQ=WEEKLY;INTERVAL=3', START, '2027-02-28', '12-05 12-26 01-16 02-06 02-27'],
    ['FREQ=WEEKLY;INTERVAL=4', START, '2027-02-28', '12-05 01-02 01-30 02-27'],
    ['FREQ=WEEKLY;COUNT=2', START, NEVER, '12-05 12-12'],
    ['FREQ=WEEKLY;COUNT=6', START, NEVER, '12-05 12-12 12-19 12-26 01-02 01-09'],
    ['FREQ=WEEKLY;INTERVAL=4;COUNT=3', START, NEVER, '12-05 01-02 01-30'],
    ['FREQ=WEEKLY;BYDAY=SA,SU', START, '2026-12-20', '12-05 12-06 12-12 12-13 12-19 12-20'],
    ['FREQ=WEEKLY;BYDAY=SU,SA', START, '2026-12-20', '12-05 12-06 12-12 12-13 12-19 12-20'],
    ['FREQ=WEEKLY;BYDAY=SA,SU;COUNT=3', START, NEVER, '12-05 12-06 12-12'],
    // A week begins on Monday, so that the Sunday belongs to the Saturday before it.
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU', START, '2027-01-10', '12-05 12-06 12-19 12-20 01-02 01-03'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SA', START, '2027-01-10', '12-05 12-14 12-19 12-28 01-02'],
    ['FREQ=WEEKLY;BYDAY=MO,WE,FR', '2026-12-30', '2027-01-08', '12-30 01-01 01-04 01-06 01-08'],
    ['FREQ=WEEKLY;BYDAY=FR,WE,MO;COUNT=4', '2026-12-30', NEVER, '12-30 01-01 01-04 01-06'],
    ['FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;COUNT=8', '2026-12-28', NEVER, '12-28 12-29 12-30 12-31 01-01 01-02 01-03 01-04'],
    ['FREQ=WEEKLY;UNTIL=20261219', START, NEVER, '12-05 12-12 12-19'],
    ['FREQ=WEEKLY;UNTIL=20261218', START, NEVER, '12-05 12-12'],
    ['FREQ=WEEKLY;UNTIL=20261205', START, NEVER, '12-05'],
    ['FREQ=WEEKLY;UNTIL=20270102;BYDAY=SA', START, NEVER, '12-05 12-12 12-19 12-26 01-02'],
    ['FREQ=WEEKLY', '2028-02-29', '2028-03-15', '02-29 03-07 03-14'],
    ['FREQ=WEEKLY', '2027-02-22', '2027-03-08', '02-22 03-01 03-08'],
  ] as const)('%s from %s until %s', (rule, startsOn, until, expected) => {
    expect(short(dates(rule, startsOn, until))).toBe(expected)
  })

  it.each([
    ['20261219T100000', '12-05 12-12 12-19'],
    ['20261219T095959', '12-05 12-12'],
    ['20261219T010000Z', '12-05 12-12 12-19'],
    ['20261219T005959Z', '12-05 12-12'],
    ['20261218T160000Z', '12-05 12-12'],
    ['20261219T000000', '12-05 12-12'],
    ['20261219T235959Z', '12-05 12-12 12-19'],
  ])('a series at ten in Seoul until %s', (until, expected) => {
    expect(short(dates(`FREQ=WEEKLY;UNTIL=${until}`, START, NEVER, '10:00:00'))).toBe(expected)
  })

  it('until the end of a year is a whole year', () => {
    expect(dates('FREQ=WEEKLY;UNTIL=20271205', START, NEVER)).toHaveLength(53)
    expect(dates('FREQ=WEEKLY;COUNT=52', START, NEVER)).toHaveLength(52)
    expect(dates('FREQ=WEEKLY;INTERVAL=4;COUNT=52', START, '2035-01-01').at(-1)).toBe('2030-11-02')
  })
})

it.each([
  '',
  'FREQ=DAILY',
  'FREQ=MONTHLY;BYMONTHDAY=30',
  'FREQ=YEARLY',
  'freq=weekly',
  'RRULE:FREQ=WEEKLY',
  'FREQ=WEEKLY;',
  ';FREQ=WEEKLY',
  'FREQ=WEEKLY; INTERVAL=2',
  'FREQ=WEEKLY\nINTERVAL=2',
  'FREQ=WEEKLY\n',
  'FREQ=WEEKLY;FREQ=WEEKLY',
  'FREQ=WEEKLY,WEEKLY',
  'FREQ==WEEKLY',
  'FREQ=WEEKLY;INTERVAL=0',
  'FREQ=WEEKLY;INTERVAL=5',
  'FREQ=WEEKLY;INTERVAL=-1',
  'FREQ=WEEKLY;INTERVAL=1.5',
  'FREQ=WEEKLY;INTERVAL=',
  'FREQ=WEEKLY;INTERVAL=02',
  'FREQ=WEEKLY;INTERVAL=١',
  'FREQ=WEEKLY;INTERVAL=2;INTERVAL=2',
  'FREQ=WEEKLY;BYDAY=',
  'FREQ=WEEKLY;BYDAY=SU',
  'FREQ=WEEKLY;BYDAY=SA,SA',
  'FREQ=WEEKLY;BYDAY=SA,',
  'FREQ=WEEKLY;BYDAY=1SA',
  'FREQ=WEEKLY;BYDAY=-1SA',
  'FREQ=WEEKLY;BYDAY=토',
  'FREQ=WEEKLY;BYDAY=SA,XX',
  'FREQ=WEEKLY;COUNT=0',
  'FREQ=WEEKLY;COUNT=1',
  'FREQ=WEEKLY;COUNT=53',
  'FREQ=WEEKLY;COUNT=-1',
  'FREQ=WEEKLY;COUNT=1e1',
  'FREQ=WEEKLY;COUNT=4;UNTIL=20261219',
  'FREQ=WEEKLY;UNTIL=20261204',
  'FREQ=WEEKLY;UNTIL=20271206',
  'FREQ=WEEKLY;UNTIL=20270230',
  'FREQ=WEEKLY;UNTIL=2026-12-19',
  'FREQ=WEEKLY;UNTIL=20261219T250000Z',
  'FREQ=WEEKLY;UNTIL=20261219T006000Z',
  'FREQ=WEEKLY;UNTIL=20261219T000060Z',
  'FREQ=WEEKLY;UNTIL=20261219T1000',
  'FREQ=WEEKLY;UNTIL=20261205T005959Z',
  'FREQ=WEEKLY;BYHOUR=10',
  'FREQ=WEEKLY;WKST=SU',
  'FREQ=WEEKLY;BYSETPOS=1',
  'FREQ=WEEKLY;DTSTART=20261205T010000Z',
  'DTSTART;TZID=Asia/Seoul:20261205T100000\nRRULE:FREQ=WEEKLY',
  'FREQ=WEEKLY;TZID=Asia/Seoul',
  'FREQ=WEEKLY;constructor=1',
  'FREQ=WEEKLY;__proto__=1',
  'INTERVAL=2',
  'FREQ',
  '=',
  ' FREQ=WEEKLY',
  'FREQ=WEEKLY ',
  'FREQ= WEEKLY',
  'FREQ=Weekly',
  'ＦＲＥＱ=WEEKLY',
  'FREQ=WEEKLY;byday=SA',
  'FREQ=WEEKLY;BYDAY=sa',
  'FREQ=WEEKLY;BYDAY=SA SU',
  'FREQ=WEEKLY;BYDAY=SA;SU',
  'FREQ=WEEKLY;BYDAY=SA;BYDAY=SU',
  'FREQ=WEEKLY;;INTERVAL=2',
  'FREQ=WEEKLY;INTERVAL=+2',
  'FREQ=WEEKLY;INTERVAL=99999999999999999999',
  'FREQ=WEEKLY;INTERVAL=NaN',
  'FREQ=WEEKLY;INTERVAL=2;WKST=MO',
  'FREQ=WEEKLY;COUNT=',
  'FREQ=WEEKLY;COUNT=02',
  'FREQ=WEEKLY;COUNT=+4',
  'FREQ=WEEKLY;COUNT=4.0',
  'FREQ=WEEKLY;COUNT=100',
  'FREQ=WEEKLY;COUNT=999',
  'FREQ=WEEKLY;COUNT=1000',
  'FREQ=WEEKLY;COUNT=4;COUNT=4',
  'FREQ=WEEKLY;UNTIL=',
  'FREQ=WEEKLY;UNTIL=99991231',
  'FREQ=WEEKLY;UNTIL=20261332',
  'FREQ=WEEKLY;UNTIL=20270229',
  'FREQ=WEEKLY;UNTIL=20261219Z',
  'FREQ=WEEKLY;UNTIL=20261219T100000+0900',
  'FREQ=WEEKLY;BYMONTH=12',
  'FREQ=WEEKLY;EXDATE=20261212',
  'x'.repeat(100),
  'x'.repeat(101),
  `FREQ=WEEKLY;${'BYDAY=SA;'.repeat(20)}`,
  `FREQ=WEEKLY;BYDAY=${'SA,'.repeat(27)}SA`,
])('%j is not supported', (rule) => {
  expect(parseRecurrence(rule, START, '10:00')).toBeNull()
})

it('may be what is left of a series that was changed, and was asked for by nobody', () => {
  for (const [rule, count] of [
    ['FREQ=WEEKLY;COUNT=1', 1],
    // A year that began on 1 March, before a 29 February, and begins on 28 February now.
    ['FREQ=WEEKLY;UNTIL=20280229', 53],
  ] as const) {
    const startsOn = rule.includes('UNTIL') ? '2027-02-28' : START
    expect(parseRecurrence(rule, startsOn)).toBeNull()
    expect(datesOf(readRecurrence(rule, startsOn)!, startsOn, startsOn, NEVER)).toHaveLength(count)
  }
})

it('is one date when that is left of a series', () => {
  expect(datesOf(readRecurrence('FREQ=WEEKLY;COUNT=1', START)!, START, START, NEVER)).toEqual([START])
})

const days = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const
const DAY = 86_400_000

it('agrees with a plain count of days, from any date of it on', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2_000 }),
      fc.integer({ min: 1, max: 4 }),
      fc.subarray([...days]),
      fc.option(fc.integer({ min: 2, max: 52 })),
      fc.integer({ min: 0, max: 80 }),
      (offset, interval, others, count, week) => {
        const start = new Date(Date.UTC(2026, 0, 1) + offset * DAY)
        const startsOn = start.toISOString().slice(0, 10)
        const chosen = [...new Set([weekdayOf(startsOn), ...others])]
        const rule = `FREQ=WEEKLY;INTERVAL=${interval};BYDAY=${chosen.join(',')}${count === null ? '' : `;COUNT=${count}`}`
        const recurrence = parseRecurrence(rule, startsOn)!
        const monday = start.getTime() - ((start.getUTCDay() + 6) % 7) * DAY
        const all: string[] = []
        for (let at = start.getTime(); at < start.getTime() + 400 * DAY && all.length < (count ?? 1_000); at += DAY) {
          const date = new Date(at).toISOString().slice(0, 10)
          if (Math.floor((at - monday) / (7 * DAY)) % interval === 0 && chosen.includes(weekdayOf(date))) all.push(date)
        }
        const from = new Date(start.getTime() + week * 4 * DAY).toISOString().slice(0, 10)
        const until = new Date(start.getTime() + 399 * DAY).toISOString().slice(0, 10)
        const expected = all.filter((date) => date >= from)
        expect(datesOf(recurrence, startsOn, from, until)).toEqual(expected)
        expect(nextDatesOf(recurrence, startsOn, from, 5)).toEqual(datesOf(recurrence, startsOn, from, '2040-01-01').slice(0, 5))
        expect(readRecurrence(writeRecurrence(recurrence), startsOn)).toEqual(recurrence)
      },
    ),
    { numRuns: 300 },
  )
})

it('has the wall time of Seoul all year', () => {
  expect(slotOf('2026-12-05', '10:00:00')).toBe('2026-12-05T01:00:00.000Z')
  // Monday at six in Seoul is Sunday in UTC, and stays Monday.
  const mondays = datesOf(parseRecurrence('FREQ=WEEKLY;BYDAY=MO', '2026-12-07')!, '2026-12-07', '2026-12-07', '2027-01-11')
  expect(mondays.map((date) => slotOf(date, '06:00'))).toEqual([
    '2026-12-06T21:00:00.000Z',
    '2026-12-13T21:00:00.000Z',
    '2026-12-20T21:00:00.000Z',
    '2026-12-27T21:00:00.000Z',
    '2027-01-03T21:00:00.000Z',
    '2027-01-10T21:00:00.000Z',
  ])
})
