import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../../src/core/time.ts'
import { createKma } from '../../../src/vendors/kma/kma.ts'
import { createAirKorea } from '../../../src/vendors/airkorea/airkorea.ts'
import { config, fakeVendor, json } from '../fake-vendor.ts'
import { answerOf, seoul } from './kma-recordings.ts'

const FORECASTS = 'apis.data.go.kr/1360000/VilageFcstInfoService_2.0'
const CELL = { nx: 98, ny: 76 }
const BASE = seoul('20261114 0500')
type Reply = Parameters<typeof fakeVendor>[0][string]

const text = (body: string, status = 200, type = 'application/json') => new Response(body, { status, headers: { 'Content-Type': type } })
function kmaWith(reply: Reply, operation: string) {
  const vendor = fakeVendor({ [`${FORECASTS}/${operation}`]: reply })
  return {
    ...vendor,
    kma: createKma({ fetch: vendor.fetch, config, now: () => new Date(BASE.getTime() + HOUR_MS), pause: async () => {} }),
  }
}
const observe = (reply: Reply) => kmaWith(reply, 'getUltraSrtNcst').kma.observe(CELL, BASE)
const observed = (values: Record<string, unknown>) =>
  Object.entries(values).map(([category, obsrValue]) => ({ category, obsrValue, ...CELL }))

/** Rows of one category for some hours after a moment, as KMA groups them. */
function rows(category: string, from: Date, values: readonly unknown[], stepHours = 1) {
  return values.map((fcstValue, k) => {
    const digits = new Date(from.getTime() + (k * stepHours + 9) * HOUR_MS).toISOString().replaceAll(/\D/g, '')
    return {
      baseDate: '20261114',
      baseTime: '0500',
      category,
      fcstDate: digits.slice(0, 8),
      fcstTime: digits.slice(8, 12),
      fcstValue,
      ...CELL,
    }
  })
}

describe('an observation', () => {
  it('may hold numbers, decimals for whole numbers, and blanks', async () => {
    expect(await observe(json(answerOf(observed({ T1H: -3.4, REH: ' 88 ', RN1: 0.5, PTY: 7, WSD: '0' }), '5')))).toEqual({
      outcome: 'answered',
      value: { hour: BASE.toISOString(), temp: -3.4, humidity: 88, rn1: 0.5, pty: 'flurry', wind_ms: 0 },
    })
  })

  it('of a single row is one, and none without the temperature', async () => {
    const alone = (item: object) => json({ response: { header: { resultCode: 0 }, body: { items: { item }, totalCount: 1 } } })
    expect(await observe(alone({ category: 'T1H', obsrValue: '-0.0' }))).toMatchObject({ value: { temp: -0, pty: null } })
    expect(await observe(alone({ category: 'PTY', obsrValue: '0' }))).toEqual({ outcome: 'answered', value: null })
  })

  // The sea says that nothing is measured there. What nobody understands says nothing, and the reading of before stands.
  it.each([
    ['rows of a forecast', rows('TMP', BASE, ['12'])],
    ['rows without what they measure', [{ nx: 98, ny: 76 }, {}]],
    ['rows that are words', ['점검 중', null, 3]],
    ['rows of categories that nobody knows', observed({ XYZ: '1' })],
  ])('is not the sea when it is %s', async (_, items) => {
    expect(await observe(json(answerOf(items)))).toEqual({ outcome: 'failed', reason: 'unavailable', code: null })
  })

  it.each([
    ['an empty list as a text', { items: '', totalCount: 0 }, { outcome: 'nothing' }],
    ['an empty list as an object', { items: {}, totalCount: '0' }, { outcome: 'nothing' }],
    ['an item that is empty', { items: { item: '' }, totalCount: 0 }, { outcome: 'nothing' }],
    ['fewer rows than it says', { items: { item: observed({ T1H: '3' }) }, totalCount: 8 }, { outcome: 'failed', reason: 'unavailable' }],
  ])('that is %s', async (_, body, expected) => {
    const reply = [json({ response: { header: { resultCode: '00', resultMsg: 'NORMAL_SERVICE' }, body } }), json(answerOf([], 8))]
    expect(await observe(reply)).toMatchObject(expected)
  })
})

