import { afterAll, describe, expect, it } from 'vitest'
import { createVendorFetch } from '../../src/vendors/http.ts'
import { createCityParks } from '../../src/vendors/public-data/city-parks.ts'
import { cloud } from '../support/cloud.ts'
import { config, fakeVendor, html, json } from './fake-vendor.ts'

const PARKS = 'api.data.go.kr/openapi/tn_pubr_public_cty_park_info_api'
const CAMEL = {
  manageNo: '11110-00001',
  parkNm: '삼청공원',
  parkSe: '근린공원',
  rdnmadr: '서울특별시 종로구 북촌로 134-3',
  lnmadr: '서울특별시 종로구 삼청동 0024-0004',
  latitude: '37.589',
  longitude: '126.984',
  parkAr: '372,418.5',
  phoneNumber: '02-2148-2844',
  referenceDate: '2026-06-01',
}
const UPPER = {
  MANAGE_NO: '11110-00001',
  PARK_NM: '삼청공원',
  PARK_SE: '근린공원',
  RDNMADR: '서울특별시 종로구 북촌로 134-3',
  LNMADR: '서울특별시 종로구 삼청동 0024-0004',
  LATITUDE: 37.589,
  LONGITUDE: 126.984,
  PARK_AR: 372_418.5,
  PHONE_NUMBER: '0221482844',
  REFERENCE_DATE: '20260601',
}
const PARK = {
  key: '11110-00001',
  name: '삼청공원',
  kind: '근린공원',
  road_address: '서울특별시 종로구 북촌로 134-3',
  lot_address: '서울특별시 종로구 삼청동 24-4',
  location: { lat: 37.589, lng: 126.984 },
  phone: '02-2148-2844',
  area_m2: 372_418.5,
  updated_on: '2026-06-01',
}
const header = { resultCode: '00', resultMsg: 'NORMAL_SERVICE' }
const ask = (reply: Response | Error, page = 1) => createCityParks({ fetch: fakeVendor({ [PARKS]: reply }).fetch, config }).listPage(page)
const read = async (row: object) => {
  const answer = await ask(json({ header, body: { items: { item: [{ ...CAMEL, ...row }] }, totalCount: 1 } }))
  return answer.outcome === 'answered' ? (answer.value.rows[0] ?? null) : undefined
}

describe('a page of parks', () => {
  it('is asked for with a thousand rows', async () => {
    const vendor = fakeVendor({ [PARKS]: json({ header, body: { items: '', totalCount: 0 } }) })
    await createCityParks({ fetch: vendor.fetch, config }).listPage(3)
    expect(Object.fromEntries(new URL(vendor.asked[0]!.url).searchParams)).toEqual({
      serviceKey: config.DATA_GO_KR_KEY,
      pageNo: '3',
      numOfRows: '1000',
      type: 'json',
    })
  })

  it.each([
    ['bare', (row: object) => ({ header, body: { items: { item: [row] }, totalCount: '1' } })],
    ['in a response', (row: object) => ({ response: { header, body: { items: { item: [row] }, totalCount: 1 } } })],
    ['in a response, as a list', (row: object) => ({ response: { header, body: { items: [row], totalCount: 1 } } })],
    ['in a response without a header or a total', (row: object) => ({ response: { body: { items: [row] } } })],
    ['alone', (row: object) => ({ response: { header, body: { items: { item: row }, totalCount: 1 } } })],
  ])('may come %s, and with both spellings of its fields', async (_, wrap) => {
    for (const row of [CAMEL, UPPER])
      expect(await ask(json(wrap(row)))).toEqual({
        outcome: 'answered',
        value: { rows: [PARK], total: 1, is_total_stated: JSON.stringify(wrap(row)).includes('totalCount'), refused: 0 },
      })
  })

  it('without a total is taken for full or for the last', async () => {
    const items = Array.from({ length: 1_000 }, (_, n) => ({ ...CAMEL, manageNo: String(n) }))
    expect(await ask(json({ response: { body: { items } } }), 2)).toMatchObject({ value: { total: 2_001 } })
    expect(await ask(json({ response: { body: { items: items.slice(0, 7) } } }), 3)).toMatchObject({ value: { total: 2_007 } })
  })

  it.each([
    ['beyond the last', json({ header: { resultCode: '03', resultMsg: 'NODATA_ERROR' } }), { outcome: 'nothing' }],
    ['of a maintenance', html(), { outcome: 'failed', reason: 'unavailable', code: null }],
    ['of words', json({ header, body: { items: ['?'], totalCount: 1 } }), { outcome: 'failed', reason: 'unavailable', code: null }],
    ['with an unknown key', json({ header: { resultCode: '30' } }), { outcome: 'failed', reason: 'misconfigured', code: '30' }],
  ])('%s has no rows', async (_, reply, expected) => {
    expect(await ask(reply)).toEqual(expected)
  })
})

