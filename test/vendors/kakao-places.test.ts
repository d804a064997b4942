import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createVendorFetch } from '../../src/vendors/http.ts'
import { createKakaoLocal } from '../../src/vendors/kakao/local.ts'
import type { KakaoPlaces } from '../../src/vendors/kakao/places.ts'
import { quarter } from '../../src/vendors/kakao/tiles.ts'
import { cloud } from '../support/cloud.ts'
import { config, fakeVendor, html, json } from './fake-vendor.ts'

const KEYWORD = 'dapi.kakao.com/v2/local/search/keyword.json'
const CATEGORY = 'dapi.kakao.com/v2/local/search/category.json'
const ADDRESS = 'dapi.kakao.com/v2/local/search/address.json'
/** As recorded. */
const HAN = {
  address_name: '서울 서초구 양재동 377-4',
  category_group_code: 'HP8',
  category_group_name: '병원',
  category_name: '가정,생활 > 반려동물 > 동물병원',
  distance: '',
  id: '10950807',
  phone: '02-577-3690',
  place_name: '한동물병원',
  place_url: 'http://place.map.kakao.com/10950807',
  road_address_name: '서울 서초구 동산로 66',
  x: '127.045978569832',
  y: '37.47187487982',
}
const HAN_PLACE = {
  id: '10950807',
  name: '한동물병원',
  category_name: '가정,생활 > 반려동물 > 동물병원',
  address: '서울 서초구 양재동 377-4',
  road_address: '서울 서초구 동산로 66',
  phone: '02-577-3690',
  place_url: 'http://place.map.kakao.com/10950807',
  lat: 37.47187487982,
  lng: 127.045978569832,
  distance_m: null,
}
const page = (documents: unknown[], meta: object = {}) =>
  json({ documents, meta: { is_end: true, pageable_count: documents.length, total_count: documents.length, same_name: null, ...meta } })
const local = (replies: Parameters<typeof fakeVendor>[0]) => {
  const vendor = fakeVendor(replies)
  return { vendor, kakao: createKakaoLocal({ fetch: vendor.fetch, config }) }
}
const found = async (document: unknown) => {
  const answer = await local({ [KEYWORD]: page([document]) }).kakao.searchKeyword({ query: '동물병원' })
  return answer.outcome === 'answered' ? answer.value.places : undefined
}

describe('a search by word', () => {
  it('asks with longitude as x, our key and the size of a page', async () => {
    const { kakao, vendor } = local({ [KEYWORD]: page([HAN]) })
    await kakao.searchKeyword({
      query: '동물병원',
      at: { lat: 37.5, lng: 127 },
      radius_m: 99_999,
      sort: 'distance',
      page: 2,
      category: 'HP8',
    })
    await kakao.searchKeyword({ query: '애견 카페', rect: { south: 37, west: 127, north: 37.5, east: 127.5 }, sort: 'distance' })
    const [first, second] = vendor.asked.map(({ url }) => Object.fromEntries(new URL(url).searchParams))
    expect(first).toEqual({
      query: '동물병원',
      x: '127',
      y: '37.5',
      radius: '20000',
      sort: 'distance',
      page: '2',
      size: '15',
      category_group_code: 'HP8',
    })
    // Without a point Kakao would refuse to sort by distance.
    expect(second).toEqual({ query: '애견 카페', rect: '127,37,127.5,37.5', sort: 'accuracy', page: '1', size: '15' })
    expect(vendor.asked[0]?.headers.get('Authorization')).toBe(`KakaoAK ${config.KAKAO_REST_API_KEY}`)
  })

  it('finds places with numbers where Kakao has texts', async () => {
    expect(await found(HAN)).toEqual([HAN_PLACE])
    expect(await found({ ...HAN, distance: '412', phone: '', road_address_name: '' })).toEqual([
      { ...HAN_PLACE, distance_m: 412, phone: null, road_address: null },
    ])
  })

  it('leaves out a document that is no place', async () => {
    for (const document of [null, {}, { ...HAN, x: '' }, { ...HAN, y: 'north' }, { ...HAN, id: '' }, { ...HAN, place_name: '' }])
      expect(await found(document)).toEqual([])
    expect(await found({ ...HAN, place_url: 'javascript:alert(1)' })).toEqual([
      { ...HAN_PLACE, place_url: 'https://place.map.kakao.com/10950807' },
    ])
  })

  it('finds nothing where there is nothing', async () => {
    const { kakao } = local({ [KEYWORD]: json({ documents: [], meta: { is_end: true, pageable_count: 0, total_count: 0 } }) })
    expect(await kakao.searchKeyword({ query: '없는 것' })).toEqual({
      outcome: 'answered',
      value: { places: [], is_end: true, pageable_count: 0 },
    })
  })

  it('ends with the third page, and never asks for the fourth', async () => {
    const { kakao, vendor } = local({ [KEYWORD]: page([HAN], { is_end: false, pageable_count: 45 }) })
    expect(await kakao.searchKeyword({ query: '동물병원', page: 2 })).toMatchObject({ value: { is_end: false } })
    expect(await kakao.searchKeyword({ query: '동물병원', page: 3 })).toMatchObject({ value: { is_end: true } })
    expect(await kakao.searchKeyword({ query: '동물병원', page: 4 })).toMatchObject({ value: { is_end: true, places: [] } })
    expect(vendor.asked).toHaveLength(2)
  })
})