describe('what is no answer of KMA', () => {
  const g1 = (code: string) =>
    `<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>X</returnAuthMsg><returnReasonCode>${code}</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>`
  it.each([
    ['a spent quota in XML with 200', text(g1('22'), 200, 'text/xml'), 'quota', '22'],
    ['too many a second in XML with 200', text(g1('23'), 200, 'text/xml'), 'rate', '23'],
    ['the gateway, with a byte order mark', text(`\uFEFF\r\n ${g1('30')}`), 'misconfigured', '30'],
    ['a header at the top', text('{"cmmMsgHeader":{"errMsg":"E","returnAuthMsg":"","returnReasonCode":22}}', 200), 'quota', '22'],
    ['a success in XML', text('<response><header><resultCode>00</resultCode></header><body/></response>'), 'unavailable', null],
    ['JSON that ends too soon', text('{"response":{"header":{"resultCode":"00"},"body":{"items":{"item":[{"cat'), 'unavailable', null],
    ['a page of HTML', text('<!DOCTYPE html><html><body>서비스 점검</body></html>', 200, 'text/html'), 'unavailable', null],
    ['nothing at all', text(''), 'unavailable', null],
    ['a list', text('[]'), 'unavailable', null],
    [
      'the hub, without permission',
      text('{"result":{"status":403,"message":"활용신청이 필요한 API 입니다."}}', 403),
      'misconfigured',
      '30',
    ],
    ['the hub, by a relay with 200', text('{"result":{"status":401,"message":"유효한 인증키가 아닙니다."}}'), 'misconfigured', '30'],
    ['the gateway’s words with 500', text('Error forwarding request to backend server', 500, 'text/plain'), 'unavailable', '05'],
  ])('%s', async (_, reply, reason, code) => {
    const answer = await observe(reply)
    expect(answer).toEqual({ outcome: 'failed', reason, code })
    expect(JSON.stringify(answer)).not.toContain(config.DATA_GO_KR_KEY)
  })
})

describe('a forecast', () => {
  const six = (from: Date) => [
    ...rows('T1H', from, ['1', 2, '-', '998', null, '5']),
    ...rows('SKY', from, ['1', '2', '3', '4', '-', '9']),
    ...rows('RN1', from, ['강수없음', '1.0mm 미만', '29.9mm', '30.0~50.0mm', '50.0mm이상', '-998.9']),
    ...rows('LGT', from, ['0', '0.3', '-', '0', '0', '0']),
  ]
  const ultra = (from: Date, base = seoul('20261114 0430')) =>
    kmaWith(json(answerOf(six(from))), 'getUltraSrtFcst').kma.forecastHours(CELL, base)

  it('of six hours in sixty rows has no probability, and what is missing is not 0', async () => {
    const answer = await ultra(BASE)
    if (answer.outcome !== 'answered') throw new Error(answer.outcome)
    expect(answer.value.map(({ temp }) => temp)).toEqual([1, 2, null, null, null, 5])
    expect(answer.value.map(({ sky }) => sky)).toEqual(['clear', 'mostly_cloudy', 'mostly_cloudy', 'overcast', null, null])
    expect(answer.value.map(({ rain_mm }) => rain_mm)).toEqual([
      { min: 0, max: 0 },
      { min: 0, max: 1 },
      { min: 29.9, max: 29.9 },
      { min: 30, max: 50 },
      { min: 50, max: null },
      null,
    ])
    expect(answer.value.map(({ lightning }) => lightning)).toEqual([0, 0.3, null, 0, 0, 0])
    expect(answer.value.every(({ pty, pop, humidity, snow_cm }) => [pty, pop, humidity, snow_cm].every((it) => it === null))).toBe(true)
  })

  it('that begins before its base is an older one, whatever it says of its base', async () => {
    expect(await ultra(BASE, seoul('20261114 0530'))).toEqual({ outcome: 'nothing' })
    const days = (from: Date) => kmaWith(json(answerOf(rows('TMP', from, ['1', '2', '3']))), 'getVilageFcst').kma.forecastDays(CELL, BASE)
    expect(await days(BASE)).toEqual({ outcome: 'nothing' })
    expect(await days(new Date(BASE.getTime() + HOUR_MS))).toMatchObject({ outcome: 'answered' })
  })

  it('of 1,052 rows is read whole, also in two pages, and its last day holds codes from three o’clock on', async () => {
    const base = seoul('20261114 1700')
    const steps = [...Array.from({ length: 78 }, (_, k) => k + 1), ...Array.from({ length: 9 }, (_, k) => 79 + 3 * k)]
    const all = steps.flatMap((step) => {
      const at = new Date(base.getTime() + step * HOUR_MS)
      return ['TMP', 'UUU', 'VVV', 'VEC', 'WSD', 'SKY', 'PTY', 'POP', 'WAV', 'PCP', 'REH', 'SNO'].flatMap((category) =>
        rows(category, at, [category === 'PCP' ? (step < 55 ? '강수없음' : '2') : '1']),
      )
    })
    all.push(...[37, 61, 85, 13].flatMap((step) => rows('TMN', new Date(base.getTime() + step * HOUR_MS), ['-1.5'])))
    all.push(...[22, 46, 70, 94].flatMap((step) => rows('TMX', new Date(base.getTime() + step * HOUR_MS), ['8.5'])))
    expect(all).toHaveLength(1_052)
    for (const replies of [
      [json(answerOf(all))],
      [json(answerOf(all.slice(0, 1_000), '1052')), json(answerOf(all.slice(1_000), '1052'))],
    ]) {
      const answer = await kmaWith(replies, 'getVilageFcst').kma.forecastDays(CELL, base)
      if (answer.outcome !== 'answered') throw new Error(answer.outcome)
      const { hours, extremes } = answer.value
      expect([hours.length, extremes.length]).toEqual([87, 4])
      const at = (clock: string) => hours.find((hour) => hour.at === seoul(clock).toISOString())!
      expect(at('20261118 0000').rain_mm).toEqual({ min: 2, max: 2 })
      expect(at('20261118 0000').wind_ms).toBe(1)
      expect(at('20261118 0300').rain_mm).toEqual({ min: 3, max: 15 })
      expect(at('20261119 0000').rain_mm).toEqual({ min: 3, max: 15 })
      expect(at('20261119 0000').wind_ms).toBeNull()
    }
  })
})

