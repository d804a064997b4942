import { describe, expect, it } from 'vitest'
import type { ForecastHour } from '../../../../src/core/weather.ts'
import { hourFactsAt, type HourFacts, type PetFacts, type Surroundings } from '../../../../src/modules/weather/paw-index/facts.ts'
import { judgeHazards, judgeRain } from '../../../../src/modules/weather/paw-index/hazards.ts'
import { expected, factsAt, kst, SEOUL, UNKNOWN_PET } from '../examples.ts'

const NOON = '2026-01-15T13:00:00'
const hazards = (weather: Partial<ForecastHour>, more: Partial<HourFacts> = {}, pet: Partial<PetFacts> = {}) =>
  judgeHazards({ ...UNKNOWN_PET, ...pet }, factsAt(NOON, weather, more))
const bare = (part: string, level: number, message: string) => [{ part, level, value: null, unit: null, message, is_info: false }]

it.each([
  [14.9, 0, null],
  [15, 2, '비가 너무 많이 와요'],
  [29.9, 2, '비가 너무 많이 와요'],
  [30, 3, '비가 너무 많이 와요'],
])('%d mm an hour are level %d', (min, level, message) => {
  const rain = judgeRain(factsAt(NOON, { rain_mm: { min, max: null } }))
  expect(rain).toEqual({ part: 'rain', level, value: min, unit: 'mm/h', message, is_info: false })
})

it('rain that nobody knows of is not none', () => {
  expect(judgeRain(factsAt(NOON, {}))).toMatchObject({ level: null, value: null, message: null })
})

it('lightning counts in this and the next hour', () => {
  const sign = bare('lightning', 3, '번개가 쳐요. 실내에 있어요')
  expect(hazards({ lightning: 0.1 })).toEqual(sign)
  expect(hazards({ lightning: 0 }, { next: expected(NOON, { lightning: 0.3 }) })).toEqual(sign)
  expect(hazards({ lightning: 0 }, { next: expected(NOON, { lightning: 0 }) })).toEqual([])
  expect(hazards({})).toEqual([])
})

describe('warnings', () => {
  const of = (...warnings: HourFacts['warnings']) => ({ warnings })

  it('count with the gravest', () => {
    const all = of({ kind: 'dry', level: 'warning' }, { kind: 'heat_wave', level: 'advisory' }, { kind: 'strong_wind', level: 'warning' })
    expect(hazards({}, all)).toEqual(bare('warning', 3, '강풍경보 발효 중'))
    expect(hazards({}, of({ kind: 'heavy_rain', level: 'advisory' }))).toEqual(bare('warning', 2, '하천변 산책로는 위험해요'))
  })

  it('that ask for nothing, and yellow dust, are no part', () => {
    expect(hazards({}, of({ kind: 'dry', level: 'warning' }, { kind: 'storm_surge', level: 'warning' }))).toEqual([])
    expect(hazards({}, of({ kind: 'yellow_dust', level: 'warning' }))).toEqual([])
    expect(hazards({}, { ...of({ kind: 'storm_surge', level: 'advisory' }), is_coastal: true })[0]).toMatchObject({ level: 3 })
  })

  it('of cold are graver for small pets', () => {
    const cold = of({ kind: 'cold_wave', level: 'advisory' })
    expect(hazards({}, cold, { size: 'small' })[0]).toMatchObject({ level: 3, message: '한파주의보 발효 중' })
    expect(hazards({}, cold)[0]).toMatchObject({ level: 2 })
  })
})

it('salt lies after snow where it freezes', () => {
  const snow = { has_recent_snow: true }
  expect(hazards({ temp: 3 }, snow)).toEqual(bare('salt', 1, '제설제가 있을 수 있어요. 다녀와서 발을 씻겨 주세요'))
  expect(hazards({ temp: 3.1 }, snow)).toEqual([])
  expect(hazards({}, snow)).toEqual([])
  expect(hazards({ temp: 0 })).toEqual([])
})

it('the sun burns thin and white coats', () => {
  const sign = [{ part: 'uv', level: 1, value: 8, unit: null, message: '자외선이 강해요', is_info: false }]
  expect(hazards({}, { uv: 8 }, { has_thin_coat: true })).toEqual(sign)
  expect(hazards({}, { uv: 8 }, { has_white_coat: true })).toEqual(sign)
  expect(hazards({}, { uv: 7 }, { has_white_coat: true })).toEqual([])
  expect(hazards({}, { uv: 11 })).toEqual([])
  expect(hazards({}, {}, { has_white_coat: true })).toEqual([])
})

describe('what is worth knowing', () => {
  const known = (time: string) =>
    judgeHazards(UNKNOWN_PET, factsAt(time, {})).map(({ part, level, is_info, message }) => [part, level, is_info, message])

  it('is ticks from April to November', () => {
    const sign = [['ticks', 0, true, '풀숲에 다녀오면 진드기를 확인해요']]
    expect(['2026-03-31', '2026-04-01', '2026-11-30', '2026-12-01'].map((day) => known(`${day}T12:00:00`))).toEqual([[], sign, sign, []])
  })

  it('is the dark', () => {
    const sign = [['dark', 0, true, '어두우니 반짝이는 목줄을 해 주세요']]
    expect([known('2026-01-15T07:00:00'), known('2026-01-15T08:00:00'), known('2026-01-15T18:00:00')]).toEqual([sign, [], sign])
  })
})

describe('the facts of an hour', () => {
  const NOW = kst('2026-01-15T13:20:00')
  const around: Surroundings = {
    place: SEOUL,
    is_coastal: false,
    now: NOW,
    hours: ['11', '12', '13', '14', '15'].map((hour, index) => expected(`2026-01-15T${hour}:00:00`, { temp: index })),
    air_quality: { pm10_value: 50, pm25_value: null },
    warnings: [],
    uv: { issued_at: kst('2026-01-15T12:00:00').toISOString(), steps: [3, null, 0] },
    last_snow_at: kst('2026-01-13T14:00:00'),
  }
  const at = (time: string) => hourFactsAt(kst(`2026-01-15T${time}:00`), around)

  it('are that hour, the two before it and the next', () => {
    const { before, hour, next } = at('13:00')
    expect([...before, hour, next].map((one) => one?.temp)).toEqual([1, 0, 2, 3])
    expect([at('11:00').before, at('15:00').next, at('16:00').hour]).toEqual([[null, null], null, null])
  })

  it('hold the air of now for three hours', () => {
    expect(['13:00', '16:00', '17:00'].map((time) => at(time).pm10)).toEqual([50, 50, null])
    expect(at('13:00').pm25).toBeNull()
    expect(hourFactsAt(kst('2026-01-15T16:20:00'), around).pm10).toBeNull()
    expect(hourFactsAt(NOW, { ...around, air_quality: null }).pm10).toBeNull()
  })

  it('have the ultraviolet light of their step', () => {
    expect(['11:00', '12:00', '14:00', '15:00', '18:00', '21:00'].map((time) => at(time).uv)).toEqual([null, 3, 3, null, 0, null])
  })

  it('know of the last snow', () => {
    expect([at('14:00').has_recent_snow, at('15:00').has_recent_snow]).toEqual([true, false])
  })
})
