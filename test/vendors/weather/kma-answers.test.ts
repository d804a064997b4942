import { describe, expect, it } from 'vitest'
import { createKma } from '../../../src/vendors/kma/kma.ts'
import { toAmount } from '../../../src/vendors/kma/values.ts'
import { config, fakeVendor, json } from '../fake-vendor.ts'
import { answerOf, FORECAST, forecastRows, OBSERVED, seoul } from './kma-recordings.ts'
import { answered, OPEN_SEA, SEOUL } from './sky-lab.ts'

const FORECASTS = 'apis.data.go.kr/1360000/VilageFcstInfoService_2.0'
const OPERATIONS = { ncst: `${FORECASTS}/getUltraSrtNcst`, ultra: `${FORECASTS}/getUltraSrtFcst`, vilage: `${FORECASTS}/getVilageFcst` }

function kmaWith(replies: Parameters<typeof fakeVendor>[0]) {
  const vendor = fakeVendor(replies)
  const queries = () => vendor.asked.map(({ url }) => Object.fromEntries(new URL(url).searchParams))
  return { ...vendor, queries, kma: createKma({ fetch: vendor.fetch, config, pause: async () => {} }) }
}
const observedRows = (name: keyof typeof OBSERVED) =>
  Object.entries(OBSERVED[name].values).map(([category, obsrValue]) => ({ category, obsrValue, ...SEOUL }))
const observe = async (rows: unknown, base = seoul('20261002 0000'), cell = SEOUL) =>
  kmaWith({ [OPERATIONS.ncst]: json(Array.isArray(rows) ? answerOf(rows) : rows) }).kma.observe(cell, base)
const observed = async (rows: unknown) => answered(await observe(rows))
const hoursFrom = async (base: string, ...rows: object[][]) =>
  answered(await kmaWith({ [OPERATIONS.ultra]: json(answerOf(rows.flat())) }).kma.forecastHours(SEOUL, seoul(base)))
const hoursOf = (...rows: object[][]) => hoursFrom('20261002 0030', ...rows)
const daysOf = async (base: string, ...rows: object[][]) =>
  answered(await kmaWith({ [OPERATIONS.vilage]: json(answerOf(rows.flat())) }).kma.forecastDays(SEOUL, seoul(base)))

