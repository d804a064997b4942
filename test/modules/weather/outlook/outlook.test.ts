import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../../../src/core/time.ts'
import type { ForecastHour } from '../../../../src/core/weather.ts'
import { sayHour, saySpan } from '../../../../src/modules/weather/outlook/clock-words.ts'
import { tellOutlook } from '../../../../src/modules/weather/outlook/outlook.ts'
import { expected, kst } from '../examples.ts'

const NOW = '2026-10-02T13:20:00'
const tell = (hours: ForecastHour[], now = NOW) => tellOutlook(kst(now), hours)?.message ?? null
const at3 = (more: Partial<ForecastHour>) =>
  tell([expected('2026-10-02T14:00:00', { pty: 'none', pop: 50 }), expected('2026-10-02T15:00:00', more)])

describe('the outlook', () => {
  it('is the first hour in which something is expected', () => {
    const hours = [
      expected('2026-10-02T18:00:00', { pty: 'snow' }),
      expected('2026-10-02T15:00:00', { pty: 'rain' }),
      expected('2026-10-02T13:00:00', { pty: 'snow' }),
    ]
    expect(tellOutlook(kst(NOW), hours)).toEqual({ kind: 'rain', from: '2026-10-02T06:00:00.000Z', message: '오후 3시 이후 비 예보' })
  })

  it.each([
    [{ pty: 'rain' }, '오후 3시 이후 비 예보'],
    [{ pty: 'drizzle', temp: -1 }, '오후 3시 이후 비 예보'],
    [{ pty: 'rain_snow' }, '오후 3시 이후 눈 예보'],
    [{ pty: 'flurry', temp: 3 }, '오후 3시 이후 눈 예보'],
    [{ pty: 'none', pop: 60 }, '오후 3시 이후 비 예보'],
    [{ pop: 60, temp: 0.1 }, '오후 3시 이후 비 예보'],
    [{ pop: 60, temp: 0 }, '오후 3시 이후 눈 예보'],
    [{ pop: 60, temp: 2, snow_cm: { min: 0, max: 0.5 } }, '오후 3시 이후 눈 예보'],
    [{ pop: 60, temp: 2, snow_cm: { min: 0, max: 0 } }, '오후 3시 이후 비 예보'],
    [{ pop: 60, snow_cm: { min: 5, max: null } }, '오후 3시 이후 눈 예보'],
    [{ pty: 'none', pop: 59 }, null],
    [{}, null],
  ] as [Partial<ForecastHour>, string | null][])('%j: %s', (weather, message) => {
    expect(at3(weather)).toBe(message)
  })

  it('begins with the hour that begins now', () => {
    expect(tell([expected('2026-10-02T13:00:00', { pty: 'rain' })], '2026-10-02T13:00:00')).toBe('오후 1시 이후 비 예보')
  })

  it('looks a day ahead', () => {
    expect(tell([expected('2026-10-03T13:00:00', { pty: 'rain' })])).toBe('내일 오후 1시 이후 비 예보')
    expect(tell([expected('2026-10-03T14:00:00', { pty: 'rain' })])).toBeNull()
    expect(tell([])).toBeNull()
  })
})

it.each([
  ['2026-10-02T15:00:00', NOW, '오후 3시'],
  ['2026-10-02T23:00:00', NOW, '오후 11시'],
  ['2026-10-03T00:00:00', NOW, '밤 12시'],
  ['2026-10-03T01:00:00', NOW, '내일 오전 1시'],
  ['2026-10-03T12:00:00', NOW, '내일 낮 12시'],
  ['2026-10-02T12:00:00', '2026-10-02T09:00:00', '낮 12시'],
  ['2026-10-02T09:00:00', '2026-10-02T00:05:00', '오전 9시'],
  ['2026-10-03T00:00:00', '2026-10-02T00:05:00', '밤 12시'],
  ['2027-01-01T07:00:00', '2026-12-31T23:30:00', '내일 오전 7시'],
])('%s is said at %s as %s', (at, now, words) => {
  expect(sayHour(kst(at), kst(now))).toBe(words)
})

it.each([
  ['2026-10-02T14:00:00', '오후 2시~4시'],
  ['2026-10-03T10:00:00', '내일 오전 10시~12시'],
  ['2026-10-03T11:00:00', '내일 오전 11시~오후 1시'],
  ['2026-10-03T12:00:00', '내일 낮 12시~오후 2시'],
  ['2026-10-02T22:00:00', '오후 10시~12시'],
  ['2026-10-02T23:00:00', '오후 11시~오전 1시'],
  ['2026-10-03T00:00:00', '밤 12시~오전 2시'],
])('two hours from %s on are %s', (from, words) => {
  expect(saySpan(kst(from), new Date(kst(from).getTime() + 2 * HOUR_MS), kst(NOW))).toBe(words)
})
