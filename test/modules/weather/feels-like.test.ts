import { expect, it } from 'vitest'
import { feelsLike } from '../../../src/modules/weather/feels-like.ts'
import { kst } from './examples.ts'

const [JULY, JANUARY] = [kst('2026-07-20T13:00:00'), kst('2026-01-15T13:00:00')]
const felt = (at: Date, temp: number | null, humidity: number | null, wind_ms: number | null = null) =>
  feelsLike({ at, temp, humidity, wind_ms })

it.each([
  [35, 55, 35],
  [35, 30, 32],
  [30, 55, 30],
  [28, 70, 29.3],
  [27, 80, 29],
  [24, 55, 24.1],
])('in summer %d °C at %d %% feel like %d', (temp, humidity, feels) => {
  expect(felt(JULY, temp, humidity)).toBe(feels)
})

it.each([
  [-14, 5, -22.45],
  [0, 3, -3.5],
  [-3, 4, -8],
  [-10, 3, -15.5],
])('in winter %d °C in %d m/s feel like %d', (temp, wind, feels) => {
  expect(Math.abs(felt(JANUARY, temp, null, wind)! - feels)).toBeLessThanOrEqual(0.051)
})

it('the formulas have their ranges', () => {
  expect(felt(JULY, 19.9, 90)).toBe(19.9)
  expect(felt(JULY, 20, 90)).not.toBe(20)
  expect(felt(JANUARY, 10.1, null, 9)).toBe(10.1)
  expect(felt(JANUARY, 10, null, 9)).toBeLessThan(10)
  expect(felt(JANUARY, 0, null, 1.2)).toBe(0)
  expect(felt(JANUARY, 0, null, 1.3)).toBeLessThan(0)
})

it('the season is that of Seoul', () => {
  expect(felt(kst('2026-05-01T00:00:00'), 25, 90)).toBeGreaterThan(25)
  expect(felt(kst('2026-04-30T23:59:59'), 25, 90)).toBe(25)
  expect(felt(kst('2026-09-30T23:59:59'), 25, 90)).toBeGreaterThan(25)
  expect(felt(kst('2026-10-01T00:00:00'), 25, 90)).toBe(25)
})

it('what is missing is missing', () => {
  expect(felt(JULY, null, 50, 2)).toBeNull()
  expect(felt(JULY, 30, null, 2)).toBeNull()
  expect(felt(JULY, 15, null, null)).toBe(15)
  expect(felt(JANUARY, 5, 50, null)).toBeNull()
  expect(felt(JANUARY, 15, null, null)).toBe(15)
})

it('zero has no sign', () => {
  expect(Object.is(felt(JANUARY, -0.04, null, 0), 0)).toBe(true)
})
