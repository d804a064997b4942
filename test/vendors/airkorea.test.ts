import { describe, expect, it } from 'vitest'
import { haversineM } from '../../src/core/geo.ts'
import { createAirKorea } from '../../src/vendors/airkorea/airkorea.ts'
import { config, fakeVendor, html, json } from './fake-vendor.ts'
import { answered, CITY_HALL, skyLab } from './sky-lab.ts'

const READINGS = 'apis.data.go.kr/B552584/ArpltnInforInqireSvc/getCtprvnRltmMesureDnsty'
const STATIONS = 'apis.data.go.kr/B552584/MsrstnInfoInqireSvc/getMsrstnList'
const UNAVAILABLE = { outcome: 'failed', reason: 'unavailable', code: null }

/** The list is direct, and the body comes first. */
const answerOf = (items: unknown, totalCount: unknown = Array.isArray(items) ? items.length : undefined) => ({
  response: { body: { totalCount, items, pageNo: 1, numOfRows: 1000 }, header: { resultMsg: 'NORMAL_CODE', resultCode: '00' } },
})
function airWith(replies: Parameters<typeof fakeVendor>[0]) {
  const vendor = fakeVendor(replies)
  return { air: createAirKorea({ fetch: vendor.fetch, config }), asked: vendor.asked }
}
const readingsOf = (items: unknown, total?: unknown) => airWith({ [READINGS]: json(answerOf(items, total)) }).air.listReadings()
const stationsOf = (items: unknown) => airWith({ [STATIONS]: json(answerOf(items)) }).air.listStations()

/** Of the recorded hour of Seoul, 6 March 2024 at noon: name, both values, both flags, both grades. */
const OUT = '통신장애'
const SEOUL_2024 = [
  ['중구', '6', '2', null, null, '1', '1'],
  ['강남구', '11', '3', null, null, '1', '1'],
  ['강동구', '7', '1', null, null, null, '1'],
  ['도산대로', '20', '6', null, null, '1', '1'],
  ['천호대로', '-', '-', OUT, OUT, '1', '1'],
  ['노원구', '-', '-', OUT, OUT, '1', '1'],
  ['양천구', '-', '3', OUT, null, '1', '1'],
  ['성동구', '12', '6', null, null, '1', '1'],
  ['동작대로 중앙차로', '26', '7', null, null, '1', '1'],
].map(([stationName, pm10Value, pm25Value, pm10Flag, pm25Flag, pm10Grade, pm25Grade]) => ({
  sidoName: '서울',
  stationName,
  dataTime: '2024-03-06 12:00',
  pm10Value,
  pm25Value,
  pm10Flag,
  pm25Flag,
  pm10Grade,
  pm25Grade,
}))
const ROW = { ...SEOUL_2024[0]!, stationCode: '111121', mangName: '도시대기' }

