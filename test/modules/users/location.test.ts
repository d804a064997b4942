import { describe, expect, it } from 'vitest'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { noCache } from '../../support/no-cache.ts'
import type { Deps } from '../../../src/deps.ts'
import { vendorUnavailable } from '../../../src/vendors/http.ts'
import type { KakaoRegion } from '../../../src/vendors/kakao/local.ts'

const kakaoSays = (region: KakaoRegion | null | Error) => (deps: Deps) => ({
  cache: noCache,
  kakaoLocal: {
    ...deps.kakaoLocal,
    async findRegion() {
      if (region instanceof Error) throw region
      return region
    },
  },
})
/** A dong nobody else's test stands in. */
let lastCode = 900
const freshCode = (sigungu: string) => `${sigungu}${--lastCode}00`
const freshDong = () => `시험${crypto.randomUUID().slice(0, 8)}동`
const levelOf = async (code: string) => {
  const { rows } = await createTestDeps().db.execute(`SELECT level, parent_code, sido, sigungu, dong FROM regions WHERE code = '${code}'`)
  return rows[0]
}

describe('by coordinate', () => {
  it('one lives in the dong that Kakao names, which is learnt on the way', async () => {
    const owner = await signUp()
    const { json, status } = await owner.put('/users/me/location', { lat: 37.5443, lng: 127.0446 })
    expect(status).toBe(200)
    expect(json).toEqual({ code: '1120011400', sido: '서울특별시', sigungu: '성동구', dong: '성수동1가' })
    expect((await owner.get('/users/me')).json.region).toEqual(json)
    expect(await levelOf('1120011400')).toMatchObject({ level: 'dong', parent_code: '1120000000' })
    const { json: siblings } = await owner.get('/regions?parent=1120000000')
    expect(siblings.items.map(({ code }: { code: string }) => code)).toContain('1120011400')
  })

  it('many who stand there at once learn it once', async () => {
    const region = { code: freshCode('11140'), sido: '서울특별시', sigungu: '중구', dong: freshDong(), center: { lat: 37.56, lng: 127 } }
    const people = await Promise.all(Array.from({ length: 6 }, () => signUp({ deps: kakaoSays(region) })))
    const answers = await Promise.all(people.map((owner) => owner.put('/users/me/location', { lat: 37.56, lng: 127 })))
    expect(answers.map(({ json }) => json)).toEqual(
      answers.map(() => ({ code: region.code, sido: '서울특별시', sigungu: '중구', dong: region.dong })),
    )
  })

  it('asks Kakao once for a place, and remembers', async () => {
    let asked = 0
    const region = {
      code: freshCode('11170'),
      sido: '서울특별시',
      sigungu: '용산구',
      dong: freshDong(),
      center: { lat: 37.53, lng: 126.96 },
    }
    const at = { lat: 37.5 + Math.random() / 100, lng: 126.9 + Math.random() / 100 }
    const owner = await signUp({ deps: (deps) => ({ kakaoLocal: { ...deps.kakaoLocal, findRegion: async () => (asked++, region) } }) })
    const first = await owner.put('/users/me/location', at)
    expect((await owner.put('/users/me/location', at)).json).toEqual(first.json)
    expect(asked).toBe(1)
  })

  it.each([
    ['a code from before Gangwon became special', { code: freshCode('42110'), sido: '강원도', sigungu: '춘천시' }, '5111000000'],
    [
      'a dong of a district that was split, which the alias names',
      { code: '2811014500', sido: '인천광역시', sigungu: '중구' },
      '2815500000',
    ],
    ['an unknown code, by the names', { code: freshCode('99110'), sido: '경기', sigungu: '성남시분당구' }, '4113500000'],
    ['Sejong, which has no sigungu', { code: freshCode('36110'), sido: '세종특별자치시', sigungu: '' }, '3611000000'],
    ['nothing known at all, by the nearest centre', { code: freshCode('99110'), sido: '어느도', sigungu: '어느시' }, '4113500000'],
  ])('finds the sigungu of %s', async (_, named, parent_code) => {
    const region = { ...named, dong: freshDong(), center: { lat: 37.38, lng: 127.12 } }
    const { json } = await (await signUp({ deps: kakaoSays(region) })).put('/users/me/location', { lat: 37.38, lng: 127.12 })
    expect(await levelOf(json.code)).toMatchObject({ level: 'dong', parent_code })
    expect(json.dong).toBe(region.dong)
    expect(json.sido).toBe((await levelOf(parent_code))?.sido)
  })

  it('takes a dong that comes under its old code for the same dong', async () => {
    const dong = freshDong()
    const center = { lat: 37.88, lng: 127.73 }
    const today = { code: freshCode('51110'), sido: '강원특별자치도', sigungu: '춘천시', dong, center }
    await (await signUp({ deps: kakaoSays(today) })).put('/users/me/location', center)
    const yesterday = { ...today, code: `42110${today.code.slice(5)}`, sido: '강원도' }
    const { json } = await (await signUp({ deps: kakaoSays(yesterday) })).put('/users/me/location', center)
    expect(json.code).toBe(today.code)
  })

  it('one lives in the nearest sigungu while Kakao cannot be asked', async () => {
    const owner = await signUp({ deps: kakaoSays(vendorUnavailable()) })
    const { json } = await owner.put('/users/me/location', { lat: 37.4012, lng: 127.1086 })
    expect(json).toEqual({ code: '4113500000', sido: '경기도', sigungu: '성남시 분당구', dong: '' })
  })

  it.each([
    ['Kakao says so', kakaoSays(null)],
    ['Kakao cannot be asked', kakaoSays(vendorUnavailable())],
  ])('nobody lives abroad when %s', async (_, deps) => {
    const owner = await signUp({ deps })
    expect(await owner.put('/users/me/location', { lat: 35.68, lng: 139.76 })).toMatchObject({
      status: 422,
      json: { code: 'unknown_region' },
    })
    expect((await owner.get('/users/me')).json.region).toBeNull()
  })
})

describe('by code', () => {
  it('one may pick a sigungu', async () => {
    const { json } = await (await signUp()).put('/users/me/location', { region_code: '2635000000' })
    expect(json).toEqual({ code: '2635000000', sido: '부산광역시', sigungu: '해운대구', dong: '' })
  })

  it.each(['1100000000', '9999999999'])('but not %s', async (region_code) => {
    expect(await (await signUp()).put('/users/me/location', { region_code })).toMatchObject({
      status: 422,
      json: { code: 'unknown_region' },
    })
  })
})

it.each([{}, { lat: 37 }, { lat: 91, lng: 0 }, { region_code: '11' }, { lat: 37, lng: 127, region_code: '1168000000' }])(
  'refuses %j',
  async (body) => {
    expect(await (await signUp()).put('/users/me/location', body)).toMatchObject({ status: 422, json: { code: 'validation_failed' } })
  },
)