it('a search by group asks for the group alone', async () => {
  const { kakao, vendor } = local({ [CATEGORY]: page([HAN]) })
  expect(await kakao.searchCategory({ category: 'HP8', at: { lat: 37.5, lng: 127 }, radius_m: 500 })).toMatchObject({
    value: { places: [HAN_PLACE] },
  })
  expect(Object.fromEntries(new URL(vendor.asked[0]!.url).searchParams)).toMatchObject({ category_group_code: 'HP8', radius: '500' })
})

describe('an address', () => {
  const document = { address_name: '경기 광명시 광이로 10', address_type: 'ROAD_ADDR', x: '126.85812', y: '37.47927' }
  const find = (query: string, ...documents: unknown[]) => {
    const { kakao, vendor } = local({ [ADDRESS]: page(documents) })
    return kakao
      .findAddress(query)
      .then((answer) => ({ answer, asked: vendor.asked.map(({ url }) => new URL(url).searchParams.get('query')) }))
  }

  it('lies where Kakao says', async () => {
    expect((await find('경기도 광명시 광이로 10', document)).answer).toEqual({
      outcome: 'answered',
      value: { address: '경기 광명시 광이로 10', lat: 37.47927, lng: 126.85812 },
    })
  })

  it.each([
    ['경기도 광명시 광이로 10 (철산동)', '경기도 광명시 광이로 10'],
    ['대구광역시 중구 동성로 34-1, 1,2층 (동성로2가)', '대구광역시 중구 동성로 34-1'],
    ['  대구광역시 중구 동성로 34-1\n', '대구광역시 중구 동성로 34-1'],
  ])('%j is asked for as %j', async (query, wanted) => {
    expect((await find(query, document)).asked).toEqual([wanted])
  })

  it('is unknown when Kakao knows no more than its street or its dong', async () => {
    for (const address_type of ['ROAD', 'REGION'])
      expect((await find('광이로', { ...document, address_type })).answer).toMatchObject({ value: null })
    expect((await find('없는 길 1')).answer).toEqual({ outcome: 'answered', value: null })
    expect(await find(' (철산동)')).toEqual({ answer: { outcome: 'answered', value: null }, asked: [] })
  })
})

describe('a failure', () => {
  const key = config.KAKAO_REST_API_KEY
  const calls: ((kakao: KakaoPlaces) => Promise<unknown>)[] = [
    (kakao) => kakao.searchKeyword({ query: '동물병원' }),
    (kakao) => kakao.searchCategory({ category: 'HP8' }),
    (kakao) => kakao.findAddress('광이로 10'),
    (kakao) => kakao.listInRect('동물병원', { south: 37, west: 127, north: 37.1, east: 127.1 }),
  ]
  it.each([
    [json({ errorType: 'RequestThrottled', message: 'API limit has been exceeded.' }, 429), 'quota'],
    [json({ errorType: 'RequestThrottled', message: 'You have exceeded your request rate of 50000.' }, 400), 'quota'],
    [json({ code: -10, msg: 'API limit has been exceeded.' }, 400), 'quota'],
    [html(429), 'quota'],
    [json({ errorType: 'NotAuthorizedError', message: 'App(withbowwow) disabled OPEN_MAP_AND_LOCAL service.' }, 403), 'misconfigured'],
    [json({ errorType: 'NotAuthorizedError', message: 'App(withbowwow) disabled OPEN_MAP_AND_LOCAL service.' }, 401), 'misconfigured'],
    [json({ errorType: 'AccessDeniedError', message: `wrong appKey(${key}) format` }, 401), 'misconfigured'],
    [json({ errorType: 'AccessDeniedError', message: `appKey(${key}) does not exist` }, 401), 'misconfigured'],
    [json({ code: -401, msg: `appKey(${key}) does not exist` }, 401), 'misconfigured'],
    [json({ errorType: 'MissingParameter', message: 'query parameter required' }, 400), 'misconfigured'],
    [json({ errorType: 'InvalidArgument', message: 'page is more than max' }, 400), 'misconfigured'],
    [html(503), 'unavailable'],
    [html(200), 'unavailable'],
    [json({ errorType: 'SomethingNew', message: key }, 500), 'unavailable'],
    [json({}), 'unavailable'],
    [json({ documents: 'none' }), 'unavailable'],
    [new Error(`reset while asking with ${key}`), 'unavailable'],
  ])('is named by what Kakao calls it, and never holds the key (%#)', async (reply, reason) => {
    for (const call of calls) {
      const answer = await call(local({ [KEYWORD]: reply, [CATEGORY]: reply, [ADDRESS]: reply }).kakao)
      expect(answer).toEqual({ outcome: 'failed', reason })
    }
  })
})

