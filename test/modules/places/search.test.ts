import { sql } from 'drizzle-orm'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Deps } from '../../../src/deps.ts'
import type { Place } from '../../../src/modules/places/schema.ts'
import type { KakaoPlace, KeywordSearch } from '../../../src/vendors/kakao/places.ts'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { forgetImports } from './registers.ts'

const { db } = createTestDeps()
beforeEach(forgetImports)
afterAll(forgetImports)

/** Off the west coast, at another spot in each test, because answers are cached. */
let spot = 0
const fresh = () => ({
  lat: Number((35.5 + (spot % 40) * 0.01).toFixed(3)),
  lng: Number((124.7 + Math.floor(spot++ / 40) * 0.01 + Math.random() / 10).toFixed(3)),
})

let number = 1_000
const found = (more: Partial<KakaoPlace>): KakaoPlace => {
  const id = String(++number + Math.floor(Math.random() * 1e9) * 10_000)
  return {
    id,
    name: `카카오${id}`,
    category_name: '가정,생활 > 반려동물 > 동물병원',
    address: '전남 신안군 1',
    road_address: null,
    phone: null,
    place_url: `http://place.map.kakao.com/${id}`,
    lat: 35.5,
    lng: 124.7,
    distance_m: 1,
    ...more,
  }
}

function kakao(pages: readonly (readonly KakaoPlace[])[]) {
  const asked: KeywordSearch[] = []
  const state = { failing: null as 'quota' | 'misconfigured' | 'unavailable' | null }
  const searchKeyword: Deps['kakaoLocal']['searchKeyword'] = async (search) => {
    asked.push(search)
    if (state.failing) return { outcome: 'failed', reason: state.failing }
    const places = pages[(search.page ?? 1) - 1] ?? []
    return { outcome: 'answered', value: { places, is_end: (search.page ?? 1) >= pages.length, pageable_count: pages.flat().length } }
  }
  const deps = (given: Deps) => ({ kakaoLocal: { ...given.kakaoLocal, searchKeyword } })
  return { asked, state, deps }
}

async function give(name: string, { lat, lng }: { lat: number; lng: number }, kind = 'hospital'): Promise<string> {
  const { rows } = await db.execute<{ id: string }>(sql`
    INSERT INTO places (kind, name, source, source_key, location)
    VALUES (${kind}::place_kind, ${name}, 'hospitals', gen_random_uuid(), ST_SetSRID(ST_MakePoint(${lng}, ${lat}), 4326)::geography)
    RETURNING id`)
  return rows[0]!.id
}

const pathOf = (q: string, { lat, lng }: { lat: number; lng: number }, more = '') =>
  `/places/search?q=${encodeURIComponent(q)}&lat=${lat}&lng=${lng}${more}`
const idsOf = ({ json }: { json: { items: Place[] } }) => json.items.map(({ id }) => id)

