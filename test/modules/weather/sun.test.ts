import { expect, it } from 'vitest'
import { seoulDateTime } from '../../../src/core/time.ts'
import { daylightOf, isDark, sunAltitude } from '../../../src/modules/weather/sun.ts'
import { kst, SEOUL } from './examples.ts'

it.each([
  ['2024-06-21', '05:11:04', '19:56:47'],
  ['2024-12-21', '07:43:11', '17:17:14'],
  ['2026-10-02', '06:28:03', '18:14:26'],
])('the sun of %s in Seoul rises at %s and sets at %s', (date, sunrise, sunset) => {
  const daylight = daylightOf(date, SEOUL)!
  expect([seoulDateTime(daylight.sunrise), seoulDateTime(daylight.sunset)]).toEqual([`${date}T${sunrise}`, `${date}T${sunset}`])
})

it('half past midnight belongs to the day that has begun', () => {
  const at = kst('2026-10-02T00:30:00')
  expect(isDark(at, SEOUL)).toBe(true)
  expect(seoulDateTime(daylightOf('2026-10-02', SEOUL)!.sunrise).slice(0, 10)).toBe('2026-10-02')
})

it('is dark outside sunrise and sunset', () => {
  expect(['06:28:02', '06:28:04', '18:14:26', '18:14:27'].map((time) => isDark(kst(`2026-10-02T${time}`), SEOUL))).toEqual([
    true,
    false,
    false,
    true,
  ])
})

it('where the sun does not set, its height decides', () => {
  const pole = { lat: 89, lng: 0 }
  expect(daylightOf('2026-06-21', pole)).toBeNull()
  expect([isDark(kst('2026-06-21T00:30:00'), pole), isDark(kst('2026-12-21T12:30:00'), pole)]).toEqual([false, true])
})

it('heights are in degrees', () => {
  expect(sunAltitude(kst('2026-06-21T12:34:00'), SEOUL)).toBeCloseTo(90 - 37.5665 + 23.44, 0)
  expect(sunAltitude(kst('2026-06-21T00:34:00'), SEOUL)).toBeLessThan(-20)
})