describe('a park', () => {
  it.each([
    ['', ''],
    ['0', '0'],
    [0, 0],
    [null, undefined],
    ['37.5', ''],
    ['126.984', '37.589'],
    ['37.589', '0'],
    ['-', '-'],
  ])('with the coordinates %j and %j is nowhere', async (latitude, longitude) => {
    expect(await read({ latitude, longitude })).toMatchObject({ name: '삼청공원', location: null })
  })

  it('without a number is known by its name and address', async () => {
    expect(await read({ manageNo: '' })).toMatchObject({ key: '삼청공원:서울특별시 종로구 북촌로 134-3' })
    expect(await read({ manageNo: null, rdnmadr: '' })).toMatchObject({ key: '삼청공원:서울특별시 종로구 삼청동 24-4' })
  })

  it('without a name is refused', async () => {
    const answer = await ask(json({ header, body: { items: { item: [{ ...CAMEL, parkNm: ' ' }, CAMEL] }, totalCount: 2 } }))
    expect(answer).toEqual({ outcome: 'answered', value: { rows: [PARK], total: 2, is_total_stated: true, refused: 1 } })
  })

  it('has null for what is missing', async () => {
    const missing = { parkSe: '', rdnmadr: '-', lnmadr: '', parkAr: '0', phoneNumber: '', referenceDate: '' }
    expect(await read(missing)).toMatchObject({
      kind: null,
      road_address: null,
      lot_address: null,
      area_m2: null,
      phone: null,
      updated_on: null,
    })
  })
})

describe('the simulated list of parks', () => {
  const set = (settings: object) =>
    fetch(`${cloud.simulatorsUrl}/_sim/places/snapshot`, { method: 'POST', body: JSON.stringify({ kind: 'city_parks', ...settings }) })
  afterAll(() => set({}))

  it('is the same in all its forms', async () => {
    const parks = createCityParks({ fetch: createVendorFetch(cloud.simulatorsUrl), config })
    const first = await parks.listPage(1)
    if (first.outcome !== 'answered') throw new Error('no answer')
    expect(first.value.rows.length).toBe(first.value.total)
    expect(first.value.total).toBeGreaterThanOrEqual(120)
    expect(first.value.rows.some(({ location }) => location === null)).toBe(true)
    expect(first.value.rows.some(({ name }) => name === '서울숲')).toBe(true)
    expect(new Set(first.value.rows.map(({ key }) => key)).size).toBe(first.value.total)
    for (const envelope of ['bare', 'response', 'array'])
      for (const fields of ['camel', 'upper']) {
        await set({ envelope, fields })
        expect(await parks.listPage(1)).toEqual({ ...first, value: { ...first.value, is_total_stated: envelope !== 'array' } })
      }
    expect(await parks.listPage(2)).toEqual({ outcome: 'nothing' })
    await set({ total_lies: 5, rows_max: 20 })
    expect(await parks.listPage(1)).toMatchObject({ value: { total: 25, rows: first.value.rows.slice(0, 20) } })
  })
})