it('calls that a question costs beyond the first are asked for: other tries, and other pages', async () => {
  let left = 1
  const takeCall = () => left-- > 0
  const busy = kmaWith(text('API rate limit exceeded', 429), 'getUltraSrtNcst')
  expect(await busy.kma.observe(CELL, BASE, { patient: true, takeCall })).toMatchObject({ outcome: 'failed', reason: 'rate' })
  expect(busy.asked).toHaveLength(2)
  const long = kmaWith([json(answerOf(observed({ T1H: '3' }), 900))], 'getUltraSrtNcst')
  left = 2
  expect(await long.kma.observe(CELL, BASE, { takeCall })).toMatchObject({ outcome: 'failed' })
  expect(long.asked).toHaveLength(3)
})

it('a row that Postgres could not hold takes no other with it', async () => {
  const notice = (areaName: unknown, tmSeq: unknown) => ({
    tmFc: 202611140400,
    tmSeq,
    areaCode: 'L1010200',
    areaName,
    warnVar: 2,
    warnStress: '0',
    command: '1',
    startTime: 202611140500,
    endTime: 0,
    cancel: '0',
  })
  const rowsOfAll = [notice('하\u0000남\ud800', '7'), notice('성남', 99_999_999_999), notice('의왕', -1), notice(' 안양 \r\n', 8)]
  const { fetch } = fakeVendor({ 'apis.data.go.kr/1360000/WthrWrnInfoService/getPwnCd': json(answerOf(rowsOfAll)) })
  const answer = await createKma({ fetch, config, now: () => BASE }).listWarnings({ from: BASE, to: BASE })
  if (answer.outcome !== 'answered') throw new Error(answer.outcome)
  expect(answer.value.map(({ area_name, seq }) => [area_name, seq])).toEqual([
    ['하 남\ufffd', 7],
    ['안양', 8],
  ])
})

it('ultraviolet light of which no row can be read is no answer, and an empty page is one', async () => {
  const read = (items: unknown) => {
    const reply = json({ response: { header: { resultCode: '00' }, body: { items, totalCount: 2 } } })
    const { fetch } = fakeVendor({ 'apis.data.go.kr/1360000/LivingWthrIdxServiceV5/getUVIdxV5': reply })
    return createKma({ fetch, config }).uvIndices(BASE, 1)
  }
  expect(await read({ item: [{ areaNo: '서울', h0: '3' }] })).toMatchObject({ outcome: 'failed', reason: 'unavailable' })
  expect(await read('')).toEqual({ outcome: 'answered', value: { rows: [], total: 2 } })
  expect(await read({ item: { areaNo: 1168000000, h0: 3, h3: '' } })).toMatchObject({ value: { rows: [{ area_code: '1168000000' }] } })
})

it('one station’s impossible value takes no other station with it', async () => {
  const row = (stationName: string, pm10Value: unknown, dataTime = '2026-11-13 24:00') => ({
    stationName,
    sidoName: '부산',
    dataTime,
    pm10Value,
    pm10Flag: null,
    pm25Value: 7,
    pm25Flag: '',
  })
  const items = [row('가\u0000', '99999999999'), row('나', 1_240), row('다', '1e3'), row('라', '-'), row('마', 5, '0001-01-01 00:00')]
  const { fetch } = fakeVendor({
    'apis.data.go.kr/B552584/ArpltnInforInqireSvc/getCtprvnRltmMesureDnsty': json({
      response: { body: { totalCount: '5', items }, header: { resultCode: '00' } },
    }),
  })
  const answer = await createAirKorea({ fetch, config }).listReadings()
  if (answer.outcome !== 'answered') throw new Error(answer.outcome)
  expect(answer.value.map(({ pm10, pm25 }) => [pm10, pm25])).toEqual([
    [null, 7],
    [1_240, 7],
    [null, 7],
    [null, 7],
  ])
  expect(answer.value[0]!.station).toBe('가')
  expect(answer.value[0]!.measured_at).toBe(seoul('20261114 0000').toISOString())
})
