import { describe, expect, it } from 'vitest'
import { createPublicData } from '../../src/vendors/public-data/gateway.ts'
import { config, fakeVendor, html, json } from './fake-vendor.ts'
import { seoul } from './kma-recordings.ts'
import { answered, SEOUL, skyLab } from './sky-lab.ts'

const HOST = 'apis.data.go.kr'
const PATH = `${HOST}/1/getThings`
const URL_OF_IT = `https://${PATH}`
const [G1, QUOTA, RATE] = ['30', '22', '23'].map(
  (code) => `<OpenAPI_ServiceResponse><cmmMsgHeader><returnReasonCode>${code}</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>`,
) as [string, string, string]
const xml = (text: string) => new Response(text, { headers: { 'Content-Type': 'text/xml' } })
const words = (text: string, status: number) => new Response(text, { status })
const good = () => json({ response: { header: { resultCode: '00' }, body: { items: { item: [1, 2] }, totalCount: 2 } } })

function client(reply: Parameters<typeof fakeVendor>[0][string], of: object = {}) {
  const vendor = fakeVendor({ [PATH]: reply, 'relay.example.kr/apis.data.go.kr/1/getThings': reply })
  const pauses: number[] = []
  const ask = createPublicData({ fetch: vendor.fetch, config: { ...config, ...of }, pause: async (ms) => void pauses.push(ms) })
  return { ...vendor, pauses, ask: (options?: Parameters<typeof ask>[2]) => ask(URL_OF_IT, { pageNo: 1, name: '전국' }, options) }
}

