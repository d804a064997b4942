import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseAir, type NearbyStation } from '../../../../src/modules/weather/outlook/air.ts'
import { gradeOf } from '../../../../src/modules/weather/outlook/grades.ts'
import { airQualitySchema } from '../../../../src/modules/weather/outlook/schema.ts'
import { kst } from '../examples.ts'

const NOW = kst('2026-10-02T14:20:00')
const AT = kst('2026-10-02T14:00:00').toISOString()
const station = (name: string, distance_m: number, more: Partial<NearbyStation> = {}): NearbyStation => ({
  code: `code of ${name}`,
  name,
  network: '도시대기',
  distance_m,
  pm10: 40,
  pm10_at: AT,
  pm25: 20,
  pm25_at: AT,
  ...more,
})
const NOBODY = { pm10_station: null, pm25_station: null }
const air = (...stations: NearbyStation[]) => chooseAir(stations, NOBODY, NOW).air_quality

describe('a grade follows from the value', () => {
  it.each([
    ['pm10', [0, 30], 1],
    ['pm10', [31, 80], 2],
    ['pm10', [81, 150], 3],
    ['pm10', [151, 999], 4],
    ['pm25', [0, 15], 1],
    ['pm25', [16, 35], 2],
    ['pm25', [36, 54, 75], 3],
    ['pm25', [76, 400], 4],
  ] as const)('%s %j: %d', (pollutant, values, grade) => {
    for (const value of values) expect(gradeOf(pollutant, value)).toBe(grade)
  })

  it('and without one there is none', () => {
    expect([gradeOf('pm10', null), gradeOf('pm25', null)]).toEqual([null, null])
  })
})

describe('the air', () => {
  it('is that of the nearest station, wherever it belongs', () => {
    const found = air(station('아름동', 9_000), station('한누리', 800, { pm10: 55, pm25: 12 }), station('노은동', 2_000))
    expect(found).toEqual({
      pm10_value: 55,
      pm25_value: 12,
      pm10_grade: 2,
      pm25_grade: 1,
      pm10_station: '한누리',
      pm25_station: '한누리',
      station: '한누리',
      measured_at: AT,
    })
    expect(airQualitySchema.parse(found)).toEqual(found)
  })

  it('has each pollutant from the nearest station that has it', () => {
    const found = air(station('양천구', 500, { pm10: null }), station('강서구', 4_000, { pm10: 90, pm25: 30 }))
    expect(found).toMatchObject({
      pm10_value: 90,
      pm10_grade: 3,
      pm10_station: '강서구',
      pm25_value: 20,
      pm25_station: '양천구',
      station: '강서구',
    })
    expect(air(station('양천구', 500, { pm10: null }))).toMatchObject({
      pm10_value: null,
      pm10_grade: null,
      pm10_station: null,
      station: '양천구',
    })
  })

  it('is not that of a silent station next door', () => {
    const silent = { pm10_at: '2025-10-01T00:00:00Z', pm25_at: '2025-10-01T00:00:00Z' }
    expect(air(station('동대문', 300, silent), station('동대문구', 900))).toMatchObject({ station: '동대문구' })
    const at = (time: string) => ({ pm10_at: kst(time).toISOString(), pm25_at: null })
    expect(air(station('가', 300, at('2026-10-02T12:20:00')))).toMatchObject({ station: '가' })
    expect(air(station('가', 300, at('2026-10-02T12:19:59')))).toBeNull()
  })

  it('is not that of a road, and not that of another country side', () => {
    expect(air(station('천호대로', 100, { network: '도로변대기' }), station('강동구', 700))).toMatchObject({ station: '강동구' })
    expect(air(station('천호대로', 100, { network: '도로변대기' }))).toBeNull()
    expect(air(station('섬', 30_000))).toMatchObject({ station: '섬' })
    expect(air(station('섬', 30_001))).toBeNull()
    expect(air(station('새로운', 100, { network: null }))).toMatchObject({ station: '새로운' })
    expect(air()).toBeNull()
  })

  it('0 is a value', () => {
    expect(air(station('가', 100, { pm10: 0, pm25: 0 }), station('나', 200))).toMatchObject({
      pm10_value: 0,
      pm10_grade: 1,
      station: '가',
    })
  })

  it('says when the older of the two was measured', () => {
    const before = kst('2026-10-02T13:00:00').toISOString()
    expect(air(station('가', 100, { pm25_at: before }))).toMatchObject({ measured_at: before })
  })
})

describe('a station stays', () => {
  const kept = { pm10_station: 'code of 가', pm25_station: 'code of 가' }
  const chosen = (...stations: NearbyStation[]) => chooseAir(stations, kept, NOW).air_quality?.station

  it('when another is a little nearer, up to one and a half times', () => {
    expect(chosen(station('가', 2_000), station('나', 1_950))).toBe('가')
    expect(chosen(station('가', 1_500), station('나', 1_000))).toBe('가')
    expect(chosen(station('가', 1_501), station('나', 1_000))).toBe('나')
  })

  it('while it is alive', () => {
    expect(chosen(station('가', 1_000, { pm10: null }), station('나', 1_400))).toBe('나')
    expect(chosen(station('나', 1_400))).toBe('나')
    const { kept: next } = chooseAir([station('가', 1_000, { pm10: null }), station('나', 1_400)], kept, NOW)
    expect(next).toEqual({ pm10_station: 'code of 나', pm25_station: 'code of 가' })
  })

  it('is remembered through an hour without any', () => {
    expect(chooseAir([], kept, NOW)).toEqual({ air_quality: null, kept })
  })

  it('whatever the distances do between two thirds and one and a half', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 800, max: 1_200 }), { minLength: 2, maxLength: 20 }), (distances) => {
        let memory = chooseAir([station('가', 1_000), station('나', 1_100)], NOBODY, NOW).kept
        for (const distance of distances) {
          const answer = chooseAir([station('가', distance), station('나', 2_000 - distance)], memory, NOW)
          expect(answer.air_quality?.station).toBe('가')
          memory = answer.kept
        }
      }),
    )
  })
})