describe('a reading', () => {
  it('as recorded has what was measured, whatever grade stands beside it', async () => {
    const readings = answered(await readingsOf(SEOUL_2024))
    expect(readings[0]).toEqual({
      station_code: null,
      station: '중구',
      sido: '서울',
      network: null,
      measured_at: '2024-03-06T03:00:00.000Z',
      pm10: 6,
      pm25: 2,
    })
    expect(readings.map(({ station, pm10, pm25 }) => [station, pm10, pm25])).toEqual([
      ['중구', 6, 2],
      ['강남구', 11, 3],
      ['강동구', 7, 1],
      ['도산대로', 20, 6],
      // A grade is left over from another hour.
      ['천호대로', null, null],
      ['노원구', null, null],
      ['양천구', null, 3],
      ['성동구', 12, 6],
      ['동작대로 중앙차로', 26, 7],
    ])
  })

  it.each(['-', '', ' ', null, undefined, '-999', 'x', -1])('that is %j is missing, and never 0', async (value) => {
    expect(answered(await readingsOf([{ ...ROW, pm10Value: value, pm25Value: value }]))).toMatchObject([{ pm10: null, pm25: null }])
  })

  it('that is flagged is missing, whatever its value', async () => {
    for (const flag of ['점검및교정', '장비점검', '자료이상', '통신장애'])
      expect(answered(await readingsOf([{ ...ROW, pm10Value: '34', pm10Flag: flag }]))).toMatchObject([{ pm10: null, pm25: 2 }])
    expect(answered(await readingsOf([{ ...ROW, pm10Flag: '' }]))).toMatchObject([{ pm10: 6 }])
  })

  it('may come as a number, with a grade of -1, and yellow dust goes beyond 900', async () => {
    const row = { ...ROW, pm10Value: 58, pm25Value: 54, pm25Grade: -1 }
    expect(answered(await readingsOf([row]))).toMatchObject([{ pm10: 58, pm25: 54 }])
    expect(answered(await readingsOf([{ ...ROW, pm10Value: '1354' }]))).toMatchObject([{ pm10: 1354 }])
  })

  it.each([
    ['2026-08-12 24:00', '2026-08-12T15:00:00.000Z'],
    ['2026-12-31 24:00', '2026-12-31T15:00:00.000Z'],
    ['2026-08-12 01:00', '2026-08-11T16:00:00.000Z'],
  ])('of %s is of %s', async (dataTime, measured_at) => {
    expect(answered(await readingsOf([{ ...ROW, dataTime }]))).toMatchObject([{ measured_at }])
  })

  it('of a station that is silent since long ago keeps its time', async () => {
    const dead = { ...ROW, stationName: '동대문', stationCode: null, dataTime: '2015-10-20 16:00', pm10Value: '-', pm25Value: '' }
    expect(answered(await readingsOf([dead]))).toMatchObject([{ measured_at: '2015-10-20T07:00:00.000Z', pm10: null, pm25: null }])
  })

  it('belongs to its station: by its code, else by sido and name, the latest one', async () => {
    const busan = { ...ROW, sidoName: '부산', stationCode: '221112', pm10Value: '40' }
    const older = { ...ROW, dataTime: '2024-03-06 11:00', pm10Value: '99' }
    expect(answered(await readingsOf([ROW, busan, older])).map(({ sido, pm10 }) => [sido, pm10])).toEqual([
      ['서울', 6],
      ['부산', 40],
    ])
    const nameless = [ROW, busan, older].map((row) => ({ ...row, stationCode: undefined }))
    expect(answered(await readingsOf(nameless)).map(({ sido, pm10 }) => [sido, pm10])).toEqual([
      ['서울', 6],
      ['부산', 40],
    ])
  })

  it('without a name or a time is left out, and without any there is no answer', async () => {
    expect(answered(await readingsOf([ROW, { ...ROW, stationName: '' }, { ...ROW, dataTime: null }, null, 7]))).toHaveLength(1)
    expect(await readingsOf([{ ...ROW, dataTime: '' }])).toEqual(UNAVAILABLE)
    for (const none of ['', [], undefined]) expect(await readingsOf(none, 0)).toEqual({ outcome: 'nothing' })
    expect(answered(await readingsOf(ROW))).toHaveLength(1)
    expect(answered(await readingsOf({ item: [ROW] }, '1'))).toHaveLength(1)
  })

  it('is asked for of the whole country at once', async () => {
    const { air, asked } = airWith({ [READINGS]: json(answerOf([ROW])) })
    await air.listReadings()
    expect(asked.map(({ url }) => Object.fromEntries(new URL(url).searchParams))).toEqual([
      { serviceKey: config.DATA_GO_KR_KEY, pageNo: '1', numOfRows: '1000', returnType: 'json', sidoName: '전국', ver: '1.5' },
    ])
  })

  it('is unknown on a page of maintenance', async () => {
    expect(await airWith({ [READINGS]: html() }).air.listReadings()).toEqual(UNAVAILABLE)
  })
})

