import { describe, expect, it } from 'vitest'
import type { ForecastHour, Sky } from '../../../../src/core/weather.ts'
import type { HourFacts, PetFacts } from '../../../../src/modules/weather/paw-index/facts.ts'
import { judgePavement, pavementTemp } from '../../../../src/modules/weather/paw-index/pavement.ts'
import { expected, factsAt, UNKNOWN_PET } from '../examples.ts'

const NOON = '2026-07-20T13:00:00'
const tempAt = (time: string, weather: Partial<ForecastHour>, more?: Partial<HourFacts>) => pavementTemp(factsAt(time, weather, more))

describe('the temperature of asphalt', () => {
  it.each([
    ['2026-07-20T10:00:00', 29, 'clear', 48.3],
    ['2026-07-20T13:00:00', 32, 'clear', 59.2],
    ['2026-07-20T18:00:00', 31, 'clear', 43.6],
    ['2026-07-20T22:00:00', 28, 'clear', 28],
    ['2026-07-20T13:00:00', 30, 'overcast', 40],
    ['2026-04-15T13:00:00', 20, 'clear', 45],
    ['2026-01-15T13:00:00', 0, 'clear', 13.7],
    ['2026-05-20T13:00:00', 25, 'clear', 52.1],
    ['2026-10-02T13:00:00', 20, 'clear', 41],
  ] as [string, number, Sky, number][])('at %s, %d °C and %s, is %d', (time, temp, sky, asphalt) => {
    expect(Math.abs(tempAt(time, { temp, sky })! - asphalt)).toBeLessThanOrEqual(0.051)
  })

  it('lags the sun', () => {
    const excess = (time: string) => tempAt(time, { temp: 0, sky: 'clear' })!
    // Both are an hour and a half off the noon of the sun.
    expect(excess('2026-07-20T14:06:00')).toBeGreaterThan(excess('2026-07-20T11:06:00') + 1)
    expect(excess('2026-07-20T20:30:00')).toBeGreaterThan(0)
  })

  it('takes the sky of each of the three hours', () => {
    const sunny = { temp: 30, sky: 'clear' } as const
    const cloudy = expected('2026-07-20T12:00:00', { sky: 'overcast' })
    const bright = expected('2026-07-20T12:00:00', { sky: 'clear' })
    const all = tempAt(NOON, sunny, { before: [bright, bright] })!
    const [first, both] = [tempAt(NOON, sunny, { before: [cloudy, bright] })!, tempAt(NOON, sunny, { before: [cloudy, cloudy] })!]
    expect(all).toBeGreaterThan(first)
    expect(first).toBeGreaterThan(both)
    expect(tempAt(NOON, sunny)).toBe(all)
    expect(tempAt(NOON, sunny, { before: [cloudy, null] })).toBe(both)
    const half = tempAt(NOON, { temp: 30, sky: 'mostly_cloudy' })!
    expect(half - 30).toBeCloseTo(0.777 * (all - 30), 0)
  })

  it('is that of the air and two degrees where it rains or has just rained', () => {
    const wet = [{ pty: 'rain' }, { pty: 'snow' }, { rain_mm: { min: 0.5, max: 0.5 } }] as const
    for (const weather of wet) {
      expect(tempAt(NOON, { temp: 30, sky: 'clear', ...weather })).toBe(32)
      expect(tempAt(NOON, { temp: 30, ...weather })).toBe(32)
      expect(tempAt(NOON, { temp: 30, sky: 'clear' }, { before: [expected(NOON, weather), null] })).toBe(32)
    }
    const earlier = tempAt(NOON, { temp: 30, sky: 'clear' }, { before: [null, expected(NOON, { pty: 'rain' })] })
    expect(earlier).toBe(tempAt(NOON, { temp: 30, sky: 'clear' }))
    expect(tempAt(NOON, { temp: 30, sky: 'clear', pty: 'none', rain_mm: { min: 0, max: 1 } })).toBe(earlier)
  })

  it('is unknown where the sky of a sunny hour is, and known at night', () => {
    expect(tempAt(NOON, { temp: 30 })).toBeNull()
    expect(tempAt(NOON, { temp: 30 }, { before: [expected(NOON, { sky: 'clear' }), null] })).toBeNull()
    expect(tempAt('2026-07-20T23:00:00', { temp: 30 })).toBe(30)
    // The sun has set at 19:50, and the hour before was sunny.
    expect(tempAt('2026-07-20T20:00:00', { temp: 30 })).toBeNull()
    expect(tempAt('2026-07-20T20:00:00', { temp: 30 }, { before: [expected(NOON, { sky: 'clear' }), null] })).toBeGreaterThan(30)
  })

  it('is unknown without a temperature', () => {
    expect(tempAt(NOON, { sky: 'clear' })).toBeNull()
    expect(tempAt(NOON, {}, { hour: null })).toBeNull()
  })
})

describe('the part of the pavement', () => {
  // In the rain asphalt has exactly two degrees more than the air.
  const part = (asphalt: number, pet: Partial<PetFacts> = {}) =>
    judgePavement({ ...UNKNOWN_PET, ...pet }, factsAt(NOON, { temp: asphalt - 2, pty: 'rain' }))

  it.each([
    [42.9, 0, null],
    [43, 1, '손등을 바닥에 7초 대 보세요'],
    [47.9, 1, '손등을 바닥에 7초 대 보세요'],
    [48, 2, '흙길이나 그늘로 걸어요'],
    [51.9, 2, '흙길이나 그늘로 걸어요'],
    [52, 3, '발바닥 화상 위험! 바닥이 52도예요'],
    [59.2, 3, '발바닥 화상 위험! 바닥이 59도예요'],
  ])('%d °C is level %d: %s', (asphalt, level, message) => {
    expect(part(asphalt)).toEqual({ part: 'pavement', level, value: asphalt, unit: '°C', message, is_info: false })
  })

  it('begins two degrees earlier for puppies under six months', () => {
    const puppy = { birth_date: '2026-01-21' }
    expect([40.9, 41, 45.9, 46, 49.9, 50].map((asphalt) => part(asphalt, puppy).level)).toEqual([0, 1, 1, 2, 2, 3])
    expect(part(50, puppy).message).toBe('발바닥 화상 위험! 바닥이 50도예요')
    expect(part(41, { birth_date: '2026-01-20' }).level).toBe(0)
  })

  it('says so where it is unknown', () => {
    expect(judgePavement(UNKNOWN_PET, factsAt(NOON, { temp: 30 }))).toMatchObject({
      level: null,
      value: null,
      message: '하늘 상태를 몰라 바닥 온도를 알 수 없어요',
    })
    expect(judgePavement(UNKNOWN_PET, factsAt(NOON, {}))).toMatchObject({ level: null, value: null, message: null })
  })
})
