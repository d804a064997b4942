import { describe, expect, test } from 'vitest'
import { workerVars } from '../../dev/credentials.ts'
import { addFault, sim } from './control.ts'
import { cloud } from '../support/cloud.ts'

const gateway = cloud.simulatorsUrl

async function regionsAt(y: number, x: number, key: string = workerVars.KAKAO_REST_API_KEY) {
  const url = `${gateway}/dapi.kakao.com/v2/local/geo/coord2regioncode.json?x=${x}&y=${y}`
  const response = await fetch(url, { headers: { Authorization: `KakaoAK ${key}` } })
  return { status: response.status, json: (await response.json()) as any }
}

describe('the region of a coordinate', () => {
  test.each([
    [37.5006, 127.0364, '1168010100', '서울특별시 강남구 역삼동'],
    [37.5551, 126.9062, '1144012300', '서울특별시 마포구 망원동'],
    [37.4012191, 127.1086228, '4113510900', '경기도 성남시 분당구 삼평동'],
    [35.163, 129.158, '2635010500', '부산광역시 해운대구 우동'],
  ])('%d, %d is %s %s', async (lat, lng, code, address) => {
    const { json } = await regionsAt(lat, lng)
    expect(json.meta).toEqual({ total_count: 2 })
    expect(json.documents).toMatchObject([
      { region_type: 'B', code, address_name: address, x: expect.any(Number), y: expect.any(Number) },
      { region_type: 'H', code: expect.stringMatching(/^\d{10}$/) },
    ])
  })

  test('is the same dong for the same cell, and neighbours differ in code and name', async () => {
    const [here, again, there] = await Promise.all([regionsAt(37.291, 127.0089), regionsAt(37.291, 127.0089), regionsAt(37.306, 127.0089)])
    expect(again).toEqual(here)
    const [a, b] = [here.json.documents[0], there.json.documents[0]]
    expect(a.code).toMatch(/^41\d{6}00$/)
    expect(a.region_3depth_name).toMatch(/^[가-힣]{2}동$/)
    expect(b.code).not.toBe(a.code)
    expect(b.region_3depth_name).not.toBe(a.region_3depth_name)
  })

  test('is none at sea and abroad', async () => {
    for (const [lat, lng] of [
      [36, 124.9],
      [37, 130.2],
      [35.68, 139.76],
    ] as const) {
      expect((await regionsAt(lat, lng)).json).toEqual({ meta: { total_count: 0 }, documents: [] })
    }
  })

  test('needs the REST key and numbers', async () => {
    expect(await regionsAt(37, 127, workerVars.KAKAO_NATIVE_APP_KEY)).toMatchObject({
      status: 401,
      json: { errorType: 'AccessDeniedError' },
    })
    expect(await regionsAt(Number.NaN, 127)).toMatchObject({ status: 400, json: { errorType: 'InvalidArgument' } })
    expect((await fetch(`${gateway}/dapi.kakao.com/v2/local/geo/coord2regioncode.json?x=1&y=1`)).status).toBe(401)
  })
})

describe('faults', () => {
  const me = (token: string) => fetch(`${gateway}/kapi.kakao.com/v2/user/me`, { headers: { Authorization: `Bearer ${token}` } })

  test('hit only requests with their key, in order, as often as asked', async () => {
    const key = crypto.randomUUID()
    const fault = { host: 'kapi.kakao.com', path: '/v2/user', key }
    await addFault({ ...fault, status: 503, body: { code: -9798 }, headers: { 'Retry-After': '1' }, times: 2 })
    await addFault({ ...fault, delay_ms: 200, body: 'plain' })
    expect((await me('another')).status).toBe(401)
    const first = await me(key)
    expect([first.status, first.headers.get('Retry-After'), await first.json()]).toEqual([503, '1', { code: -9798 }])
    expect((await me(key)).status).toBe(503)
    const before = Date.now()
    expect(await (await me(key)).text()).toBe('plain')
    expect(Date.now() - before).toBeGreaterThan(150)
    expect((await me(key)).status).toBe(401)
    await addFault({ ...fault, cut: 'before' })
    await expect(me(key)).rejects.toThrow(/connection|network|disconnected/i)
  })

  test('are listed while they wait', async () => {
    const key = crypto.randomUUID()
    await addFault({ host: 'nid.naver.com', key, cut: 'after' })
    expect((await sim('/faults')).json.faults).toContainEqual({ host: 'nid.naver.com', key, cut: 'after', times: 1 })
  })

  test('that say nothing, or something unknown, are refused with reasons', async () => {
    expect(await sim('/faults', { host: 'neon' })).toMatchObject({ status: 422, json: { issues: [{ message: expect.any(String) }] } })
    expect(await sim('/faults', { host: 'neon', status: 500, wrong: 1 })).toMatchObject({ status: 422 })
  })
})

test('the control surface describes itself, and answers what it does not know', async () => {
  expect((await sim('')).json.control).toHaveProperty('POST /_sim/login')
  expect((await sim('/neon/stats')).json).toEqual({ requests: expect.any(Number), statements: expect.any(Number) })
  expect((await sim('/nonsense')).status).toBe(404)
  expect(await sim('/login', { provider: 'kakao', id: 'abc' })).toMatchObject({ status: 422, json: { issues: [{ path: 'id' }] } })
  expect((await fetch(`${gateway}/unknown.example/path`)).status).toBe(501)
})