describe('a station', () => {
  it('lies where its coordinates say, whichever of them comes first', async () => {
    const row = { addr: '서울 종로구 종로35가길 19', stationName: '종로구', mangName: '도시대기' }
    const expected = { name: '종로구', address: '서울 종로구 종로35가길 19', lat: 37.572025, lng: 127.005028, network: '도시대기' }
    for (const place of [
      { dmX: '37.572025', dmY: '127.005028' },
      { dmX: '127.005028', dmY: '37.572025' },
      { dmX: 127.005028, dmY: 37.572025 },
    ])
      expect(answered(await stationsOf([{ ...row, ...place }]))).toEqual([expected])
  })

  it('without a place in Korea is left out', async () => {
    const row = { addr: '', stationName: '중구', dmX: '37.5', dmY: '127' }
    const wrong = [{ dmX: '' }, { dmY: null }, { dmX: '0', dmY: '0' }, { dmY: '37.5' }, { dmX: '127' }]
    expect(answered(await stationsOf([row, ...wrong.map((place) => ({ ...row, ...place }))]))).toHaveLength(1)
    expect(await stationsOf([{ ...row, dmX: '' }])).toEqual(UNAVAILABLE)
  })
})

describe('the simulated air', () => {
  const readings = async (sky: ReturnType<typeof skyLab>) => answered(await sky.airKorea.listReadings())
  const find = async (sky: ReturnType<typeof skyLab>, name: string, sido = '서울') =>
    (await readings(sky)).find((it) => it.station === name && it.sido === sido)!

  it('is measured all over the country, at stations of which some share a name', async () => {
    const sky = skyLab()
    const all = await readings(sky)
    expect(all.length).toBeGreaterThan(200)
    expect(new Set(all.map(({ sido }) => sido)).size).toBe(16)
    expect(all.filter(({ station }) => station === '중구').length).toBeGreaterThan(3)
    expect(new Set(all.map(({ station_code }) => station_code)).size).toBe(all.length)
    const stations = answered(await sky.airKorea.listStations())
    expect(stations).toHaveLength(all.length)
    const nearest = stations.toSorted((a, b) => metres(a) - metres(b))[0]!
    expect(metres(nearest)).toBeLessThan(3_000)
    for (const { pm10, pm25 } of all) for (const value of [pm10, pm25]) if (value !== null) expect(value).toBeLessThan(80)
  })

  it('has the anomalies of the recording', async () => {
    const sky = skyLab()
    const { json: answer } = await sky.get('/B552584/ArpltnInforInqireSvc/getCtprvnRltmMesureDnsty', {
      returnType: 'json',
      sidoName: '서울',
      numOfRows: 100,
      ver: '1.5',
    })
    const row = (name: string) => answer.response.body.items.find((it: any) => it.stationName === name)
    expect(row('천호대로')).toMatchObject({ pm10Value: '-', pm10Flag: OUT, pm10Grade: '1', mangName: '도로변대기' })
    expect(row('노원구')).toMatchObject({ pm10Value: '-', pm25Value: '-', pm25Grade: '1' })
    expect(row('강동구')).toMatchObject({ pm10Value: expect.stringMatching(/^\d+$/), pm10Grade: null, pm10Flag: null })
    expect(row('양천구')).toMatchObject({ pm10Value: '-', pm10Flag: OUT, pm25Value: expect.stringMatching(/^\d+$/), pm25Flag: null })
    expect(row('도산대로')).toMatchObject({ o3Value: '-', o3Flag: OUT, pm10Value: expect.stringMatching(/^\d+$/), pm10Flag: null })
    expect(row('동대문')).toMatchObject({ dataTime: '2015-10-20 16:00', pm10Value: '-', pm25Value: '' })
    expect(await find(sky, '노원구')).toMatchObject({ pm10: null, pm25: null })
  })

  it('is published at a quarter past, and midnight is the end of a day', async () => {
    const sky = skyLab('20261002 1414')
    expect(await find(sky, '강남구')).toMatchObject({ measured_at: '2026-10-02T04:00:00.000Z' })
    sky.moveTo('20261002 1415')
    expect(await find(sky, '강남구')).toMatchObject({ measured_at: '2026-10-02T05:00:00.000Z' })
    await sky.set('/weather/publishing', { air_late_min: 20 })
    expect(await find(sky, '강남구')).toMatchObject({ measured_at: '2026-10-02T04:00:00.000Z' })
    sky.moveTo('20261003 0036')
    const { text } = await sky.get('/B552584/ArpltnInforInqireSvc/getCtprvnRltmMesureDnsty', {
      returnType: 'json',
      sidoName: '전국',
      ver: 1.5,
    })
    expect(text).toContain('"dataTime":"2026-10-02 24:00"')
    expect(await find(sky, '강남구')).toMatchObject({ measured_at: '2026-10-02T15:00:00.000Z' })
  })

  it('is what somebody sets, at the stations around and at least at the nearest', async () => {
    const sky = skyLab()
    await sky.set('/weather', { at: CITY_HALL, pm10: 160, pm25: 80 })
    expect(await find(sky, '중구')).toMatchObject({ pm10: 160, pm25: 80 })
    expect((await find(sky, '중구', '부산')).pm10).toBeLessThan(80)
    // Nothing is within 10 km of the sea before Ulleungdo.
    await sky.set('/weather', { at: { lat: 37.7, lng: 130.9 }, pm10: 155 })
    expect(await find(sky, '울릉군', '경북')).toMatchObject({ pm10: 155 })
    await sky.set('/weather', { at: CITY_HALL, temp: 20 })
    expect(await find(sky, '중구')).toMatchObject({ pm10: 160 })
  })

  it('is measured as well as somebody lets it', async () => {
    const sky = skyLab()
    const set = (state: string) => sky.set('/weather/stations', { name: '중구', sido: '서울', state })
    for (const [state, pm10, pm25] of [
      ['silent', null, null],
      ['pm10_out', null, expect.any(Number)],
      ['pm25_out', expect.any(Number), null],
      ['dead', null, null],
      ['ok', expect.any(Number), expect.any(Number)],
    ]) {
      expect((await set(state)).status).toBe(200)
      expect([state, await find(sky, '중구')]).toEqual([state, expect.objectContaining({ pm10, pm25 })])
    }
    await set('dead')
    expect((await find(sky, '중구', '부산')).pm10).not.toBeNull()
    expect((await sky.set('/weather/stations', { name: '없는역', state: 'dead' })).status).toBe(404)
  })

  it('has fields and axes by version, and XML unless JSON is asked for', async () => {
    const sky = skyLab()
    const row = async (ver?: string) => {
      const query = { returnType: 'json', sidoName: '제주', ...(ver && { ver }) }
      return (await sky.get('/B552584/ArpltnInforInqireSvc/getCtprvnRltmMesureDnsty', query)).json.response.body.items[0]
    }
    expect(await row()).not.toHaveProperty('pm25Value')
    expect(await row('1.0')).not.toHaveProperty('mangName')
    expect(await row('1.3')).not.toHaveProperty('stationCode')
    expect(await row('1.5')).toHaveProperty('stationCode')
    const place = async (ver?: string) =>
      (await sky.get('/B552584/MsrstnInfoInqireSvc/getMsrstnList', { returnType: 'json', addr: '제주', ...(ver && { ver }) })).json.response
        .body.items[0]
    expect(Number((await place()).dmX)).toBeLessThan(40)
    expect(Number((await place('1.1')).dmX)).toBeGreaterThan(120)
    const { text } = await sky.get('/B552584/ArpltnInforInqireSvc/getCtprvnRltmMesureDnsty', { sidoName: '제주' })
    expect(text).toMatch(/<items><item><so2Grade>1<\/so2Grade><coFlag\/>/)
  })
})

const metres = ({ lat, lng }: { lat: number; lng: number }) => haversineM(CITY_HALL.lat, CITY_HALL.lng, lat, lng)
