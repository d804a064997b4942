import { describe, expect, it } from 'vitest'
import { HOUR_MS, seoulDateTime } from '../../../../src/core/time.ts'
import type { ForecastHour } from '../../../../src/core/weather.ts'
import { bestHours, type Candidate } from '../../../../src/modules/weather/outlook/best-hours.ts'
import { bestHoursSchema } from '../../../../src/modules/weather/outlook/schema.ts'
import { judgeSuitability } from '../../../../src/modules/weather/outlook/suitability.ts'
import { hourFactsAt } from '../../../../src/modules/weather/paw-index/facts.ts'
import { pawIndex } from '../../../../src/modules/weather/paw-index/paw-index.ts'
import { isDark } from '../../../../src/modules/weather/sun.ts'
import type { DatedWarning } from '../../../../src/modules/weather/warnings.ts'
import { expected, kst, SEOUL, UNKNOWN_PET } from '../examples.ts'

interface Day {
  readonly weather?: (hour: number, index: number) => Partial<ForecastHour>
  readonly warnings?: DatedWarning[]
  readonly hasPet?: boolean
  readonly count?: number
}

/** What is offered at an instant, as `HH-HH`. */
function offer(time: string, { weather = () => ({}), warnings = [], hasPet = false, count = 26 }: Day) {
  const now = kst(time)
  const first = Math.floor(now.getTime() / HOUR_MS) * HOUR_MS - 2 * HOUR_MS
  const hours = Array.from({ length: count }, (_, index) => {
    const clock = seoulDateTime(new Date(first + index * HOUR_MS))
    return expected(clock, { temp: 18, pty: 'none', sky: 'clear', pop: 0, ...weather(Number(clock.slice(11, 13)), index) })
  })
  const around = { place: SEOUL, is_coastal: false, now, hours, air_quality: null, warnings, uv: null, last_snow_at: null }
  const candidates = hours.map((hour): Candidate => {
    const facts = hourFactsAt(new Date(hour.at), around)
    return {
      ...hour,
      at: facts.at,
      is_dark: isDark(facts.at, SEOUL),
      suitability: judgeSuitability({ ...hour, pm10: 10, pm25: 10, warnings: facts.warnings, is_coastal: false }),
      ...(hasPet && { paw_level: pawIndex(UNKNOWN_PET, facts).level }),
    }
  })
  const { items, message } = bestHours(now, candidates)
  const clock = (instant: string) => seoulDateTime(new Date(instant)).slice(11, 13)
  for (const { from, to } of items) expect(Date.parse(to) - Date.parse(from)).toBe(2 * HOUR_MS)
  return { windows: items.map(({ from, to }) => `${clock(from)}-${clock(to)}`), message }
}
const OCTOBER = '2026-10-02T08:10:00'

describe('the best hours', () => {
  it('are the earlier ones where all are alike', () => {
    expect(offer(OCTOBER, {})).toEqual({ windows: ['09-11', '11-13'], message: null })
    const [now, hour] = [kst('2026-10-02T09:00:00'), { temp: 18, pty: 'none', pop: 0, is_dark: false } as const]
    const suitability = { level: 'optimal', message: null, color: null, reasons: [] } as const
    const clocks = ['10', '11'].map((clock) => ({
      ...hour,
      at: kst(`2026-10-02T${clock}:00:00`),
      suitability: { ...suitability, reasons: [] },
    }))
    expect(bestHoursSchema.parse(bestHours(now, clocks))).toEqual({
      items: [{ from: '2026-10-02T01:00:00.000Z', to: '2026-10-02T03:00:00.000Z', message: '오전 10시~12시가 최적이에요' }],
      message: null,
    })
    expect(offer('2026-10-02T09:00:00', {}).windows).toEqual(['09-11', '11-13'])
  })

  it('are those near 18 °C, with the least chance of rain, in daylight', () => {
    expect(offer(OCTOBER, { weather: (hour) => ({ temp: [13, 14].includes(hour) ? 18 : 10 }) }).windows).toEqual(['13-15', '09-11'])
    expect(offer(OCTOBER, { weather: (hour) => ({ pop: [16, 17].includes(hour) ? 0 : 50 }) }).windows[0]).toBe('16-18')
    expect(offer('2026-10-02T16:10:00', {}).windows).toEqual(['17-19', '19-21'])
    expect(offer('2026-10-02T16:10:00', { weather: (hour) => ({ pop: hour < 19 ? 30 : 0 }) }).windows[0]).toBe('19-21')
  })

  it('touch no rain or snow, with a pet and without', () => {
    const weather = (hour: number) => ({ temp: hour < 14 ? 5 : 18, pty: [14, 15].includes(hour) ? ('rain' as const) : ('none' as const) })
    for (const hasPet of [false, true]) {
      expect(offer('2026-10-02T12:10:00', { hasPet, weather }).windows).toEqual(['16-18', '18-20'])
      const single = offer('2026-10-02T12:10:00', { hasPet, weather: (hour) => ({ pty: hour % 2 ? 'none' : 'snow' }) })
      expect(single).toEqual({ windows: [], message: '앞으로 12시간은 눈 예보가 있어요' })
    }
  })

  it('may cross midnight', () => {
    expect(offer('2026-10-02T22:10:00', { weather: (hour) => ({ temp: [23, 0].includes(hour) ? 18 : 0 }) }).windows[0]).toBe('23-01')
    const late = offer('2026-10-02T23:10:00', {})
    expect(late.windows).toEqual(['07-09', '09-11'])
    expect(offer('2026-10-02T23:10:00', { weather: (hour) => ({ temp: hour < 4 ? 18 : 0 }) }).windows).toEqual(['00-02', '02-04'])
  })

  it('begin within twelve hours', () => {
    const at = (only: number) =>
      offer(OCTOBER, { weather: (hour) => ({ pty: hour === only || hour === (only + 1) % 24 ? 'none' : 'rain' }) }).windows
    expect(at(9)).toEqual(['09-11'])
    expect(at(19)).toEqual(['19-21'])
    expect(at(20)).toEqual([])
    expect(at(8)).toEqual([])
    const onTheHour = (only: number) =>
      offer('2026-10-02T08:00:00', { weather: (hour) => ({ pty: [only, only + 1].includes(hour) ? 'none' : 'rain' }) }).windows
    expect([onTheHour(8), onTheHour(18), onTheHour(19)]).toEqual([['08-10'], ['18-20'], []])
  })

  it('lie before nine or after seven on a clear day of summer', () => {
    const TEMPS = [24, 24, 23, 23, 23, 23, 24, 25, 27, 28, 29, 31, 32, 33, 33, 33, 32, 32, 31, 29, 28, 27, 26, 25]
    const weather = (hour: number) => ({ temp: TEMPS[hour]!, humidity: 55 })
    const morning = offer('2026-07-20T04:10:00', { hasPet: true, weather }).windows
    expect(morning).toHaveLength(2)
    for (const window of morning) expect(Number(window.slice(3))).toBeLessThanOrEqual(9)
    const noon = offer('2026-07-20T12:10:00', { hasPet: true, weather }).windows
    expect(noon).toHaveLength(2)
    for (const window of noon) expect(Number(window.slice(0, 2))).toSatisfy((hour: number) => hour >= 19 || hour === 0)
  })
})

