import { describe, expect, it } from 'vitest'
import type { ForecastHour } from '../../../../src/core/weather.ts'
import { judgeCold } from '../../../../src/modules/weather/paw-index/cold.ts'
import { judgeDust } from '../../../../src/modules/weather/paw-index/dust.ts'
import type { HourFacts, PetFacts } from '../../../../src/modules/weather/paw-index/facts.ts'
import { heatSurcharge, judgeHeat } from '../../../../src/modules/weather/paw-index/heat.ts'
import { factsAt, kst, UNKNOWN_PET } from '../examples.ts'

const [AUTUMN, WINTER] = ['2026-10-20T13:00:00', '2026-01-15T13:00:00']
type Pet = Partial<PetFacts>
const petOf = (pet: Pet) => ({ ...UNKNOWN_PET, ...pet })

describe('heat', () => {
  // In October the temperature is what it feels like.
  const heat = (temp: number, pet: Pet = {}) => judgeHeat(petOf(pet), factsAt(AUTUMN, { temp }))

  it.each([
    [23.9, 0],
    [24, 1],
    [27.9, 1],
    [28, 2],
    [31.9, 2],
    [32, 3],
  ])('%d is level %d', (temp, level) => {
    expect(heat(temp)).toMatchObject({ part: 'heat', level, value: temp, unit: '°C', is_info: false })
    expect(heat(temp).message === null).toBe(level === 0)
  })

  it.each([
    [{}, 0],
    [{ is_brachycephalic: true }, 4],
    [{ weight_kg: 50 }, 3],
    [{ weight_kg: 49.9 }, 0],
    [{ has_double_coat: true }, 2],
    [{ birth_date: '2014-10-20' }, 2],
    [{ birth_date: '2014-10-21' }, 1],
    [{ birth_date: '2020-10-20' }, 1],
    [{ birth_date: '2020-10-21' }, 0],
    [{ is_overweight: true }, 1],
    [{ has_double_coat: true, is_overweight: true, birth_date: '2010-01-01' }, 5],
    [{ is_brachycephalic: true, weight_kg: 60, has_double_coat: true, is_overweight: true, birth_date: '2010-01-01' }, 6],
    [{ has_thin_coat: true, has_white_coat: true, has_heart_or_lung_condition: true }, 0],
  ] as [Pet, number][])('%j adds %d', (pet, degrees) => {
    expect(heatSurcharge(petOf(pet), kst(AUTUMN))).toBe(degrees)
    expect(heat(10, pet).value).toBe(10 + degrees)
  })

  it('is about the pet where that makes the difference', () => {
    const words = (name: string, temp: number) => heat(temp, { name, is_overweight: true }).message
    expect(words('초코', 23)).toBe('초코는 더위에 약해요')
    expect(words('콩', 27)).toBe('콩은 더위에 약해요')
    expect(words('초코', 24)).toBe(heat(24).message)
  })

  it('counts moist air, and warns without knowing it', () => {
    const july = (weather: Partial<ForecastHour>) => judgeHeat(UNKNOWN_PET, factsAt('2026-07-20T22:00:00', weather))
    expect(july({ temp: 27, humidity: 80 })).toMatchObject({ level: 2, value: 29 })
    expect(july({ temp: 27 })).toMatchObject({ level: 1, value: 27 })
    expect(july({ humidity: 80 })).toMatchObject({ level: null, value: null, message: null })
  })
})