describe('a search', () => {
  it('answers with places of Kakao, in its order, and names it', async () => {
    const at = fresh()
    const places = [found({ ...at, lat: at.lat + 0.01 }), found({ ...at, phone: '061-1', road_address: '길 1' })]
    const vendor = kakao([places])
    const me = await signUp({ deps: vendor.deps })
    const { json } = await me.get(pathOf(' 동물   병원 ', at))
    expect(vendor.asked).toEqual([{ query: '동물 병원', at, radius_m: 20_000, sort: 'accuracy', page: 1 }])
    expect(json).toMatchObject({ next_page: null, partial: false, sources: [{ source: 'kakao', publisher: '카카오' }] })
    expect(json.items).toMatchObject([
      {
        id: `kakao:${places[0]!.id}`,
        category: 'hospital',
        distance_m: 1_112,
        is_favorite: false,
        place_url: places[0]!.place_url,
        source: 'kakao',
      },
      { id: `kakao:${places[1]!.id}`, distance_m: 0, phone: '061-1', road_address: '길 1' },
    ])
    const nearest = await me.get(pathOf('동물 병원', at, '&sort=distance'))
    expect(nearest.json.items.map(({ distance_m }: Place) => distance_m)).toEqual([0, 1_112])
    expect(vendor.asked.at(-1)).toMatchObject({ sort: 'distance' })
  })

  it('is cached for an hour by what was asked for, the point to three decimals, the order and the page', async () => {
    const at = fresh()
    const vendor = kakao([[found(at)], [found(at)]])
    const [me, other] = [await signUp({ deps: vendor.deps }), await signUp({ deps: vendor.deps })]
    await me.get(pathOf('숲', at))
    await other.get(pathOf(' 숲', { lat: at.lat + 0.000_4, lng: at.lng - 0.000_4 }))
    expect(vendor.asked).toHaveLength(1)
    for (const path of [
      pathOf('숲', { ...at, lat: at.lat + 0.001 }),
      pathOf('숲', at, '&sort=distance'),
      pathOf('숲', at, '&page=2'),
      pathOf('강', at),
    ])
      await me.get(path)
    expect(vendor.asked).toHaveLength(5)
    // Kakao learns the rounded point alone.
    expect(vendor.asked[0]?.at).toEqual(at)
  })

  it('may be made anywhere on the globe', async () => {
    const me = await signUp({ deps: kakao([[]]).deps })
    for (const [lat, lng] of [
      [90, 180],
      [-90, -180],
      [0, 179.99],
    ])
      expect((await me.get(pathOf('숲', { lat: lat!, lng: lng! }))).json).toMatchObject({ items: [], partial: false })
  })

  it('has three pages at most', async () => {
    const at = fresh()
    const vendor = kakao([[found(at)], [found(at)], [found(at)], [found(at)]])
    const me = await signUp({ deps: vendor.deps })
    const next = []
    for (const page of [1, 2, 3]) next.push((await me.get(pathOf('숲', at, `&page=${page}`))).json.next_page)
    expect(next).toEqual([2, 3, null])
    expect((await me.get(pathOf('숲', at, '&page=4'))).status).toBe(422)
  })

  it('keeps vets alone of a search for vets', async () => {
    const at = fresh()
    const vet = found(at)
    const me = await signUp({ deps: kakao([[found({ ...at, category_name: '가정,생활 > 반려동물' }), vet]]).deps })
    expect(idsOf(await me.get(pathOf('동물병원', at)))).toEqual([`kakao:${vet.id}`])
  })
})

describe('places of ours', () => {
  it.each([
    ['튼튼동물병원', '튼튼 동물병원', 40, true],
    ['튼튼동물병원', '튼튼동물메디컬센터', 10, true],
    ['튼튼동물의료센터', '튼튼 의료센터', 0, true],
    ['튼튼동물병원', '튼튼동물병원', 60, false],
    ['튼튼동물병원', '쑥쑥동물병원', 5, false],
    ['동물병원', '동물병원', 5, true],
    ['동물병원', '의료센터', 5, false],
  ])('%s and Kakao’s %s, %i m apart: one is %s', async (ours, theirs, metres, isOne) => {
    const at = fresh()
    const id = await give(ours, at)
    const place = found({ ...at, lat: at.lat + metres / 111_195, name: theirs })
    const me = await signUp({ deps: kakao([[place]]).deps })
    const { json } = await me.get(pathOf('없는이름', at))
    expect(json.items.map((item: Place) => item.id)).toEqual([isOne ? id : `kakao:${place.id}`])
    // Ours is shown with Kakao's page.
    if (isOne) expect(json.items[0]).toMatchObject({ name: ours, source: 'hospitals', place_url: place.place_url })
  })

  it('that are called so follow those of Kakao, each once, and on the first page alone', async () => {
    const at = fresh()
    const [both, own] = [await give('바다동물병원', at), await give('바다 동물병원 분점', { ...at, lat: at.lat + 0.02 })]
    await give('먼바다동물병원', { ...at, lat: at.lat + 0.2 })
    const [theirs, first, second] = [found({ ...at, name: '바다동물병원' }), found(at), found(at)]
    const vendor = kakao([
      [first, theirs],
      [second, theirs],
    ])
    const me = await signUp({ deps: vendor.deps })
    await me.put(`/places/${both}/favorite`)
    const answer = await me.get(pathOf('바다동물병원', at))
    expect(idsOf(answer)).toEqual([`kakao:${first.id}`, both, own])
    expect(answer.json.items[1]).toMatchObject({ is_favorite: true, place_url: theirs.place_url })
    expect(answer.json.sources.map(({ source }: { source: string }) => source)).toEqual(['hospitals', 'kakao'])
    expect(idsOf(await me.get(pathOf('바다동물병원', at, '&page=2')))).toEqual([`kakao:${second.id}`])
  })

  it.each(['quota', 'misconfigured', 'unavailable'] as const)(
    'are all there is while Kakao cannot be asked (%s), and nothing of it is cached',
    async (reason) => {
      const at = fresh()
      const id = await give('고래동물병원', at)
      const theirs = found(at)
      const vendor = kakao([[theirs]])
      vendor.state.failing = reason
      const me = await signUp({ deps: vendor.deps })
      const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
      expect((await me.get(pathOf('고래', at))).json).toMatchObject({ items: [{ id, distance_m: 0 }], next_page: null, partial: true })
      // Somebody has to read of what does not pass, and nobody of where whoever asked is.
      const told = warn.mock.calls.map(([line]) => JSON.parse(String(line)) as object)
      warn.mockRestore()
      expect(told).toEqual(reason === 'unavailable' ? [] : [{ level: 'warn', message: 'Kakao refuses to look for places', reason }])
      vendor.state.failing = null
      expect((await me.get(pathOf('고래', at))).json).toMatchObject({ items: [{ id: `kakao:${theirs.id}` }, { id }], partial: false })
    },
  )

  it('are found by any part of the name, whatever it holds', async () => {
    const at = fresh()
    const id = await give('100%_고양이\\병원', at)
    const me = await signUp({ deps: kakao([[]]).deps })
    for (const q of ['%_고양이', '\\병원', '100% _고양']) expect(idsOf(await me.get(pathOf(q, at))), q).toEqual([id])
    expect(idsOf(await me.get(pathOf('_고__', at)))).toEqual([])
  })
})