describe('no hours', () => {
  const none = (day: Day) => offer(OCTOBER, day)
  it('under a grave warning, and all that are left of a shorter one', () => {
    const warning = (ends_at: string | null): DatedWarning => ({
      kind: 'heavy_rain',
      level: 'warning',
      started_at: kst('2026-10-02T07:00:00').toISOString(),
      ends_at: ends_at && kst(ends_at).toISOString(),
    })
    for (const hasPet of [false, true]) {
      const all = none({ hasPet, warnings: [warning(null)] })
      expect(all).toEqual({ windows: [], message: '앞으로 12시간은 특보 때문에 쉬는 게 좋아요' })
      expect(none({ hasPet, warnings: [warning('2026-10-02T15:00:00')] }).windows[0]).toBe('15-17')
    }
  })

  it('in rain, lightning, heat, or where nothing is known, and the message says which', () => {
    expect(none({ weather: () => ({ pty: 'rain' }) }).message).toBe('앞으로 12시간은 비 예보가 있어요')
    expect(none({ weather: () => ({ lightning: 0.2, pty: 'rain' }) }).message).toBe('앞으로 12시간은 번개 예보가 있어요')
    expect(none({ hasPet: true, weather: () => ({ temp: 36 }) }).message).toBe('앞으로 12시간은 쉬는 게 좋아요')
    for (const hasPet of [false, true]) {
      const unknown = none({ hasPet, weather: () => ({ temp: null }) })
      expect(unknown).toEqual({ windows: [], message: '앞으로 12시간의 예보를 아직 알 수 없어요' })
    }
    expect(none({ count: 0 }).message).toBe('앞으로 12시간의 예보를 아직 알 수 없어요')
  })

  it('of which one is unknown', () => {
    expect(offer(OCTOBER, { weather: (hour) => ({ temp: hour % 2 ? 18 : null }) }).windows).toEqual([])
  })

  it('of which one is not there', () => {
    const hour = (time: string): Candidate => ({
      ...expected(time, { temp: 18, pty: 'none', pop: 0 }),
      at: kst(time),
      is_dark: false,
      suitability: { level: 'optimal', message: null, color: null, reasons: [] },
    })
    const [nine, ten, eleven] = ['09', '10', '11'].map((clock) => hour(`2026-10-02T${clock}:00:00`))
    expect(bestHours(kst(OCTOBER), [nine!, eleven!]).items).toEqual([])
    expect(bestHours(kst(OCTOBER), [eleven!, nine!, ten!]).items).toHaveLength(1)
  })

  it('an unknown chance of rain is no promise', () => {
    expect(offer(OCTOBER, { weather: (hour) => ({ pop: hour < 13 ? null : 40 }) }).windows[0]).toBe('13-15')
    expect(offer(OCTOBER, { weather: (hour) => ({ pop: hour < 13 ? null : 60 }) }).windows[0]).toBe('09-11')
  })
})