describe('a rectangle', () => {
  const rects = fc
    .tuple(
      fc.double({ min: 33, max: 38, noNaN: true }),
      fc.double({ min: 125, max: 130, noNaN: true }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
    )
    .map(([south, west, size]) => ({ south, west, north: south + size, east: west + size }))

  it('is quartered without holes: every place in it lies in exactly one quarter', () => {
    const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(rects, unit, unit, (rect, up, right) => {
        const [lat, lng] = [rect.south + up * (rect.north - rect.south), rect.west + right * (rect.east - rect.west)]
        fc.pre(lat < rect.north && lng < rect.east)
        let tiles = [rect]
        for (let depth = 0; depth < 4; depth++) {
          tiles = tiles.flatMap((tile) => [...quarter(tile)])
          expect(tiles.filter((tile) => lat >= tile.south && lat < tile.north && lng >= tile.west && lng < tile.east)).toHaveLength(1)
        }
      }),
    )
  })

  it.each([
    ['spread', 0.05],
    ['crowded', 0.004],
  ])('with 120 vets, %s, lists each of them once, from at most three pages of a rectangle', async (_, size) => {
    const name = `시험${crypto.randomUUID().slice(0, 8)}동물병원`
    const corner = { lat: 35 + Math.random(), lng: 127 + Math.random() }
    const places = Array.from({ length: 120 }, (_each, n) => ({
      name: `${name} ${n}`,
      lat: corner.lat + (size * ((n * 37) % 120)) / 120,
      lng: corner.lng + (size * n) / 120,
    }))
    await fetch(`${cloud.simulatorsUrl}/_sim/kakao/places`, { method: 'POST', body: JSON.stringify({ places }) })
    const asked: URLSearchParams[] = []
    const vendorFetch = createVendorFetch(cloud.simulatorsUrl)
    const kakao = createKakaoLocal({
      fetch: (request, options) => (asked.push(new URL(request.url).searchParams), vendorFetch(request, options)),
      config,
    })
    const rect = { south: corner.lat - 0.01, west: corner.lng - 0.01, north: corner.lat + 0.06, east: corner.lng + 0.06 }
    const answer = await kakao.listInRect(name, rect)
    if (answer.outcome !== 'answered') throw new Error('no answer')
    expect(answer.value.map((place) => place.name).toSorted()).toEqual(places.map((place) => place.name).toSorted())
    for (const query of asked) expect(Number(query.get('page'))).toBeLessThanOrEqual(3)
    expect(new Set(asked.map((query) => `${query.get('rect')} ${query.get('page')}`)).size).toBe(asked.length)
    expect(asked.length).toBeLessThan(80)
  })

  it('of less than 200 m is not quartered, however much is in it', async () => {
    const { kakao, vendor } = local({ [KEYWORD]: page([HAN], { is_end: false, pageable_count: 45 }) })
    const answer = await kakao.listInRect('병원', { south: 37.5, west: 127, north: 37.501, east: 127.001 })
    expect(answer).toEqual({ outcome: 'answered', value: [HAN_PLACE] })
    expect(vendor.asked).toHaveLength(3)
  })

  it('with up to 44 places is read as it is', async () => {
    const { kakao, vendor } = local({
      [KEYWORD]: [page([HAN], { is_end: false, pageable_count: 44 }), page([{ ...HAN, id: '2' }], { pageable_count: 44 })],
    })
    const answer = await kakao.listInRect('병원', { south: 37, west: 127, north: 38, east: 128 })
    expect(answer.outcome === 'answered' && answer.value.map(({ id }) => id)).toEqual(['10950807', '2'])
    expect(vendor.asked).toHaveLength(2)
  })
})
