import { afterAll, expect, it } from 'vitest'
import { datesOf, parseRecurrence, slotOf } from '../../../src/modules/meetups/series/recurrence.ts'

const zone = process.env.TZ
afterAll(() => {
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
})

it.each([
  ['Asia/Seoul', -540],
  ['UTC', 0],
  ['America/Los_Angeles', 480],
  ['Pacific/Kiritimati', -840],
])('a series is the same in a process of %s', (name, offset) => {
  process.env.TZ = name
  expect(new Date('2026-12-05T00:00:00Z').getTimezoneOffset()).toBe(offset)
  const dates = datesOf(parseRecurrence('FREQ=WEEKLY;BYDAY=SA,SU', '2026-12-26')!, '2026-12-26', '2026-12-26', '2027-01-09')
  expect(dates).toEqual(['2026-12-26', '2026-12-27', '2027-01-02', '2027-01-03', '2027-01-09'])
  expect(dates.map((date) => slotOf(date, '00:30'))[0]).toBe('2026-12-25T15:30:00.000Z')
})
