import { beforeEach, describe, expect, it } from 'vitest'
import type { Deps } from '../../../src/deps.ts'
import { geocodePlaces } from '../../../src/modules/places/jobs.ts'
import { importAll } from '../../../src/modules/places/import/service.ts'
import type { KakaoAddress, KakaoAnswer } from '../../../src/vendors/kakao/places.ts'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { runTask } from '../../support/tasks.ts'
import { daysAfter, forgetImports, keptOf, licence, MONDAY, registers } from './registers.ts'

beforeEach(forgetImports)

/** Jeju's Yeon-dong. */
const FOUND = { address: '제주 제주시 연동', lat: 33.489, lng: 126.498 }

function kakao(answer: (query: string) => KakaoAnswer<KakaoAddress | null> = () => ({ outcome: 'answered', value: FOUND })) {
  const asked: string[] = []
  const findAddress = async (query: string) => {
    asked.push(query)
    return answer(query)
  }
  const deps = createTestDeps((given) => ({ kakaoLocal: { ...given.kakaoLocal, findAddress } as Deps['kakaoLocal'] }))
  return { asked, deps }
}

const unplaced = (more: Parameters<typeof licence>[0] = {}) => licence({ location: null, x_text: null, y_text: null, ...more })

async function importing(...rows: ReturnType<typeof licence>[]) {
  const register = registers()
  register.hospitals = rows
  await importAll(register.deps, 'hospitals', MONDAY)
  return register
}

describe('a place without coordinates', () => {
  it('is kept, and on no map', async () => {
    const row = unplaced({ name: '좌표없는동물병원', road_address: null })
    await importing(row)
    const { id } = (await keptOf('hospitals')).get(row.key)!
    const me = await signUp()
    expect((await me.get(`/places/${id}`)).json).toMatchObject({ name: '좌표없는동물병원', lat: null, lng: null, status: 'open' })
    expect((await me.get(`/places?lat=33.4&lng=126.5&radius_m=20000&category=hospital`)).json.items).toEqual([])
    const { asked, deps } = kakao()
    expect(await runTask(geocodePlaces, MONDAY, deps)).toEqual({ asked: 0, placed: 0, failed: 0 })
    expect(asked).toEqual([])
  })

  it('is asked for once by its road and number, and marked', async () => {
    const row = unplaced({ road_address: '제주특별자치도 제주시 연북로 34-1, 1,2층 (연동)' })
    await importing(row)
    const { asked, deps } = kakao()
    expect(await runTask(geocodePlaces, MONDAY, deps)).toEqual({ asked: 1, placed: 1, failed: 0 })
    expect(asked).toEqual(['제주특별자치도 제주시 연북로 34-1'])
    expect((await keptOf('hospitals')).get(row.key)).toMatchObject({
      lat: FOUND.lat,
      lng: FOUND.lng,
      is_geocoded: true,
      region_code: '5011000000',
    })
    const me = await signUp()
    const { items } = (await me.get(`/places?lat=${FOUND.lat}&lng=${FOUND.lng}&category=hospital`)).json
    expect(items).toHaveLength(1)
    expect((await me.get(`/places/${items[0].id}`)).json.is_geocoded).toBe(true)
    expect(await runTask(geocodePlaces, daysAfter(MONDAY, 1), deps)).toEqual({ asked: 0, placed: 0, failed: 0 })
  })

  it('that nobody knows is not asked for again until its address changes', async () => {
    const row = unplaced()
    const register = await importing(row)
    const { asked, deps } = kakao(() => ({ outcome: 'answered', value: null }))
    for (let night = 0; night < 3; night++) await runTask(geocodePlaces, daysAfter(MONDAY, night), deps)
    expect(asked).toHaveLength(1)
    register.hospitals = [{ ...row, road_address: '제주특별자치도 제주시 새길 1', updated_at: '2026-11-29T12:00:00.000Z' }]
    await importAll(register.deps, 'hospitals', daysAfter(MONDAY, 3))
    await runTask(geocodePlaces, daysAfter(MONDAY, 3), deps)
    expect(asked).toHaveLength(2)
  })

  it('stays where it was found while the register says nothing else', async () => {
    const row = unplaced()
    const register = await importing(row)
    await runTask(geocodePlaces, MONDAY, kakao().deps)
    register.hospitals = [{ ...row, phone: '064-111-2222', updated_at: '2026-11-29T12:00:00.000Z' }]
    await importAll(register.deps, 'hospitals', daysAfter(MONDAY, 1))
    expect((await keptOf('hospitals')).get(row.key)).toMatchObject({ lat: FOUND.lat, is_geocoded: true })
    register.hospitals = [{ ...row, location: { lat: 33.5, lng: 126.52 }, updated_at: '2026-11-30T12:00:00.000Z' }]
    await importAll(register.deps, 'hospitals', daysAfter(MONDAY, 2))
    expect((await keptOf('hospitals')).get(row.key)).toMatchObject({ lat: 33.5, lng: 126.52, is_geocoded: false })
  })

  it('becomes one with a place of its name at the same spot', async () => {
    const [row, twin] = [
      unplaced({ name: '쌍둥이동물병원', licensed_on: '2010-01-01' }),
      licence({ name: '쌍둥이동물병원', location: FOUND, licensed_on: '2020-01-01' }),
    ]
    await importing(row, twin)
    await runTask(geocodePlaces, MONDAY, kakao().deps)
    const kept = await keptOf('hospitals')
    expect(kept.get(row.key)?.duplicate_of).toBe(kept.get(twin.key)?.id)
  })
})

