import { describe, expect, it } from 'vitest'
import { hasSnowedBy, mergeHours } from '../../../src/modules/weather/hours.ts'
import { expected, kst } from './examples.ts'

const measured = { hour: kst('2026-01-15T13:00:00').toISOString(), temp: -1, humidity: null, rn1: null, pty: null, wind_ms: null }

describe('the known hours', () => {
  it('are in order, and what was measured stands over what was expected', () => {
    const forecast = [
      expected('2026-01-15T14:00:00', { temp: 1 }),
      expected('2026-01-15T13:00:00', { temp: 5, humidity: 40, pty: 'rain', sky: 'clear', pop: 70, rain_mm: { min: 0, max: 1 } }),
    ]
    const hours = mergeHours([{ ...measured, hour: '2026-01-15T04:00:00Z', pty: 'none', rn1: 0, wind_ms: 3 }], forecast)
    expect(hours).toEqual([
      expected('2026-01-15T13:00:00', {
        temp: -1,
        humidity: 40,
        pty: 'none',
        sky: 'clear',
        wind_ms: 3,
        pop: 70,
        rain_mm: { min: 0, max: 0 },
      }),
      forecast[0],
    ])
  })

  it('know no more than somebody said', () => {
    expect(mergeHours([measured], [])).toEqual([expected('2026-01-15T13:00:00', { temp: -1 })])
    expect(mergeHours([{ ...measured, sky: 'overcast' }], [])[0]).toMatchObject({ sky: 'overcast', pop: null, rain_mm: null })
  })
})

describe('snow of the last 48 hours', () => {
  const at = kst('2026-01-15T13:00:00')
  const snow = (time: string) => hasSnowedBy(at, [expected(time, { pty: 'snow' })], null)

  it('begins 48 hours before and ends then', () => {
    expect(['2026-01-13T12:00:00', '2026-01-13T13:00:00', '2026-01-15T13:00:00', '2026-01-15T14:00:00'].map(snow)).toEqual([
      false,
      true,
      true,
      false,
    ])
  })

  it.each(['snow', 'flurry', 'rain_snow', 'drizzle_snow'] as const)('is also %s', (pty) => {
    expect(hasSnowedBy(at, [expected('2026-01-15T10:00:00', { pty })], null)).toBe(true)
  })

  it('is no rain, nothing unknown, and no band that may be none', () => {
    for (const weather of [{ pty: 'rain' }, {}, { snow_cm: { min: 0, max: 0.5 } }] as const)
      expect(hasSnowedBy(at, [expected('2026-01-15T10:00:00', weather)], null)).toBe(false)
    expect(hasSnowedBy(at, [expected('2026-01-15T10:00:00', { snow_cm: { min: 0.5, max: 1 } })], null)).toBe(true)
  })

  it('may be remembered otherwise', () => {
    expect(hasSnowedBy(at, [], kst('2026-01-14T13:00:00'))).toBe(true)
    expect(hasSnowedBy(at, [], kst('2026-01-13T12:59:00'))).toBe(false)
  })
})