describe('an observation', () => {
  it.each([
    ['seoul_20261002_0000', { temp: 15.2, humidity: 37, rn1: 0, pty: 'none', wind_ms: 3.7 }],
    ['seoul_20261002_0200_integer_temperature', { temp: 14, humidity: 43, rn1: 0, pty: 'none', wind_ms: 2.8 }],
    ['seoul_20260703_1500', { temp: 27.7, humidity: 65, rn1: 0, pty: 'none', wind_ms: 1.8 }],
    ['seoul_20260122_1100_frost', { temp: -8.1, humidity: 34, rn1: 0, pty: 'none', wind_ms: 3.2 }],
    ['incheon_20220302_0600', { temp: -3.1, humidity: 73, rn1: 0, pty: 'none', wind_ms: 0.7 }],
  ] as const)('as recorded: %s', async (name, expected) => {
    const { base } = OBSERVED[name]
    expect(answered(await observe(observedRows(name), seoul(base)))).toEqual({ hour: seoul(base).toISOString(), ...expected })
  })

  it('of the open sea is none at all, though it says that nothing falls', async () => {
    expect(await observe(observedRows('open_sea_1_1_20261002_0100_missing'), seoul('20261002 0100'), OPEN_SEA)).toEqual({
      outcome: 'answered',
      value: null,
    })
  })

  it.each(['-998.9', '-999', '-900', '900', '998', '-', '', ' ', null, 'x', undefined])(
    'that is %j is missing, and never 0',
    async (value) => {
      const all = Object.entries(OBSERVED.seoul_20261002_0000.values)
      const rowsWith = (missing: string) =>
        all.map(([category, obsrValue]) => ({ category, obsrValue: category === missing ? value : obsrValue }))
      expect(await observed(rowsWith('T1H'))).toBeNull()
      expect(await observed(rowsWith('REH'))).toMatchObject({ temp: 15.2, humidity: null, rn1: 0 })
      expect(await observed(rowsWith('RN1'))).toMatchObject({ temp: 15.2, rn1: null })
      expect(await observed(rowsWith('PTY'))).toMatchObject({ temp: 15.2, pty: null })
      expect(await observed(rowsWith('WSD'))).toMatchObject({ temp: 15.2, wind_ms: null })
    },
  )

  it.each(['none', 'rain', 'rain_snow', 'snow', 'shower', 'drizzle', 'drizzle_snow', 'flurry'])('knows what falls: %s', async (name) => {
    const code = ['none', 'rain', 'rain_snow', 'snow', 'shower', 'drizzle', 'drizzle_snow', 'flurry'].indexOf(name)
    const rows = (value: unknown) => [
      { category: 'PTY', obsrValue: value },
      { category: 'T1H', obsrValue: '1' },
    ]
    expect(await observed(rows(String(code)))).toMatchObject({ pty: name })
    // Numbers may come as numbers.
    expect(await observed(rows(code))).toMatchObject({ pty: name })
    expect(await observed(rows('8'))).toMatchObject({ pty: null })
  })

  it('may come alone, without its list', async () => {
    const item = { category: 'T1H', obsrValue: '15' }
    for (const items of [{ item }, item, [item]]) {
      const answer = { response: { header: { resultCode: '0' }, body: { items, totalCount: '1' } } }
      expect(await observed(answer)).toMatchObject({ temp: 15, humidity: null, pty: null })
    }
    expect(await observe({ response: { header: { resultCode: '00' }, body: { items: '', totalCount: 0 } } })).toEqual({
      outcome: 'nothing',
    })
  })

  it('is asked for by Seoul’s clock, at a turn of the year and of February too', async () => {
    for (const [at, base_date, base_time] of [
      ['20260101 0000', '20260101', '0000'],
      ['20251231 2300', '20251231', '2300'],
      ['20240229 2300', '20240229', '2300'],
    ] as const) {
      const { kma, queries } = kmaWith({ [OPERATIONS.ncst]: json(answerOf(observedRows('seoul_20261002_0000'))) })
      await kma.observe({ nx: 98, ny: 76 }, seoul(at))
      expect(queries()).toEqual([
        { serviceKey: config.DATA_GO_KR_KEY, pageNo: '1', numOfRows: '100', dataType: 'JSON', base_date, base_time, nx: '98', ny: '76' },
      ])
    }
  })

  it('is not there yet, or no longer, as KMA says without a body', async () => {
    const refusal = (resultCode: string, resultMsg: string) => json({ response: { header: { resultCode, resultMsg } } })
    const [early, late] = [refusal('03', 'NO_DATA'), refusal('10', '최근 1일 간의 자료만 제공합니다.')]
    const observeAt = (now: string, reply: Response) =>
      createKma({ fetch: fakeVendor({ [OPERATIONS.ncst]: reply }).fetch, config, now: () => seoul(now) }).observe(
        SEOUL,
        seoul('20261002 1000'),
      )
    expect(await observeAt('20261002 1015', early)).toEqual({ outcome: 'nothing' })
    expect(await observeAt('20261003 1015', late)).toEqual({ outcome: 'nothing' })
    // Of a base that KMA keeps, the same words say that the request is wrong.
    expect(await observeAt('20261002 1015', late)).toEqual({ outcome: 'failed', reason: 'misconfigured', code: '10' })
  })
})

