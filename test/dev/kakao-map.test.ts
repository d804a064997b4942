import { describe, expect, it } from 'vitest'
import { haversineM } from '../../src/core/geo.ts'
import { createVendorFetch } from '../../src/vendors/http.ts'
import { createKakaoLocal } from '../../src/vendors/kakao/local.ts'
import { cloud } from '../support/cloud.ts'
import { config } from '../vendors/fake-vendor.ts'

describe('the simulated map', () => {
  const kakao = createKakaoLocal({ fetch: createVendorFetch(cloud.simulatorsUrl), config })
  const ask = (path: string, key: string | null = config.KAKAO_REST_API_KEY) =>
    fetch(`${cloud.simulatorsUrl}/dapi.kakao.com${path}`, { headers: key === null ? {} : { Authorization: `KakaoAK ${key}` } })

  it('has vets as human hospitals, and more of them than it shows', async () => {
    const answer = await kakao.searchKeyword({ query: '동물병원', at: { lat: 37.5, lng: 127.03 }, radius_m: 20_000, sort: 'distance' })
    if (answer.outcome !== 'answered') throw new Error('no answer')
    expect(answer.value.pageable_count).toBe(45)
    expect(answer.value.is_end).toBe(false)
    const distances = answer.value.places.map(({ distance_m }) => distance_m!)
    expect(distances).toEqual(distances.toSorted((a, b) => a - b))
    expect(answer.value.places.filter(({ category_name }) => category_name === '가정,생활 > 반려동물 > 동물병원').length).toBeGreaterThan(5)
  })

  it('knows some hospitals of the register under the same name but for blanks, within 50 m', async () => {
    const { licences } = (await (await fetch(`${cloud.simulatorsUrl}/_sim/places/licences`)).json()) as {
      licences: { BPLC_NM: string; at: { lat: number; lng: number } }[]
    }
    const answer = await kakao.listInRect('동물', { south: 37.42, west: 126.8, north: 37.7, east: 127.2 })
    if (answer.outcome !== 'answered') throw new Error('no answer')
    const same = answer.value.filter(({ name, lat, lng }) =>
      licences.some(
        ({ BPLC_NM, at }) => BPLC_NM.replaceAll(' ', '') === name.replaceAll(' ', '') && haversineM(lat, lng, at.lat, at.lng) < 50,
      ),
    )
    expect(same.length).toBeGreaterThan(20)
    expect(same.length).toBeLessThan(answer.value.length)
  })

  it('can be switched off, and have enough', async () => {
    const set = (state: object) => fetch(`${cloud.simulatorsUrl}/_sim/kakao/local`, { method: 'POST', body: JSON.stringify(state) })
    try {
      for (const [state, reason] of [
        [{ enabled: false }, 'misconfigured'],
        [{ throttled: 'maps' }, 'quota'],
        [{ throttled: 'platform' }, 'quota'],
        [{ throttled: 'burst' }, 'unavailable'],
      ] as const) {
        await set(state)
        expect(await kakao.searchKeyword({ query: '동물병원' })).toEqual({ outcome: 'failed', reason })
      }
    } finally {
      await set({})
    }
    expect(await kakao.searchCategory({ category: 'HP8', at: { lat: 37.56, lng: 126.98 }, radius_m: 5_000 })).toMatchObject({
      outcome: 'answered',
    })
  })

  it('repeats the third page', async () => {
    const pages = await Promise.all(
      ['3', '4', '45'].map(async (page) => (await ask(`/v2/local/search/keyword.json?query=동물병원&page=${page}`)).json()),
    )
    expect(pages[1]).toEqual(pages[0])
    expect(pages[2]).toEqual(pages[0])
  })

  it('knows addresses of licences', async () => {
    const list = await fetch(`${cloud.simulatorsUrl}/_sim/places/licences`)
    const { licences } = (await list.json()) as {
      licences: { ROAD_NM_ADDR: string; CRD_INFO_X: string; at: { lat: number; lng: number } }[]
    }
    const [first, ...blank] = licences.filter(({ CRD_INFO_X }) => CRD_INFO_X === '').slice(0, 8)
    expect(first).toBeDefined()
    let known = 0
    for (const { ROAD_NM_ADDR, at } of [first!, ...blank]) {
      const answer = await kakao.findAddress(ROAD_NM_ADDR)
      if (answer.outcome === 'answered' && answer.value) {
        expect(answer.value.lat).toBeCloseTo(at.lat, 1)
        known++
      }
    }
    expect(known).toBeGreaterThan(4)
  })

  it.each([
    ['/v2/local/search/keyword.json?query=a', null, 401, 'cannot find Authorization : KakaoAK header'],
    ['/v2/local/search/keyword.json?query=a', 'short', 401, 'wrong appKey(short) format'],
    ['/v2/local/search/keyword.json?query=a', '0'.repeat(32), 401, `appKey(${'0'.repeat(32)}) does not exist`],
    ['/v2/local/search/keyword.json', undefined, 400, 'query parameter required'],
    ['/v2/local/search/keyword.json?query=a&page=46', undefined, 400, 'page is more than max'],
    ['/v2/local/search/keyword.json?query=a&size=16', undefined, 400, 'size is more than max'],
    ['/v2/local/search/keyword.json?query=a&x=127&y=37&radius=20001', undefined, 400, 'radius is more than max'],
    ['/v2/local/search/address.json', undefined, 400, 'query parameter required'],
  ])('refuses %s with key %j', async (path, key, status, message) => {
    const response = await ask(path, key)
    expect([response.status, await response.json()]).toEqual([status, { errorType: expect.any(String), message }])
  })
})
