import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PRECIPITATIONS, SKIES, WARNING_KINDS, WARNING_LEVELS } from '../../../../src/core/weather.ts'
import type { HourFacts, PetFacts } from '../../../../src/modules/weather/paw-index/facts.ts'
import { pawIndex } from '../../../../src/modules/weather/paw-index/paw-index.ts'
import { pawIndexSchema } from '../../../../src/modules/weather/paw-index/schema.ts'
import { expected, factsAt, UNKNOWN_PET } from '../examples.ts'

const dog = (more: Partial<PetFacts> = {}): PetFacts => ({
  ...UNKNOWN_PET,
  size: 'small',
  weight_kg: 8,
  birth_date: '2022-03-01',
  ...more,
})
const FRENCH_BULLDOG = dog({ size: 'medium', weight_kg: 12, is_brachycephalic: true })
const HUSKY = dog({ size: 'large', weight_kg: 27, has_double_coat: true })
const CLEAN = { pm10: 20, pm25: 10 }

function indexOf(pet: PetFacts, facts: HourFacts) {
  const index = pawIndex(pet, facts)
  expect(pawIndexSchema.parse(index)).toEqual(index)
  const gravest = index.parts.filter(({ level, is_info }) => !is_info && level !== null && level > 0 && level === index.level)
  return { level: index.level, message: index.message, parts: gravest.map(({ part }) => part), index }
}
const valueOf = ({ index }: ReturnType<typeof indexOf>, part: string) => index.parts.find((one) => one.part === part)?.value

describe('dogs in the weather', () => {
  it('20 °C on a clear day of October is fine', () => {
    const found = indexOf(dog(), factsAt('2026-10-02T13:00:00', { temp: 20, sky: 'clear' }, CLEAN))
    expect(found).toMatchObject({ level: 0, message: '산책하기 좋아요', parts: [] })
    expect([valueOf(found, 'pavement'), valueOf(found, 'heat')]).toEqual([41, 20])
  })

  it('25 °C on a clear noon of May burns paws', () => {
    const found = indexOf(dog(), factsAt('2026-05-20T13:00:00', { temp: 25, sky: 'clear' }, CLEAN))
    expect(found).toMatchObject({ level: 3, message: '지금은 쉬어요', parts: ['pavement'] })
    expect(valueOf(found, 'pavement')).toBe(52.1)
  })

  it('25 °C under clouds is a little warm', () => {
    const found = indexOf(dog(), factsAt('2026-05-20T13:00:00', { temp: 25, sky: 'overcast' }, CLEAN))
    expect(found).toMatchObject({ level: 1, message: '조금만 주의해 주세요', parts: ['heat'] })
  })

  it('27 °C in the moist air of a night in July is hot', () => {
    const found = indexOf(dog(), factsAt('2026-07-20T22:00:00', { temp: 27, humidity: 80, sky: 'clear' }, CLEAN))
    expect(found).toMatchObject({ level: 2, message: '짧게 다녀오세요', parts: ['heat'] })
    expect(valueOf(found, 'heat')).toBe(29)
  })

  it('24 °C are hot for a French bulldog', () => {
    const found = indexOf(FRENCH_BULLDOG, factsAt('2026-07-20T21:00:00', { temp: 24, humidity: 55, sky: 'clear' }, CLEAN))
    expect(found).toMatchObject({ level: 2, parts: ['heat'] })
    expect(valueOf(found, 'heat')).toBeCloseTo(28, 0)
  })

  it('-3 °C in the wind are cold for a Chihuahua', () => {
    const found = indexOf(
      dog({ weight_kg: 2.5, has_thin_coat: true }),
      factsAt('2026-01-15T13:00:00', { temp: -3, wind_ms: 4, pty: 'none' }),
    )
    expect(found).toMatchObject({ level: 2, parts: ['cold'] })
    expect(valueOf(found, 'cold')).toBe(-8)
  })

  it('-10 °C are cold even for a husky', () => {
    const found = indexOf(HUSKY, factsAt('2026-01-15T13:00:00', { temp: -10, wind_ms: 3, pty: 'none' }))
    expect(found).toMatchObject({ level: 2, parts: ['cold'] })
    expect(valueOf(found, 'cold')).toBe(-15.5)
  })

  it('fine particles are worse for a pug', () => {
    const facts = factsAt('2026-10-02T13:00:00', { temp: 15, sky: 'overcast' }, { pm25: 40 })
    expect(indexOf(dog(), facts)).toMatchObject({ level: 1, parts: ['dust'] })
    expect(indexOf(dog({ is_brachycephalic: true }), facts)).toMatchObject({ level: 2, parts: ['dust'] })
  })

  it('lightning in the next hour keeps all at home', () => {
    const next = expected('2026-10-02T14:00:00', { lightning: 0.3 })
    for (const pet of [dog(), HUSKY, UNKNOWN_PET])
      expect(indexOf(pet, factsAt('2026-10-02T13:00:00', { temp: 15, sky: 'overcast' }, { next }))).toMatchObject({
        level: 3,
        parts: ['lightning'],
      })
  })

  it('a pet of which nothing is known is a healthy adult of medium size', () => {
    const adult = dog({ size: 'medium', weight_kg: 15 })
    for (const temp of [-12, -4, 4, 15, 24, 33]) {
      const facts = factsAt('2026-10-20T13:00:00', { temp, sky: 'clear', wind_ms: 0 }, { pm25: 40 })
      expect(pawIndex(UNKNOWN_PET, facts)).toEqual(pawIndex(adult, facts))
    }
  })
})

