import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../../../src/core/time.ts'
import type { ForecastHour } from '../../../../src/core/weather.ts'
import {
  expectedHours,
  isFresh,
  isStale,
  newestOf,
  partsDue,
  type Readings,
  skyAt,
  withReadings,
} from '../../../../src/modules/weather/cells/copy.ts'
import { isDay, isRead, nextReadAt } from '../../../../src/modules/weather/cells/slots.ts'
import { airAgainAt, nextAirAt } from '../../../../src/modules/weather/air/slots.ts'

const seoul = (clock: string) => new Date(`2026-10-02T${clock}+09:00`)
const hour = (clock: string, more: Partial<ForecastHour> = {}): ForecastHour => ({
  at: seoul(clock).toISOString(),
  temp: 18,
  humidity: 50,
  pty: 'none',
  sky: 'clear',
  wind_ms: 2,
  pop: null,
  rain_mm: null,
  snow_cm: null,
  lightning: null,
  ...more,
})
const read = <T>(base: string, at: string, until: string, value: T) => ({
  base: seoul(base).toISOString(),
  read_at: seoul(at).toISOString(),
  fresh_until: seoul(until).toISOString(),
  value,
})
const all: Readings = {
  observation: read('14:00', '14:12', '15:11', {
    hour: seoul('14:00').toISOString(),
    temp: 18,
    humidity: 50,
    rn1: 0,
    pty: 'none',
    wind_ms: 2,
  }),
  hours: read('13:30', '14:12', '14:45', [hour('14:00', { sky: 'overcast' }), hour('15:00')]),
  days: { ...read('14:00', '14:12', '17:10', [hour('15:00', { pop: 70, sky: 'mostly_cloudy', temp: 12 }), hour('21:00')]), extremes: [] },
}
const copy = withReadings(null, all, seoul('14:12'))