describe('a request', () => {
  it('encodes the key once, and sends two headers', async () => {
    const { ask, asked } = client(good(), { DATA_GO_KR_KEY: 'ab+cd/e=' })
    expect(await ask()).toEqual({
      outcome: 'answered',
      value: { items: [1, 2], total: 2, body: { items: { item: [1, 2] }, totalCount: 2 } },
    })
    expect(asked[0]!.url).toBe(`${URL_OF_IT}?serviceKey=ab%2Bcd%2Fe%3D&pageNo=1&name=%EC%A0%84%EA%B5%AD`)
    expect(Object.fromEntries(asked[0]!.headers)).toEqual({ accept: 'application/json', 'user-agent': 'withbowwow/1' })
  })

  it('goes to the relay, if there is one and nothing is simulated', async () => {
    const relay = { DATA_GO_KR_RELAY: 'https://relay.example.kr' }
    const through = client(good(), relay)
    expect(await through.ask()).toMatchObject({ outcome: 'answered' })
    expect(through.asked[0]!.url).toMatch(/^https:\/\/relay\.example\.kr\/apis\.data\.go\.kr\/1\/getThings\?serviceKey=/)
    const simulated = client(good(), { ...relay, VENDOR_GATEWAY: 'http://127.0.0.1:8790' })
    await simulated.ask()
    expect(simulated.asked[0]!.url).toMatch(/^https:\/\/apis\.data\.go\.kr\/1\//)
  })

  it('passes its deadline on', async () => {
    const deadlines: (number | undefined)[] = []
    const ask = createPublicData({
      config,
      fetch: async (_, options) => {
        deadlines.push(options?.deadlineMs)
        return good()
      },
    })
    await ask(URL_OF_IT, {}, { deadlineMs: 2_500 })
    await ask(URL_OF_IT, {})
    expect(deadlines).toEqual([2_500, undefined])
  })

  it.each([
    ['silence', new Error('reset by https://apis.data.go.kr/?serviceKey=secret'), 'unavailable', null],
    ['a page', html(503), 'unavailable', null],
    ['the first generation', xml(G1), 'misconfigured', '30'],
    ['words', words('API token quota exceeded', 429), 'quota', '22'],
  ])('that fails with %s says nothing of its address', async (_, reply, reason, code) => {
    expect(await client(reply).ask()).toEqual({ outcome: 'failed', reason, code })
  })
})

describe('patience', () => {
  const patient = { patient: true }

  it('waits a second or two and tries three times when there were too many calls at once', async () => {
    for (const rate of [() => xml(RATE), () => words('API rate limit exceeded', 429), () => words('', 429)]) {
      const twice = client([rate(), rate(), good()])
      expect(await twice.ask(patient)).toMatchObject({ outcome: 'answered' })
      expect(twice.pauses).toHaveLength(2)
      for (const ms of twice.pauses) expect(ms).toBeGreaterThanOrEqual(1_000)
      for (const ms of twice.pauses) expect(ms).toBeLessThanOrEqual(2_000)
      const always = client(rate())
      expect(await always.ask(patient)).toEqual({ outcome: 'failed', reason: 'rate', code: '23' })
      expect(always.asked).toHaveLength(3)
    }
  })

  it('tries once more what passes', async () => {
    for (const failure of [
      html(),
      html(502),
      new Error('reset'),
      words('Unexpected errors', 500),
      json({ cmmMsgHeader: { returnReasonCode: '05' } }),
    ]) {
      const once = client([failure, good()])
      expect(await once.ask(patient)).toMatchObject({ outcome: 'answered' })
      const always = client(failure)
      expect(await always.ask(patient)).toMatchObject({ outcome: 'failed', reason: 'unavailable' })
      expect(always.asked).toHaveLength(2)
    }
  })

  it('never asks again what would fail again', async () => {
    const nothing = json({ response: { header: { resultCode: '03' } } })
    for (const final of [xml(G1), xml(QUOTA), words('Forbidden', 403), words('API not found', 404), nothing]) {
      const call = client(final)
      expect(await call.ask(patient)).not.toMatchObject({ outcome: 'answered' })
      expect([call.asked.length, call.pauses]).toEqual([1, []])
    }
  })

  it('is not for those who wait', async () => {
    const call = client([words('', 429), good()])
    expect(await call.ask()).toMatchObject({ reason: 'rate' })
    expect([call.asked.length, call.pauses]).toEqual([1, []])
  })
})

describe('the simulated gateway', () => {
  const NCST = '/1360000/VilageFcstInfoService_2.0/getUltraSrtNcst'
  const ASKED = { dataType: 'JSON', base_date: '20261002', base_time: '1400', ...SEOUL }
  const reasonOf = (answer: { json: any }) => answer.json.OpenAPI_ServiceResponse.cmmMsgHeader.returnReasonCode
  const observe = (sky: ReturnType<typeof skyLab>) => sky.kma.observe(SEOUL, seoul('20261002 1400'), { patient: true })

  it('checks the headers, the path, the key, and then the counts', async () => {
    const sky = skyLab()
    await sky.set('/public-data', { quota: { getUltraSrtNcst: 0 } })
    const tracing = { baggage: 'sentry-environment=production' }
    expect(await sky.get('/nowhere', { serviceKey: 'x' }, tracing)).toMatchObject({ status: 400 })
    expect(reasonOf(await sky.get(NCST, ASKED, tracing))).toBe('10')
    const wrong = await sky.get('/1360000/Nowhere/getNothing', { serviceKey: '' })
    expect([wrong.status, wrong.type, wrong.text.includes('<returnReasonCode>12<')]).toEqual([400, 'application/xml', true])
    const keyless = await sky.get(NCST, { ...ASKED, serviceKey: '' })
    expect([keyless.status, reasonOf(keyless)]).toEqual([401, '20'])
    const twice = await sky.get(NCST, { ...ASKED, serviceKey: encodeURIComponent(config.DATA_GO_KR_KEY) })
    expect([twice.status, reasonOf(twice)]).toEqual([403, '30'])
    expect(twice.json.OpenAPI_ServiceResponse.cmmMsgHeader).toEqual({
      errMsg: 'SERVICE_KEY_IS_NOT_REGISTERED_ERROR',
      returnAuthMsg: '등록되지 않은 서비스키',
      returnReasonCode: '30',
    })
    const full = await sky.get(NCST, ASKED)
    expect([full.status, reasonOf(full)]).toEqual([429, '22'])
  })

  it.each(['g1', 'g2', 'g3'])('answers in each generation, and the client reads all: %s', async (generation) => {
    const sky = skyLab()
    await sky.set('/public-data', { generation })
    const refused = await sky.get(NCST, { ...ASKED, serviceKey: 'x' })
    expect([refused.status, refused.type]).toEqual(
      { g1: [200, 'text/xml'], g2: [401, 'text/plain'], g3: [403, 'application/json'] }[generation],
    )
    await sky.set('/public-data', { quota: { getUltraSrtNcst: 1 } })
    expect(await observe(sky)).toMatchObject({ outcome: 'answered' })
    expect(await observe(sky)).toEqual({ outcome: 'failed', reason: 'quota', code: '22' })
    await sky.set('/public-data', { quota: { getUltraSrtNcst: 100 }, per_second: { getUltraSrtNcst: 0 } })
    expect(await observe(sky)).toEqual({ outcome: 'failed', reason: 'rate', code: '23' })
    expect(sky.pauses).toHaveLength(2)
  })

  it('counts the calls of each operation, until midnight in Seoul', async () => {
    const sky = skyLab('20261002 2350')
    const calls = async () => (await sky.set('/public-data/calls')).json
    await sky.kma.observe(SEOUL, seoul('20261002 2300'))
    await sky.kma.observe(SEOUL, seoul('20261002 2200'))
    await sky.airKorea.listReadings()
    expect(await calls()).toMatchObject({
      calls: { getUltraSrtNcst: 2, getCtprvnRltmMesureDnsty: 1 },
      quota: { getUltraSrtNcst: 10_000, getCtprvnRltmMesureDnsty: 500 },
    })
    await sky.set('/public-data', { quota: { getCtprvnRltmMesureDnsty: 1 } })
    expect(await sky.airKorea.listReadings()).toMatchObject({ reason: 'quota' })
    sky.moveTo('20261003 0020')
    expect((await calls()).calls).toMatchObject({ getUltraSrtNcst: 0 })
    expect(answered(await sky.airKorea.listReadings()).length).toBeGreaterThan(200)
    await sky.set('/public-data/calls', undefined, 'DELETE')
    expect((await calls()).calls).toEqual({})
  })
})
