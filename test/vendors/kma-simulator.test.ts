import { describe, expect, it } from 'vitest'
import { toKmaCell } from '../../src/core/kma-grid.ts'
import { HOUR_MS } from '../../src/core/time.ts'
import { seoul } from './kma-recordings.ts'
import { answered, CITY_HALL, OPEN_SEA, SEOUL, skyLab } from './sky-lab.ts'

const FORECASTS = '/1360000/VilageFcstInfoService_2.0'
const [NCST, ULTRA, VILAGE] = ['getUltraSrtNcst', 'getUltraSrtFcst', 'getVilageFcst'].map((name) => `${FORECASTS}/${name}`) as [
  string,
  string,
  string,
]
const JSON_OF_SEOUL = { dataType: 'JSON', numOfRows: 1100, ...SEOUL }
const NOTHING = { outcome: 'nothing' }
const base = (text: string) => ({ base_date: text.slice(0, 8), base_time: text.slice(9) })

async function rowsOf(path: string, at: string, of: Record<string, string | number> = {}) {
  const [date] = at.split(' ')
  const sky = skyLab(`${date} ${String(Number(at.slice(9)) + 50).padStart(4, '0')}`)
  const { json } = await sky.get(path, { ...JSON_OF_SEOUL, ...base(at), ...of })
  return json.response.body as { totalCount: number; items: { item: Record<string, any>[] } }
}

describe('a base', () => {
  it.each([
    ['observe', '20261002 1400', '20261002 1409', '20261002 1410'],
    ['observe', '20251231 2300', '20251231 2309', '20251231 2310'],
    ['observe', '20261002 0000', '20261002 0009', '20261002 0010'],
    ['forecastHours', '20261002 0630', '20261002 0644', '20261002 0645'],
    ['forecastHours', '20261001 2330', '20261001 2344', '20261002 0044'],
    ['forecastDays', '20261002 0500', '20261002 0509', '20261002 0510'],
    ['forecastDays', '20261001 2300', '20261001 2309', '20261002 0209'],
  ] as const)('%s of %s is published after %s, at %s', async (call, at, before, after) => {
    const sky = skyLab(before)
    expect(await sky.kma[call](SEOUL, seoul(at))).toEqual(NOTHING)
    sky.moveTo(after)
    expect(await sky.kma[call](SEOUL, seoul(at))).toMatchObject({ outcome: 'answered' })
    await sky.set('/weather/publishing', { late_min: 40 })
    expect(await sky.kma[call](SEOUL, seoul(at))).toEqual(
      after.endsWith('0209') || after.endsWith('0044') ? expect.objectContaining({ outcome: 'answered' }) : NOTHING,
    )
  })

  it('that there is not has no data, without a body', async () => {
    const sky = skyLab()
    const nothing = { response: { header: { resultCode: '03', resultMsg: 'NO_DATA' } } }
    const wrong = [
      [NCST, { ...SEOUL, ...base('20261002 1430') }],
      [ULTRA, { ...SEOUL, ...base('20261002 1300') }],
      [VILAGE, { ...SEOUL, ...base('20261002 1300') }],
      [NCST, { ...SEOUL, ...base('20261002 1500') }],
      [NCST, { ...SEOUL, base_time: '1300' }],
      [NCST, { ...base('20261002 1300') }],
      [NCST, { ...base('20261002 1300'), nx: 150, ny: 1 }],
      [NCST, { ...base('20261002 1300'), nx: 0, ny: 1 }],
    ] as const
    for (const [path, query] of wrong) expect((await sky.get(path, { dataType: 'JSON', ...query })).json).toEqual(nothing)
  })

  it('is kept for a day, or three', async () => {
    const sky = skyLab('20261002 1415')
    const old = (days: number) => ({ response: { header: { resultCode: '10', resultMsg: `최근 ${days}일 간의 자료만 제공합니다.` } } })
    expect((await sky.get(NCST, { ...JSON_OF_SEOUL, ...base('20261001 1400') })).json).toEqual(old(1))
    expect((await sky.get(ULTRA, { ...JSON_OF_SEOUL, ...base('20261001 1330') })).json).toEqual(old(1))
    expect((await sky.get(VILAGE, { ...JSON_OF_SEOUL, ...base('20260929 1400') })).json).toEqual(old(3))
    expect(await sky.kma.observe(SEOUL, seoul('20261001 1500'))).toMatchObject({ outcome: 'answered' })
    expect(await sky.kma.forecastDays(SEOUL, seoul('20260929 1700'))).toMatchObject({ outcome: 'answered' })
    expect(await sky.kma.observe(SEOUL, seoul('20261001 1400'))).toMatchObject({ reason: 'misconfigured', code: '10' })
  })
})

