import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PRECIPITATIONS, SKIES, WARNING_KINDS, WARNING_LEVELS } from '../../../../src/core/weather.ts'
import { type Conditions, judgeSuitability } from '../../../../src/modules/weather/outlook/suitability.ts'
import { suitabilitySchema } from '../../../../src/modules/weather/outlook/schema.ts'

const FINE: Conditions = {
  temp: 18,
  pty: 'none',
  sky: 'clear',
  pm10: 20,
  pm25: 10,
  lightning: null,
  warnings: [],
  is_coastal: false,
}
const NOTHING: Conditions = { ...FINE, temp: null, pty: null, sky: null, pm10: null, pm25: null }
const judge = (more: Partial<Conditions>, conditions = FINE) => judgeSuitability({ ...conditions, ...more })
const level = (more: Partial<Conditions>) => judge(more).level

it('has words and a colour for each level', () => {
  expect(judge({})).toEqual({ level: 'optimal', message: '산책하기 좋은 날이에요!', color: '#10B981', reasons: [] })
  expect(judge({ sky: 'overcast' })).toEqual({
    level: 'moderate',
    message: '산책 가능하지만 날씨를 확인하세요',
    color: '#F59E0B',
    reasons: [],
  })
  expect(judge({ pm25: 36 })).toEqual({ level: 'caution', message: '미세먼지 주의!', color: '#EF4444', reasons: ['dust'] })
  expect(judge({}, NOTHING)).toEqual({ level: null, message: null, color: null, reasons: [] })
})

describe('edges', () => {
  it.each([
    [-0.1, 'caution'],
    [0, 'caution'],
    [0.1, 'moderate'],
    [9.9, 'moderate'],
    [10, 'optimal'],
    [25, 'optimal'],
    [25.1, 'moderate'],
    [34.9, 'moderate'],
    [35, 'caution'],
  ])('%d °C is %s', (temp, expected) => {
    expect(level({ temp })).toBe(expected)
  })

  it.each([
    ['pm10', 30, 'optimal'],
    ['pm10', 31, 'moderate'],
    ['pm10', 80, 'moderate'],
    ['pm10', 81, 'caution'],
    ['pm25', 15, 'optimal'],
    ['pm25', 16, 'moderate'],
    ['pm25', 35, 'moderate'],
    ['pm25', 36, 'caution'],
  ] as const)('%s %d is %s', (pollutant, value, expected) => {
    expect(level({ [pollutant]: value })).toBe(expected)
  })

  it.each([
    ['clear', 'optimal'],
    ['mostly_cloudy', 'moderate'],
    ['overcast', 'moderate'],
  ] as const)('a sky that is %s is %s', (sky, expected) => {
    expect(level({ sky })).toBe(expected)
  })
})

describe('what is missing', () => {
  it.each(['pty', 'sky', 'pm10', 'pm25'] as const)('without %s nothing is optimal', (field) => {
    expect(level({ [field]: null })).toBe('moderate')
  })

  it('a temperature alone is moderate, and everything but it is unknown', () => {
    expect(judge({ temp: 18 }, NOTHING).level).toBe('moderate')
    expect(judge({ temp: null }).level).toBeNull()
    expect(judge({ pty: 'none' }, NOTHING).level).toBeNull()
  })

  it('what is known still asks for care', () => {
    expect(judge({ pm10: 200 }, NOTHING)).toMatchObject({ level: 'caution', message: '미세먼지 주의!', reasons: ['dust'] })
    expect(judge({ pty: 'shower' }, NOTHING)).toMatchObject({ level: 'caution', message: '비가 와요' })
  })
})

describe('reasons', () => {
  it.each([
    ['rain', '비가 와요'],
    ['shower', '비가 와요'],
    ['drizzle', '비가 와요'],
    ['rain_snow', '눈이 와요'],
    ['snow', '눈이 와요'],
    ['drizzle_snow', '눈이 와요'],
    ['flurry', '눈이 와요'],
  ] as const)('%s: %s', (pty, message) => {
    expect(judge({ pty })).toMatchObject({ level: 'caution', message })
  })

  it('are all there, and the message is the first', () => {
    const warnings = [{ kind: 'heavy_snow', level: 'warning' }] as const
    const all = judge({ pty: 'snow', temp: -3, pm10: 90, lightning: 0.2, warnings })
    expect(all).toMatchObject({ message: '눈이 와요', reasons: ['snow', 'cold', 'dust', 'lightning', 'warning'] })
    expect(judge({ temp: 36, pty: 'rain', pm25: 40 })).toMatchObject({ message: '비가 와요', reasons: ['rain', 'hot', 'dust'] })
    expect(judge({ temp: 36, pm25: 40 })).toMatchObject({ message: '너무 더워요', reasons: ['hot', 'dust'] })
    expect(judge({ temp: 0, pm25: 40 })).toMatchObject({ message: '너무 추워요', reasons: ['cold', 'dust'] })
  })

  it('lightning and grave warnings have words of their own', () => {
    expect(judge({ lightning: 0.1 })).toMatchObject({ level: 'caution', message: '번개가 쳐요', reasons: ['lightning'] })
    expect(judge({ lightning: 0 }).level).toBe('optimal')
    expect(judge({ warnings: [{ kind: 'heavy_rain', level: 'warning' }] })).toMatchObject({
      level: 'caution',
      message: '호우경보 발효 중',
      reasons: ['warning'],
    })
  })

  it('a warning that is less grave, or of the sea, or for small pets, is none', () => {
    for (const kind of ['heavy_rain', 'cold_wave', 'dry', 'storm_surge', 'fog'] as const)
      expect(level({ warnings: [{ kind, level: 'advisory' }] })).toBe('optimal')
    expect(level({ warnings: [{ kind: 'storm_surge', level: 'advisory' }], is_coastal: true })).toBe('caution')
    expect(level({ warnings: [{ kind: 'typhoon', level: 'advisory' }] })).toBe('caution')
  })
})

it('forgetting something never makes the weather better', () => {
  const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary)
  const conditions = fc.record({
    temp: orNull(fc.integer({ min: -200, max: 400 }).map((tenths) => tenths / 10)),
    pty: orNull(fc.constantFrom(...PRECIPITATIONS)),
    sky: orNull(fc.constantFrom(...SKIES)),
    pm10: orNull(fc.integer({ min: 0, max: 300 })),
    pm25: orNull(fc.integer({ min: 0, max: 150 })),
    lightning: orNull(fc.constantFrom(0, 0.3)),
    warnings: fc.array(fc.record({ kind: fc.constantFrom(...WARNING_KINDS), level: fc.constantFrom(...WARNING_LEVELS) }), { maxLength: 2 }),
    is_coastal: fc.boolean(),
  })
  fc.assert(
    fc.property(conditions, fc.constantFrom('temp', 'pty', 'sky', 'pm10', 'pm25'), (known, forgotten) => {
      const [before, after] = [judgeSuitability(known), judgeSuitability({ ...known, [forgotten]: null })]
      expect(suitabilitySchema.parse(before)).toEqual(before)
      expect(before.level === 'caution').toBe(before.reasons.length > 0)
      expect(before.message === null).toBe(before.level === null)
      if (known[forgotten] !== null) expect(after.level).not.toBe('optimal')
      expect(before.reasons).toEqual(expect.arrayContaining(after.reasons))
    }),
  )
})