describe('the details of a place of Kakao', () => {
  it('are those of the search, until they expire', async () => {
    const at = fresh()
    const place = found({ ...at, name: '한시간동물병원' })
    const me = await signUp({ deps: kakao([[place]]).deps })
    await me.get(pathOf('한시간', at))
    expect((await me.get(`/places/kakao:${place.id}`)).json).toMatchObject({
      id: `kakao:${place.id}`,
      name: '한시간동물병원',
      open_now: null,
      hours: null,
      distance_m: null,
      sources: [{ source: 'kakao' }],
    })
    expect((await me.get('/places/kakao:1')).json).toMatchObject({ status: 404, code: 'place_expired' })
  })

  it('are ours where the place is one of ours', async () => {
    const at = fresh()
    const id = await give('우리동물병원', at)
    const place = found({ ...at, name: '우리 동물병원' })
    const me = await signUp({ deps: kakao([[place]]).deps })
    await me.get(pathOf('우리', at))
    expect((await me.get(`/places/kakao:${place.id}`)).json).toMatchObject({ id, place_url: place.place_url, source: 'hospitals' })
  })
})

it.each([
  ['nothing', 'q=&lat=37&lng=127'],
  ['blanks', 'q=%20%20&lat=37&lng=127'],
  ['41 characters', `q=${'a'.repeat(41)}&lat=37&lng=127`],
  ['a control character', 'q=a%0Ab&lat=37&lng=127'],
  ['a NUL', 'q=a%00&lat=37&lng=127'],
  ['no point', 'q=a'],
  ['half a point', 'q=a&lat=37'],
  ['another order', 'q=a&lat=37&lng=127&sort=name'],
  ['page 0', 'q=a&lat=37&lng=127&page=0'],
])('%s: 422', async (_, query) => {
  expect((await (await signUp()).get(`/places/search?${query}`)).json).toMatchObject({ status: 422, code: 'validation_failed' })
})

it('40 characters are looked up, and ten searches a minute is what a person may make', async () => {
  const vendor = kakao([[]])
  const me = await signUp({ deps: vendor.deps })
  expect((await me.get(pathOf('가'.repeat(40), fresh()))).status).toBe(200)
  const route = me.app.openAPIRegistry.definitions.find((one) => one.type === 'route' && one.route.path === '/places/search')
  expect(route).toMatchObject({ route: { 'x-requests-per-minute': 10 } })
})