describe('cold', () => {
  const cold = (temp: number, pet: Pet = {}, weather: Partial<ForecastHour> = {}) =>
    judgeCold(petOf(pet), factsAt(WINTER, { temp, wind_ms: 0, ...weather }))
  const levels = (temps: number[], pet: Pet = {}, weather: Partial<ForecastHour> = {}) =>
    temps.map((temp) => cold(temp, pet, weather).level)

  it('has steps by size', () => {
    const edges = [4.1, 4, -3.9, -4, -8.9, -9]
    for (const size of ['small', 'medium', null] as const) expect(levels(edges, { size })).toEqual([0, 1, 1, 2, 2, 3])
    expect(levels([-0.9, -1, -8.9, -9, -11.9, -12], { size: 'large' })).toEqual([0, 1, 1, 2, 2, 3])
    expect(levels([4.1, 4]).map((level) => level === 0)).toEqual([true, false])
    expect([cold(4.1).message, typeof cold(4).message]).toEqual([null, 'string'])
  })

  it('is a level worse for a wet coat up to 5 °C', () => {
    expect(levels([5.1, 5, 4, -4, -9], {}, { pty: 'rain' })).toEqual([0, 1, 2, 3, 3])
    expect(levels([5, 4], {}, { pty: 'none' })).toEqual([0, 1])
    expect(levels([5], { size: 'large' }, { pty: 'drizzle' })).toEqual([1])
  })

  it('is a level better for a double coat, but not well at -12', () => {
    const pet = { has_double_coat: true }
    expect(levels([4, -4, -9, -12, -30], pet)).toEqual([0, 1, 2, 2, 2])
    expect(levels([-1, -12, -30], { ...pet, size: 'large' })).toEqual([0, 2, 2])
    expect(levels([-9], pet, { pty: 'snow' })).toEqual([2])
  })

  it.each([
    ['a puppy', '2025-07-16', 2],
    ['six months old', '2025-07-15', 0],
    ['twelve years old', '2014-01-15', 2],
    ['nearly twelve', '2014-01-16', 0],
  ])('begins earlier for one that is %s', (_, birth_date, margin) => {
    for (const edge of [4, -4, -9]) {
      const edges = [edge + margin + 0.1, edge + margin]
      const [warmer, colder] = levels(edges, { birth_date })
      expect(colder).toBe(warmer! + 1)
    }
  })

  it('counts the wind, and warns without knowing it', () => {
    expect(cold(-3, { size: 'small' }, { wind_ms: 4 })).toMatchObject({ level: 2, value: -8 })
    expect(cold(-3, { size: 'small' }, { wind_ms: null })).toMatchObject({ level: 1, value: -3 })
    expect(judgeCold(UNKNOWN_PET, factsAt(WINTER, { pty: 'snow' }))).toMatchObject({ level: null, value: null, message: null })
  })
})

describe('dust', () => {
  const dust = (more: Partial<HourFacts>, pet: Pet = {}) => judgeDust(petOf(pet), factsAt(AUTUMN, {}, more))

  it.each([
    [{ pm10: 80, pm25: 35 }, 0, 0],
    [{ pm10: 81 }, 1, 2],
    [{ pm10: 150 }, 1, 2],
    [{ pm10: 151 }, 2, 3],
    [{ pm25: 36 }, 1, 2],
    [{ pm25: 75 }, 1, 2],
    [{ pm25: 76 }, 2, 3],
    [{ pm10: 10, pm25: 76 }, 2, 3],
    [{ pm10: 151, pm25: 40 }, 2, 3],
  ] as [Partial<HourFacts>, number, number][])('%j is %d, and for the sensitive %d', (air, healthy, sensitive) => {
    expect(dust(air).level).toBe(healthy)
    const sensitivePets: Pet[] = [
      { is_brachycephalic: true },
      { has_heart_or_lung_condition: true },
      { birth_date: '2026-04-21' },
      { birth_date: '2016-10-20' },
    ]
    for (const pet of sensitivePets) expect(dust(air, pet).level).toBe(sensitive)
    for (const birth_date of ['2026-04-20', '2016-10-21']) expect(dust(air, { birth_date }).level).toBe(healthy)
  })

  it('names the particles that decide, by the measure of people', () => {
    expect(dust({ pm10: 160, pm25: 40 })).toMatchObject({ value: 160, unit: 'µg/m³', message: '미세먼지가 매우 나빠요 (사람 기준)' })
    expect(dust({ pm10: 90, pm25: 40 })).toMatchObject({ value: 40, message: '초미세먼지가 나빠요 (사람 기준)' })
    expect(dust({ pm10: 20, pm25: 10 })).toMatchObject({ level: 0, message: null })
  })

  it('is unknown without a value, and 0 is one', () => {
    expect(dust({})).toMatchObject({ level: null, value: null, message: null })
    expect(dust({ pm10: 0 })).toMatchObject({ level: 0, value: 0 })
  })

  it('is at least 2 in 황사주의보, and 3 in 황사경보', () => {
    const storm = (level: 'advisory' | 'warning') => ({ warnings: [{ kind: 'yellow_dust', level }] as const })
    expect(dust({ ...storm('advisory'), pm10: 20 })).toMatchObject({ level: 2, value: 20, message: '황사주의보 발효 중' })
    expect(dust({ ...storm('warning') })).toMatchObject({ level: 3, value: null, message: '황사경보 발효 중' })
    expect(dust({ ...storm('advisory'), pm10: 200 }, { is_brachycephalic: true })).toMatchObject({ level: 3, value: 200 })
  })
})