describe('the rows', () => {
  it('of an observation are eight, in the order of their names', async () => {
    const { items, totalCount } = await rowsOf(NCST, '20261002 1400')
    expect(items.item.map(({ category }) => category)).toEqual(['PTY', 'REH', 'RN1', 'T1H', 'UUU', 'VEC', 'VVV', 'WSD'])
    expect(items.item[0]).toEqual({ baseDate: '20261002', baseTime: '1400', category: 'PTY', ...SEOUL, obsrValue: '0' })
    expect(totalCount).toBe(8)
  })

  it('of six hours stand by category and repeat the full hour in place of their base', async () => {
    const { items, totalCount } = await rowsOf(ULTRA, '20261002 0030')
    expect(totalCount).toBe(66)
    expect(items.item.map(({ category }) => category).filter((it, i, all) => it !== all[i - 1])).toEqual(
      'LGT PTY RN1 SKY T1H REH UUU VVV VEC WSD POP'.split(' '),
    )
    expect(new Set(items.item.map(({ baseTime }) => baseTime))).toEqual(new Set(['0000']))
    expect(items.item.slice(0, 6).map(({ fcstTime }) => fcstTime)).toEqual(['0100', '0200', '0300', '0400', '0500', '0600'])
    const sky = skyLab()
    await sky.set('/weather/publishing', { ultra_pop: false })
    const { json } = await sky.get(ULTRA, { ...JSON_OF_SEOUL, ...base('20261002 1330') })
    expect(json.response.body.totalCount).toBe(60)
  })

  it.each([
    ['0200', 944, 4, 4],
    ['0500', 907, 3, 4],
    ['0800', 871, 3, 4],
    ['1100', 835, 3, 4],
    ['1400', 798, 3, 3],
    ['1700', 1052, 4, 4],
    ['2000', 1016, 4, 4],
    ['2300', 980, 4, 4],
  ])('of the days at %s are %i, and the client reads all', async (time, count, lowest, highest) => {
    const { items, totalCount } = await rowsOf(VILAGE, `20261002 ${time}`)
    expect([totalCount, items.item.length]).toEqual([count, count])
    const of = (category: string) => items.item.filter((row) => row.category === category)
    expect([of('TMN').length, of('TMX').length]).toEqual([lowest, highest])
    expect(new Set(of('TMN').map(({ fcstTime }) => fcstTime))).toEqual(new Set(['0600']))
    expect(new Set(of('TMX').map(({ fcstTime }) => fcstTime))).toEqual(new Set(['1500']))
    expect(of('TMN')[0]!.fcstValue).toMatch(/^-?\d+\.\d$/)
    expect(items.item.slice(0, 12).map(({ category }) => category)).toEqual('TMP UUU VVV VEC WSD SKY PTY POP WAV PCP REH SNO'.split(' '))
    const sky = skyLab(`20261002 ${Number(time) + 50}`.replace(/ (\d{3})$/, ' 0$1'))
    const { hours, extremes } = answered(await sky.kma.forecastDays(SEOUL, seoul(`20261002 ${time}`)))
    expect(hours).toHaveLength(of('TMP').length)
    expect(extremes.filter(({ min }) => min !== null)).toHaveLength(lowest)
    expect(extremes.filter(({ max }) => max !== null)).toHaveLength(highest)
    for (const { min, max } of extremes) if (min !== null && max !== null) expect(min).toBeLessThan(max)
  })

  it('of the days come in pages, and a thousand are too few in the evening', async () => {
    const page = (await rowsOf(VILAGE, '20261002 1700', { numOfRows: 1000 })).items.item
    expect(page).toHaveLength(1000)
    expect(page.at(-1)).toMatchObject({ fcstDate: '20261006' })
    expect((await rowsOf(VILAGE, '20261002 1700', { numOfRows: 1000, pageNo: 2 })).items.item).toHaveLength(52)
    expect((await rowsOf(VILAGE, '20261002 1700', { numOfRows: 10 })).totalCount).toBe(1052)
  })

  it('of rain are texts, then bare numbers from 17:00 on, then codes from 03:00 of the last day', async () => {
    const lab = async (at: string, now: string) => {
      const sky = skyLab(now)
      await sky.set('/weather', { rn1: 6.2, snow_cm: 0.4, wind_ms: 5, pty: 'rain_snow' })
      const { items } = (await sky.get(VILAGE, { ...JSON_OF_SEOUL, ...base(at) })).json.response.body
      const valueAt = (category: string, day: string, time: string) =>
        items.item.find((row: any) => row.category === category && row.fcstDate === day && row.fcstTime === time)?.fcstValue
      const at3 = (day: string, time: string) => ['PCP', 'SNO', 'WSD'].map((category) => valueAt(category, day, time))
      const { hours } = answered(await sky.kma.forecastDays(SEOUL, seoul(at)))
      return { at3, hourAt: (time: string) => hours.find((hour) => hour.at === seoul(time).toISOString()) }
    }
    const noon = await lab('20261001 1400', '20261001 1450')
    expect(noon.at3('20261004', '0000')).toEqual(['6.2mm', '0.5cm 미만', '5'])
    expect(noon.at3('20261004', '0300')).toEqual(['2', '1', '2'])
    const evening = await lab('20261001 1700', '20261001 1750')
    expect(evening.at3('20261004', '0000')).toEqual(['6.2mm', '0.5cm 미만', '5'])
    expect(evening.at3('20261004', '0100')).toEqual(['6.2', '0.4', '5'])
    expect(evening.at3('20261005', '0000')).toEqual(['6.2', '0.4', '5'])
    expect(evening.at3('20261005', '0300')).toEqual(['2', '1', '2'])
    expect(evening.hourAt('20261005 0000')).toMatchObject({ rain_mm: { min: 6.2, max: 6.2 }, wind_ms: 5 })
    expect(evening.hourAt('20261005 0300')).toMatchObject({ rain_mm: { min: 3, max: 15 }, snow_cm: { min: 0, max: 1 }, wind_ms: null })
  })

  it('are XML unless JSON is asked for', async () => {
    const sky = skyLab()
    const { type, text } = await sky.get(NCST, { ...SEOUL, ...base('20261002 1300') })
    expect(type).toBe('application/xml')
    expect(text).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?><response><header><resultCode>00<\/resultCode>/)
    expect(text).toContain('<items><item><baseDate>20261002</baseDate><baseTime>1300</baseTime><category>PTY</category>')
    expect((await sky.get(NCST, { ...SEOUL, ...base('20261002 1500') })).text).toContain('<resultCode>03</resultCode>')
  })

  it('of the open sea have no temperature now, and all in the forecast', async () => {
    const { items } = await rowsOf(NCST, '20261002 0100', OPEN_SEA)
    expect(items.item.map(({ obsrValue }) => obsrValue)).toEqual(['0', '-998', '-998.9', '-999', '-998.9', '-998', '-998.9', '-998.9'])
    const sky = skyLab('20261002 0150')
    expect(await sky.kma.observe(OPEN_SEA, seoul('20261002 0100'))).toEqual({ outcome: 'answered', value: null })
    const [hour] = answered(await sky.kma.forecastHours(OPEN_SEA, seoul('20261002 0130')))
    expect(hour!.temp).toBeGreaterThan(0)
  })
})

