import { describe, expect, it } from 'vitest'
import { createVendorFetch } from '../../src/vendors/http.ts'
import { createKakaoLocal } from '../../src/vendors/kakao/local.ts'
import { config, fakeVendor, html, json, verdict } from './fake-vendor.ts'
import { cloud } from '../support/cloud.ts'

const REGION = 'dapi.kakao.com/v2/local/geo/coord2regioncode.json'
const legal = {
  region_type: 'B',
  code: '4113510900',
  address_name: '경기도 성남시 분당구 삼평동',
  region_1depth_name: '경기도',
  region_2depth_name: '성남시 분당구',
  region_3depth_name: '삼평동',
  region_4depth_name: '',
  x: 127.1046,
  y: 37.4027,
}
const administrative = { ...legal, region_type: 'H', code: '4113565500' }
const find = (reply: Response | Error) =>
  createKakaoLocal({ fetch: fakeVendor({ [REGION]: reply }).fetch, config }).findRegion({ lat: 37.4012, lng: 127.1086 })
const findAmong = (...documents: unknown[]) => find(json({ meta: { total_count: documents.length }, documents }))

describe('the region of a place', () => {
  it('is the legal dong, wherever it stands in the answer', async () => {
    const expected = {
      code: '4113510900',
      sido: '경기도',
      sigungu: '성남시 분당구',
      dong: '삼평동',
      center: { lat: 37.4027, lng: 127.1046 },
    }
    expect(await findAmong(legal, administrative)).toEqual(expected)
    expect(await findAmong(administrative, legal)).toEqual(expected)
    const local = createKakaoLocal({ fetch: createVendorFetch(cloud.simulatorsUrl), config })
    expect(await local.findRegion({ lat: 37.4012191, lng: 127.1086228 })).toMatchObject({ code: '4113510900', dong: '삼평동' })
  })

  it('asks with longitude as x and our key', async () => {
    const vendor = fakeVendor({ [REGION]: json({ documents: [legal] }) })
    await createKakaoLocal({ fetch: vendor.fetch, config }).findRegion({ lat: 37.4, lng: 127.1 })
    expect(vendor.asked[0]?.url).toBe('https://dapi.kakao.com/v2/local/geo/coord2regioncode.json?x=127.1&y=37.4')
    expect(vendor.asked[0]?.headers.get('Authorization')).toBe(`KakaoAK ${config.KAKAO_REST_API_KEY}`)
  })

  it('is the myeon of a ri', async () => {
    const ri = { ...legal, code: '4155035021', region_2depth_name: '안성시', region_3depth_name: '죽산면', region_4depth_name: '죽산리' }
    expect(await findAmong(ri)).toMatchObject({ code: '4155035000', dong: '죽산면' })
  })

  it('has no sigungu in Sejong', async () => {
    expect(await findAmong({ ...legal, region_1depth_name: '세종특별자치시', region_2depth_name: '' })).toMatchObject({ sigungu: '' })
  })

  it('is none at sea and abroad', async () => {
    const sea = { ...legal, region_1depth_name: '', region_2depth_name: '', region_3depth_name: '' }
    const { region_1depth_name: _, region_3depth_name: __, ...nameless } = legal
    for (const documents of [[], [administrative], [sea], [nameless], [{ ...legal, code: '' }]]) {
      expect(await findAmong(...documents)).toBeNull()
    }
  })

  it('is unknown when Kakao does not say', async () => {
    const failures = [
      html(503),
      html(),
      new Error('reset'),
      json({ errorType: 'RequestThrottled' }, 429),
      json({ code: -10 }, 400),
      json({}),
    ]
    for (const failure of failures) expect(await verdict(find(failure))).toBe('vendor_unavailable')
  })
})