describe('what is missing', () => {
  it('has no level without a temperature, unless something else asks for care', () => {
    const facts = factsAt('2026-10-02T13:00:00', { pty: 'none' })
    expect(pawIndex(UNKNOWN_PET, facts)).toMatchObject({ level: null, message: null })
    expect(pawIndex(UNKNOWN_PET, { ...facts, hour: null })).toMatchObject({ level: null, message: null })
    expect(pawIndex(UNKNOWN_PET, { ...facts, pm10: 20 }).level).toBeNull()
    expect(pawIndex(UNKNOWN_PET, { ...facts, pm10: 200 }).level).toBe(2)
    expect(pawIndex(UNKNOWN_PET, { ...facts, warnings: [{ kind: 'typhoon', level: 'advisory' }] }).level).toBe(3)
  })

  it('stands in its part', () => {
    const { level, parts } = pawIndex(UNKNOWN_PET, factsAt('2026-10-02T13:00:00', { temp: 15 }))
    expect(level).toBe(0)
    expect(parts.map(({ part, level: one }) => [part, one])).toEqual([
      ['pavement', null],
      ['heat', 0],
      ['cold', 0],
      ['dust', null],
      ['rain', null],
      ['ticks', 0],
    ])
  })
})

describe('whatever the pet and the weather', () => {
  const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary)
  const tenths = (min: number, max: number) => fc.integer({ min: min * 10, max: max * 10 }).map((value) => value / 10)
  const pets = fc.record({
    name: fc.constantFrom('초코', '콩', 'Max', '7'),
    size: orNull(fc.constantFrom('small', 'medium', 'large')),
    weight_kg: orNull(tenths(1, 80)),
    birth_date: orNull(fc.constantFrom('2026-06-01', '2026-01-01', '2022-03-01', '2019-01-01', '2016-01-01', '2012-01-01')),
    is_brachycephalic: fc.boolean(),
    has_double_coat: fc.boolean(),
    has_thin_coat: fc.boolean(),
    has_white_coat: fc.boolean(),
    is_overweight: fc.boolean(),
    has_heart_or_lung_condition: fc.boolean(),
  }) as fc.Arbitrary<PetFacts>
  const weathers = fc.record({
    temp: orNull(tenths(-20, 40)),
    humidity: orNull(fc.integer({ min: 0, max: 100 })),
    wind_ms: orNull(tenths(0, 20)),
    pty: orNull(fc.constantFrom(...PRECIPITATIONS)),
    sky: orNull(fc.constantFrom(...SKIES)),
    rain_mm: orNull(fc.constantFrom({ min: 0, max: 0 }, { min: 15, max: 20 }, { min: 30, max: null })),
    lightning: orNull(fc.constantFrom(0, 0.3)),
  })
  const surroundings = fc.record({
    pm10: orNull(fc.integer({ min: 0, max: 300 })),
    pm25: orNull(fc.integer({ min: 0, max: 150 })),
    uv: orNull(fc.integer({ min: 0, max: 12 })),
    warnings: fc.array(fc.record({ kind: fc.constantFrom(...WARNING_KINDS), level: fc.constantFrom(...WARNING_LEVELS) }), { maxLength: 3 }),
    has_recent_snow: fc.boolean(),
    is_coastal: fc.boolean(),
  })
  const times = fc
    .record({ month: fc.integer({ min: 7, max: 11 }), hour: fc.integer({ min: 0, max: 23 }) })
    .map(({ month, hour }) => `2026-${String(month).padStart(2, '0')}-15T${String(hour).padStart(2, '0')}:00:00`)
  const facts = fc.tuple(times, weathers, surroundings).map(([time, weather, more]) => factsAt(time, weather, more))

  it('the level is the highest of its parts', () => {
    fc.assert(
      fc.property(pets, facts, (pet, hour) => {
        const index = pawIndex(pet, hour)
        expect(pawIndexSchema.parse(index)).toEqual(index)
        const highest = Math.max(...index.parts.map(({ level }) => level ?? 0))
        expect(index.level).toBe(highest === 0 && hour.hour?.temp === null ? null : highest)
        for (const { level, is_info, message } of index.parts) {
          if (is_info) expect(level).toBe(0)
          if (level) expect(message).toEqual(expect.any(String))
        }
        expect(new Set(index.parts.map(({ part }) => part)).size).toBe(index.parts.length)
      }),
      { numRuns: 500 },
    )
  })

  const levelOf = (part: string, pet: PetFacts, hour: HourFacts) => pawIndex(pet, hour).parts.find((one) => one.part === part)?.level ?? -1

  it('warmer is never less hot, and never colder', () => {
    fc.assert(
      fc.property(pets, facts, tenths(20, 38), tenths(0, 6), (pet, hour, temp, more) => {
        const at = (degrees: number) => ({ ...hour, hour: { ...hour.hour!, temp: degrees } })
        expect(levelOf('heat', pet, at(temp + more))).toBeGreaterThanOrEqual(levelOf('heat', pet, at(temp)))
        expect(levelOf('pavement', pet, at(temp + more))).toBeGreaterThanOrEqual(levelOf('pavement', pet, at(temp)))
        const [cold, milder] = [temp - 40, temp - 40 + more]
        expect(levelOf('cold', pet, at(milder))).toBeLessThanOrEqual(levelOf('cold', pet, at(cold)))
      }),
      { numRuns: 500 },
    )
  })

  it('more dust is never better', () => {
    fc.assert(
      fc.property(pets, facts, fc.nat(300), fc.nat(300), fc.nat(100), (pet, hour, pm10, pm25, more) => {
        const before = levelOf('dust', pet, { ...hour, pm10, pm25 })
        expect(levelOf('dust', pet, { ...hour, pm10: pm10 + more, pm25 })).toBeGreaterThanOrEqual(before)
        expect(levelOf('dust', pet, { ...hour, pm10, pm25: pm25 + more })).toBeGreaterThanOrEqual(before)
      }),
    )
  })

  it('a puppy never gets less than an adult', () => {
    fc.assert(
      fc.property(pets, facts, (pet, hour) => {
        const [puppy, adult] = ['2026-06-01', '2022-03-01'].map((birth_date) => pawIndex({ ...pet, birth_date }, hour))
        expect(puppy!.level ?? -1).toBeGreaterThanOrEqual(adult!.level ?? -1)
        for (const { part, level } of adult!.parts)
          expect(levelOf(part, { ...pet, birth_date: '2026-06-01' }, hour)).toBeGreaterThanOrEqual(level ?? -1)
      }),
      { numRuns: 300 },
    )
  })
})