describe('the next six hours', () => {
  it('are read whatever base the rows repeat and whatever their order', async () => {
    const rows = [forecastRows('ultra', '20261002 0000', '20261002 0600'), forecastRows('ultra', '20261002 0000', '20261002 0100')]
    expect(await hoursOf(...rows)).toEqual([
      {
        at: '2026-10-01T16:00:00.000Z',
        temp: 15,
        humidity: 35,
        pty: 'none',
        sky: 'clear',
        wind_ms: 3,
        pop: 0,
        rain_mm: { min: 0, max: 0 },
        snow_cm: null,
        lightning: 0,
      },
      expect.objectContaining({ at: '2026-10-01T21:00:00.000Z', temp: 12, humidity: 60, wind_ms: 1 }),
    ])
  })

  it.each(FORECAST.split('\n').filter((line) => line.startsWith('ultra')))('as recorded: %s', async (line) => {
    const [, base, cell, , at] = line.split(' | ')
    const [hour] = await hoursFrom(base!, forecastRows('ultra', base!, at!, cell))
    expect(hour).toMatchObject({ at: seoul(at!).toISOString(), pty: 'none', rain_mm: { min: 0, max: 0 }, lightning: 0 })
    expect(hour!.temp).toBeGreaterThan(10)
  })

  it('know rain, lightning and the withdrawn code of the sky, and need no probability', async () => {
    const rowsOf = (values: Record<string, unknown>) =>
      Object.entries(values).map(([category, fcstValue]) => ({ category, fcstDate: '20261002', fcstTime: '0700', fcstValue }))
    const [hour] = await hoursOf(rowsOf({ T1H: '14', PTY: '5', RN1: '1mm 미만', SKY: '2', LGT: '0.3', REH: '-999' }))
    expect(hour).toEqual({
      at: '2026-10-01T22:00:00.000Z',
      temp: 14,
      humidity: null,
      pty: 'drizzle',
      sky: 'mostly_cloudy',
      wind_ms: null,
      pop: null,
      rain_mm: { min: 0, max: 1 },
      snow_cm: null,
      lightning: 0.3,
    })
    expect(await hoursOf(rowsOf({ T1H: '14', SKY: '4' }))).toMatchObject([{ sky: 'overcast', rain_mm: null, lightning: null }])
  })
})