describe('the weather', () => {
  const tempAt = async (at: string, place = CITY_HALL) => {
    const sky = skyLab(`${at.slice(0, 11)}15`)
    return answered(await sky.kma.observe(toKmaCell(place)!, seoul(at)))!.temp
  }

  it('fits the season, the hour and the latitude, and is always the same', async () => {
    expect(await tempAt('20260801 1500')).toBeGreaterThan(27)
    expect(await tempAt('20260801 1500')).toBeLessThan(35)
    expect(await tempAt('20260120 0600')).toBeLessThan(-2)
    expect(await tempAt('20261002 1300')).toBeGreaterThan(15)
    expect(await tempAt('20261002 0500')).toBeLessThan(await tempAt('20261002 1400'))
    expect(await tempAt('20260120 1400', { lat: 33.4996, lng: 126.5312 })).toBeGreaterThan((await tempAt('20260120 1400')) + 2)
    expect(await tempAt('20261002 1300')).toBe(await tempAt('20261002 1300'))
  })

  it('is what somebody sets, where and when they set it, and later settings win', async () => {
    const sky = skyLab('20261002 1415')
    const now = seoul('20261002 1400')
    const observe = async (cell = SEOUL) => answered(await sky.kma.observe(cell, now))
    const busan = toKmaCell({ lat: 35.1796, lng: 129.0756 })!
    const dry = await observe(busan)
    expect(dry).toMatchObject({ pty: 'none', rn1: 0 })
    await sky.set('/weather', { at: CITY_HALL, pty: 'rain' })
    expect(await observe()).toMatchObject({ pty: 'rain', rn1: 2, humidity: 90 })
    expect(await observe(busan)).toEqual(dry)
    await sky.set('/weather', { at: SEOUL, temp: -3.5, pty: 'snow', snow_cm: 2 })
    expect(await observe()).toMatchObject({ temp: -3.5, pty: 'snow' })
    const [soon] = answered(await sky.kma.forecastHours(SEOUL, seoul('20261002 1330')))
    expect(soon).toMatchObject({ pty: 'snow', sky: 'overcast', pop: 80, temp: -3 })
    await sky.set('/weather', { temp: 31, humidity: 40, wind_ms: 6, lightning: 0.3, sky: 'mostly_cloudy', pty: 'none' })
    expect(await observe(busan)).toMatchObject({ temp: 31, humidity: 40, wind_ms: 6, pty: 'none' })
    expect(answered(await sky.kma.forecastHours(busan, seoul('20261002 1330')))[0]).toMatchObject({ lightning: 0.3, sky: 'mostly_cloudy' })
    expect((await sky.set('/weather')).json.rules).toHaveLength(3)
    await sky.set('/weather', undefined, 'DELETE')
    expect(await observe(busan)).toEqual(dry)
  })

  it('changes at the hour that is set, and an observation is made again within its hour', async () => {
    const sky = skyLab('20261002 1412')
    const observe = async () => answered(await sky.kma.observe(SEOUL, seoul('20261002 1400')))!.pty
    await sky.set('/weather', { from: '2026-10-02T14:20:00+09:00', to: '2026-10-02T16:00:00+09:00', pty: 'shower' })
    expect(await observe()).toBe('none')
    sky.moveTo('20261002 1421')
    expect(await observe()).toBe('shower')
    sky.moveTo('20261002 1700')
    expect(await observe()).toBe('shower')
    const hours = answered(await sky.kma.forecastHours(SEOUL, seoul('20261002 1330')))
    expect(hours.map(({ pty }) => pty)).toEqual(['none', 'shower', 'none', 'none', 'none', 'none'])
    expect(Date.parse(hours[1]!.at) - Date.parse(hours[0]!.at)).toBe(HOUR_MS)
  })

  it('can be observed otherwise than forecast, or not at all', async () => {
    const sky = skyLab('20261002 1415')
    await sky.set('/weather', { only: 'forecast', pty: 'rain' })
    expect(answered(await sky.kma.observe(SEOUL, seoul('20261002 1400')))).toMatchObject({ pty: 'none' })
    expect(answered(await sky.kma.forecastHours(SEOUL, seoul('20261002 1330')))[0]).toMatchObject({ pty: 'rain' })
    await sky.set('/weather', { at: CITY_HALL, radius_m: 20_000, missing: true })
    expect(answered(await sky.kma.observe({ nx: 61, ny: 126 }, seoul('20261002 1400')))).toBeNull()
    expect(answered(await sky.kma.observe({ nx: 70, ny: 120 }, seoul('20261002 1400')))).not.toBeNull()
  })

  it('refuses what cannot be', async () => {
    const sky = skyLab()
    for (const rule of [{ pty: 'hail' }, { radius_m: 5 }, { at: { nx: 0, ny: 1 } }, { temp: 'warm' }, { wrong: 1 }])
      expect((await sky.set('/weather', rule)).status).toBe(422)
  })
})