describe('a copy', () => {
  it('is fresh until its first part is due, and says which parts are', () => {
    expect(copy.fresh_until).toBe(seoul('14:45').toISOString())
    expect(isFresh(copy, seoul('14:44:59'))).toBe(true)
    expect(partsDue(copy, seoul('14:45'))).toEqual(['hours'])
    expect(partsDue(copy, seoul('17:10'))).toEqual(['observation', 'hours', 'days'])
    expect(partsDue(null, seoul('14:12'))).toEqual(['observation', 'hours', 'days'])
  })

  it('is shown for six hours, to the millisecond', () => {
    const edge = new Date(seoul('14:12').getTime() + 6 * HOUR_MS)
    expect(newestOf(copy, null, edge)).toMatchObject({ observation: { value: { temp: 18 } } })
    expect(newestOf(copy, null, new Date(edge.getTime() + 1))).toMatchObject({ observation: null, hours: null, days: null })
  })

  it('leaves out a part that is older than the others, and keeps a forecast of days for three hours more', () => {
    const later = withReadings(copy, { hours: read('19:30', '20:13', '20:45', [hour('20:00')]) }, seoul('20:13'))
    expect(newestOf(later, null, seoul('20:13'))).toMatchObject({ observation: null, hours: { base: seoul('19:30').toISOString() } })
    expect(newestOf(later, null, seoul('20:13'))!.days).not.toBeNull()
  })

  it('of two the newer is taken, and of two equally new ones that which has looked last', () => {
    const later = withReadings(copy, { observation: { ...all.observation!, read_at: seoul('14:20').toISOString() } }, seoul('14:20'))
    expect(newestOf(copy, later, seoul('14:21'))!.fetched_at).toBe(seoul('14:20').toISOString())
    expect(newestOf(later, copy, seoul('14:21'))!.fetched_at).toBe(seoul('14:20').toISOString())
    const looked = withReadings(copy, { hours: { ...all.hours!, fresh_until: seoul('14:46:30').toISOString() } }, seoul('14:45'))
    expect(newestOf(copy, looked, seoul('14:45'))!.hours!.fresh_until).toBe(seoul('14:46:30').toISOString())
  })

  it('keeps the lowest and the highest temperature of the day when later bases do not tell them', () => {
    const days = (min: number | null, max: number | null) => ({ ...all.days!, extremes: [{ date: '2026-10-02', min, max }] })
    let kept = withReadings(null, { days: days(9, 24) }, seoul('02:12'))
    kept = withReadings(kept, { days: days(null, 25) }, seoul('05:12'))
    kept = withReadings(kept, { days: { ...all.days!, extremes: [] } }, seoul('14:12'))
    expect(kept.extremes).toEqual([{ date: '2026-10-02', min: 9, max: 25 }])
    // They outlive an outage, and end with the day.
    expect(newestOf(kept, null, seoul('23:00'))!.extremes).toHaveLength(1)
    expect(withReadings(kept, {}, new Date('2026-10-03T00:05:00+09:00')).extremes).toEqual([])
  })

  it('takes the near forecast where it reaches, and the far one for what the near does not tell', () => {
    const [first, second, third] = expectedHours(copy)
    expect(first).toMatchObject({ at: seoul('14:00').toISOString(), sky: 'overcast' })
    expect(second).toMatchObject({ at: seoul('15:00').toISOString(), sky: 'clear', temp: 18, pop: 70 })
    expect(third).toMatchObject({ at: seoul('21:00').toISOString() })
  })

  it('remembers the sky of the measured hour when the forecast goes on', () => {
    expect(skyAt(copy, seoul('14:00').toISOString())).toBe('overcast')
    const later = withReadings(copy, { hours: read('14:30', '14:46', '15:45', [hour('15:00', { sky: 'mostly_cloudy' })]) }, seoul('14:46'))
    expect(skyAt(later, seoul('14:00').toISOString())).toBe('overcast')
    const cold = withReadings(null, { hours: read('14:30', '14:46', '15:45', [hour('15:00', { sky: 'mostly_cloudy' })]) }, seoul('14:46'))
    expect(skyAt(cold, seoul('14:00').toISOString())).toBe('mostly_cloudy')
    expect(skyAt(cold, seoul('12:00').toISOString())).toBeNull()
  })

  it('is stale where a part could not be read, and where the newest observation has been late for more than two minutes', () => {
    expect(isStale(copy, seoul('14:30'))).toBe(false)
    expect(isStale(copy, seoul('14:45'))).toBe(true)
    const late = (until: string) =>
      withReadings(
        copy,
        {
          observation: { ...all.observation!, fresh_until: seoul(until).toISOString() },
          hours: { ...all.hours!, fresh_until: seoul('15:45').toISOString() },
        },
        seoul('15:10'),
      )
    expect(isStale(late('15:11:30'), seoul('15:11'))).toBe(false)
    expect(isStale(late('15:13'), seoul('15:12'))).toBe(true)
  })
})

describe('the job reads', () => {
  it('at twelve past each hour from five to midnight, and once at night', () => {
    const slots: string[] = []
    for (let at = seoul('00:00'); slots.length < 21;) {
      at = nextReadAt(at)
      expect(isRead(at)).toBe(true)
      slots.push(at.toISOString())
    }
    const clocks = slots.map((slot) => new Date(Date.parse(slot) + 9 * HOUR_MS).toISOString().slice(11, 16))
    expect(clocks[0]).toMatch(/^02:1[23]$/)
    expect(clocks[1]).toMatch(/^05:1[23]$/)
    expect(clocks[19]).toMatch(/^23:1[23]$/)
    expect(clocks[20]).toMatch(/^02:1[23]$/)
    expect(isDay(seoul('02:12'))).toBe(false)
    expect(isDay(seoul('05:00'))).toBe(true)
  })

  it('the air at twenty past, and once more at 35 past', () => {
    expect(nextAirAt(seoul('14:00')).toISOString()).toMatch(/T05:20/)
    expect(airAgainAt(seoul('14:22'))!.toISOString()).toMatch(/T05:35/)
    expect(airAgainAt(seoul('14:37'))).toBeNull()
  })
})