it('at most 200 are asked for in a night, and the rest on the next', async () => {
  await importing(...Array.from({ length: 230 }, () => unplaced()))
  let at = 0
  const { asked, deps } = kakao(() => ({ outcome: 'answered', value: { ...FOUND, lat: FOUND.lat + at++ / 1_000 } }))
  expect(await runTask(geocodePlaces, MONDAY, deps)).toEqual({ asked: 200, placed: 200, failed: 0 })
  expect(asked).toHaveLength(200)
  expect(await runTask(geocodePlaces, daysAfter(MONDAY, 1), deps)).toEqual({ asked: 30, placed: 30, failed: 0 })
})

it('while Kakao is down nothing is lost', async () => {
  await importing(...Array.from({ length: 5 }, () => unplaced()))
  let asked = 0
  const down = kakao(() => (asked++ < 2 ? { outcome: 'answered', value: FOUND } : { outcome: 'failed', reason: 'quota' }))
  expect(await runTask(geocodePlaces, MONDAY, down.deps)).toEqual({ asked: 2, placed: 2, failed: 1 })
  expect(down.asked).toHaveLength(3)
  expect(await runTask(geocodePlaces, daysAfter(MONDAY, 1), kakao().deps)).toEqual({ asked: 3, placed: 3, failed: 0 })
})

it('an address that Kakao refuses keeps no other waiting, and after three in a row nobody is asked', async () => {
  await importing(...Array.from({ length: 6 }, () => unplaced()))
  let asked = 0
  const picky = kakao(() => (asked++ === 0 ? { outcome: 'failed', reason: 'misconfigured' } : { outcome: 'answered', value: FOUND }))
  expect(await runTask(geocodePlaces, MONDAY, picky.deps)).toEqual({ asked: 5, placed: 5, failed: 1 })
  await forgetImports()
  await importing(...Array.from({ length: 6 }, () => unplaced()))
  const down = kakao(() => ({ outcome: 'failed', reason: 'unavailable' }))
  expect(await runTask(geocodePlaces, daysAfter(MONDAY, 1), down.deps)).toEqual({ asked: 0, placed: 0, failed: 3 })
})

it('a place with a lot number alone is looked for again when that changes', async () => {
  const row = unplaced({ road_address: null, lot_address: '제주특별자치도 제주시 연동 1' })
  const register = await importing(row)
  await runTask(geocodePlaces, MONDAY, kakao().deps)
  register.hospitals = [{ ...row, lot_address: '제주특별자치도 제주시 노형동 2', updated_at: '2026-11-29T12:00:00.000Z' }]
  await importAll(register.deps, 'hospitals', daysAfter(MONDAY, 1))
  expect((await keptOf('hospitals')).get(row.key)).toMatchObject({ lat: null, is_geocoded: false })
  const { asked, deps } = kakao()
  expect(await runTask(geocodePlaces, daysAfter(MONDAY, 1), deps)).toEqual({ asked: 1, placed: 1, failed: 0 })
  expect(asked).toEqual(['제주특별자치도 제주시 노형동 2'])
})