describe('the days to come', () => {
  const oneOf = async (base: string, at: string) => (await daysOf(base, forecastRows('vilage', base, at))).hours[0]
  const [NONE, BELOW_1] = [
    { min: 0, max: 0 },
    { min: 0, max: 1 },
  ]

  it.each([
    ['20261001 2300', '20261002 0000', { rain_mm: NONE, snow_cm: NONE, wind_ms: 1.2 }],
    ['20261001 2300', '20261004 0000', { rain_mm: NONE, wind_ms: 1.5 }],
    // Bare numbers are still millimetres on the day before the codes.
    ['20261001 2300', '20261004 0100', { rain_mm: NONE, snow_cm: NONE, wind_ms: 1.5 }],
    ['20261001 2300', '20261004 2300', { rain_mm: NONE, wind_ms: 1.5, sky: 'overcast', pop: 30 }],
    ['20261001 2300', '20261005 0000', { rain_mm: { min: 0.4, max: 0.4 }, wind_ms: 1.7, pty: 'rain', pop: 60 }],
    // Codes begin at 03:00, also for the wind.
    ['20261001 2300', '20261005 0300', { rain_mm: { min: 3, max: 15 }, snow_cm: NONE, wind_ms: null, temp: 16, humidity: 90 }],
    ['20261001 2300', '20261005 0600', { rain_mm: NONE, wind_ms: null }],
    ['20261001 2300', '20261006 0000', { rain_mm: NONE, wind_ms: null, temp: 13 }],
    ['20261002 0200', '20261004 0100', { rain_mm: NONE }],
    ['20261002 0200', '20261005 0000', { rain_mm: BELOW_1, pty: 'rain' }],
    ['20261002 0200', '20261005 0300', { rain_mm: { min: 3, max: 15 } }],
    ['20261001 0500', '20261001 0600', { rain_mm: NONE, sky: 'overcast', pop: 30 }],
    ['20261001 1400', '20261004 0000', { rain_mm: NONE }],
    ['20261001 1400', '20261004 0300', { rain_mm: NONE }],
    ['20261001 1400', '20261005 0000', { rain_mm: NONE, sky: 'mostly_cloudy' }],
    ['20261001 1700', '20261004 0100', { rain_mm: NONE }],
    ['20261001 1700', '20261005 0000', { rain_mm: { min: 0.4, max: 0.4 } }],
    ['20261001 1700', '20261005 0300', { rain_mm: { min: 3, max: 15 } }],
  ])('as recorded: %s for %s', async (base, at, expected) => {
    expect(await oneOf(base, at)).toMatchObject({ at: seoul(at).toISOString(), lightning: null, ...expected })
  })

  it('have their lowest and highest temperatures', async () => {
    const base = '20261001 2300'
    const hours = ['20261005 1500', '20261002 0600', '20261002 1500', '20261005 0600']
    expect((await daysOf(base, ...hours.map((at) => forecastRows('vilage', base, at)))).extremes).toEqual([
      { date: '2026-10-02', min: 12, max: 21 },
      { date: '2026-10-05', min: 15, max: 21 },
    ])
    expect((await daysOf('20261001 1400', forecastRows('vilage', '20261001 1400', '20261002 0600'))).extremes).toEqual([
      { date: '2026-10-02', min: 11, max: null },
    ])
    expect((await daysOf('20261001 0500', forecastRows('vilage', '20261001 0500', '20261001 0600'))).extremes).toEqual([])
  })

  it.each([
    ['0', NONE, NONE],
    ['1', { min: 0, max: 3 }, BELOW_1],
    ['2', { min: 3, max: 15 }, { min: 1, max: null }],
    ['3', { min: 15, max: null }, null],
    ['9', null, null],
    ['-999', null, null],
    ['강수없음', NONE, NONE],
  ])('have codes on the last day: %s', async (code, rain_mm, snow_cm) => {
    const rows = (['PCP', 'SNO'] as const).map((category) => ({ category, fcstDate: '20261005', fcstTime: '0300', fcstValue: code }))
    expect((await daysOf('20261002 1400', rows)).hours).toMatchObject([{ rain_mm, snow_cm }])
    // From 17:00 on the last day is the next.
    expect(
      (
        await daysOf(
          '20261002 1400',
          rows.map((row) => ({ ...row, fcstDate: '20261004' })),
        )
      ).hours[0]!.rain_mm,
    ).toEqual(toAmount(code))
    expect((await daysOf('20261002 1700', rows)).hours[0]!.rain_mm).toEqual(toAmount(code))
  })

  it('go on on the next page, and are not relied on when it does not come', async () => {
    const rows = forecastRows('vilage', '20261001 2300', '20261002 0000')
    const page = (part: object[]) => json(answerOf(part, '12'))
    const whole = kmaWith({ [OPERATIONS.vilage]: [page(rows.slice(0, 7)), page(rows.slice(7))] })
    expect(answered(await whole.kma.forecastDays(SEOUL, seoul('20261001 2300'))).hours).toMatchObject([{ temp: 14, snow_cm: NONE }])
    expect(whole.queries().map(({ pageNo, numOfRows }) => [pageNo, numOfRows])).toEqual([
      ['1', '1100'],
      ['2', '1100'],
    ])
    const nothing = json({ response: { header: { resultCode: '03', resultMsg: 'NO_DATA' } } })
    for (const last of [page([]), nothing]) {
      const { kma } = kmaWith({ [OPERATIONS.vilage]: [page(rows.slice(0, 7)), last] })
      expect(await kma.forecastDays(SEOUL, seoul('20261001 2300'))).toEqual({ outcome: 'failed', reason: 'unavailable', code: null })
    }
  })

  it('of which no row can be read are not relied on', async () => {
    const { kma } = kmaWith({ [OPERATIONS.vilage]: json(answerOf([{ a: 1 }])), [OPERATIONS.ultra]: json(answerOf([{ a: 1 }])) })
    const unavailable = { outcome: 'failed', reason: 'unavailable', code: null }
    expect(await kma.forecastDays(SEOUL, seoul('20261001 2300'))).toEqual(unavailable)
    expect(await kma.forecastHours(SEOUL, seoul('20261001 2330'))).toEqual(unavailable)
  })
})

it.each([
  ['강수없음', { min: 0, max: 0 }],
  ['적설없음', { min: 0, max: 0 }],
  ['-', { min: 0, max: 0 }],
  [null, { min: 0, max: 0 }],
  ['0', { min: 0, max: 0 }],
  [0.4, { min: 0.4, max: 0.4 }],
  ['1mm 미만', { min: 0, max: 1 }],
  ['1.0mm 미만', { min: 0, max: 1 }],
  ['0.5cm 미만', { min: 0, max: 0.5 }],
  ['6.2mm', { min: 6.2, max: 6.2 }],
  ['6.2', { min: 6.2, max: 6.2 }],
  ['3.5cm', { min: 3.5, max: 3.5 }],
  ['30.0~50.0mm', { min: 30, max: 50 }],
  ['30.0mm~50.0mm', { min: 30, max: 50 }],
  ['50.0mm 이상', { min: 50, max: null }],
  ['50.0mm이상', { min: 50, max: null }],
  ['5cm 이상', { min: 5, max: null }],
  ['900', null],
  ['-999', null],
  ['-998.9', null],
  ['-0.4', null],
  ['많음', null],
])('the amount %j is %j', (text, expected) => {
  expect(toAmount(text)).toEqual(expected)
})
