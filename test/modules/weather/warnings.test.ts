import { expect, it } from 'vitest'
import { WARNING_KINDS } from '../../../src/core/weather.ts'
import { warningLevel, warningMessage, warningsAt } from '../../../src/modules/weather/warnings.ts'
import { kst } from './examples.ts'

const INLAND = { is_coastal: false, is_small: false }

it.each([
  ['heavy_rain', 2, 3],
  ['heavy_snow', 1, 3],
  ['strong_wind', 2, 3],
  ['typhoon', 3, 3],
  ['cold_wave', 2, 3],
  ['heat_wave', 2, 3],
  ['yellow_dust', 2, 3],
  ['fog', 1, 1],
  ['dry', 0, 0],
  ['high_seas', 0, 0],
  ['storm_surge', 0, 0],
  ['tsunami', 0, 0],
] as const)('%s is %d, and as 경보 %d', (kind, advisory, warning) => {
  expect(warningLevel({ kind, level: 'advisory' }, INLAND)).toBe(advisory)
  expect(warningLevel({ kind, level: 'warning' }, INLAND)).toBe(warning)
})

it('waves concern the coast, and a cold wave small pets more', () => {
  const exposed = { is_coastal: true, is_small: true }
  const changed = WARNING_KINDS.filter(
    (kind) => warningLevel({ kind, level: 'advisory' }, exposed) !== warningLevel({ kind, level: 'advisory' }, INLAND),
  )
  expect(changed).toEqual(['cold_wave', 'storm_surge', 'tsunami'])
  for (const kind of changed) expect(warningLevel({ kind, level: 'advisory' }, exposed)).toBe(3)
})

it.each([
  ['heavy_rain', 'advisory', '하천변 산책로는 위험해요'],
  ['heat_wave', 'advisory', '폭염주의보 발효 중'],
  ['typhoon', 'warning', '태풍경보 발효 중'],
  ['tsunami', 'advisory', '지진해일주의보 발효 중'],
] as const)('%s %s says: %s', (kind, level, message) => {
  expect(warningMessage({ kind, level })).toBe(message)
})

it('is in force from its start to its end, or without one', () => {
  const iso = (time: string) => kst(`2026-07-20T${time}:00`).toISOString()
  const one = (from: string, until: string | null) => ({
    kind: 'heavy_rain' as const,
    level: 'advisory' as const,
    started_at: iso(from),
    ends_at: until && iso(until),
  })
  const hours = (warning: ReturnType<typeof one>, now: string) =>
    ['13:00', '14:00', '15:00', '16:00'].filter(
      (hour) => warningsAt([warning], kst(`2026-07-20T${hour}:00`), new Date(iso(now))).length > 0,
    )
  expect(hours(one('14:30', '16:00'), '13:00')).toEqual(['14:00', '15:00'])
  expect(hours(one('12:00', null), '13:00')).toEqual(['13:00', '14:00', '15:00', '16:00'])
  expect(hours(one('12:00', '13:20'), '13:10')).toEqual(['13:00'])
  expect(hours(one('12:00', '13:20'), '13:30')).toEqual([])
  expect(hours(one('17:00', null), '13:30')).toEqual([])
})
