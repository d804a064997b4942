import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { importAll } from '../../../src/modules/places/import/service.ts'
import { createTestDeps } from '../../support/api.ts'
import { giveWalks, seoul } from '../../support/facts.ts'
import { signUp } from '../../support/login.ts'
import { daysAfter, forgetImports, keptOf, licence, MONDAY, park, registers, SUNDAY } from './registers.ts'

const { db } = createTestDeps()
beforeEach(forgetImports)

/** Off the west coast, where nothing else is. A degree of latitude is 111.2 km on the sphere. */
const HERE = { lat: 36.2, lng: 125.1 }
const north = (metres: number) => ({ lat: HERE.lat + metres / 111_195, lng: HERE.lng })
const around = `/places?lat=${HERE.lat}&lng=${HERE.lng}&category=hospital,park`

describe('P8: one place that a register has twice is shown once', () => {
  it.each([
    ['튼튼동물병원', '튼튼 동물 병원', 12, 1],
    ['튼튼동물병원', '튼튼동물병원', 49, 1],
    ['튼튼동물병원', '튼튼동물병원', 52, 2],
    ['튼튼동물병원', '튼튼한동물병원', 12, 2],
    ['ABC동물병원', 'abc동물병원', 0, 1],
  ])('%s and %s, %i m apart: %i', async (one, other, metres, count) => {
    const register = registers()
    register.hospitals = [
      licence({ name: one, location: HERE }),
      licence({ name: other, location: north(metres), licensed_on: '2024-05-06' }),
    ]
    await importAll(register.deps, 'hospitals', MONDAY)
    const { items } = (await (await signUp()).get(around)).json
    expect(items).toHaveLength(count)
    // The newest licence leads.
    if (count === 1) expect(items[0]).toMatchObject({ name: other })
  })

  it('of a licence that moved to another number the new one is shown, and favourites go over to it', async () => {
    const me = await signUp()
    const register = registers()
    const old = licence({ name: '이사동물병원', location: HERE, licensed_on: '2010-01-01' })
    register.hospitals = [old]
    await importAll(register.deps, 'hospitals', MONDAY)
    const oldId = (await keptOf('hospitals')).get(old.key)!.id
    await me.put(`/places/${oldId}/favorite`)
    const fresh = licence({ name: '이사 동물병원', location: north(10), licensed_on: '2026-11-28', updated_at: '2026-11-29T12:00:00.000Z' })
    register.hospitals = [{ ...old, status: 'closed', updated_at: '2026-11-29T12:00:00.000Z' }, fresh]
    await importAll(register.deps, 'hospitals', daysAfter(MONDAY, 1))
    const newId = (await keptOf('hospitals')).get(fresh.key)!.id
    expect((await me.get('/places?favorite=true')).json.items).toMatchObject([{ id: newId, status: 'open', is_favorite: true }])
    // Whoever still has the old id is given the place.
    expect((await me.get(`/places/${oldId}`)).json).toMatchObject({ id: newId, status: 'open', is_favorite: true })
    expect((await me.delete(`/places/${oldId}/favorite`)).status).toBe(204)
    expect((await me.get(`/places/${newId}`)).json).toMatchObject({ is_favorite: false })
    expect((await me.put(`/places/${oldId}/favorite`)).status).toBe(204)
    expect((await me.get(`/places/${newId}`)).json).toMatchObject({ is_favorite: true })
  })

  it('when the one that leads closes or moves away, the other is shown again', async () => {
    const me = await signUp()
    const register = registers()
    const [one, other] = [
      licence({ name: '둘동물병원', location: HERE, licensed_on: '2020-01-01' }),
      licence({ name: '둘동물병원', location: north(20), licensed_on: '2021-01-01' }),
    ]
    register.hospitals = [one, other]
    await importAll(register.deps, 'hospitals', MONDAY)
    const kept = await keptOf('hospitals')
    const shown = async () => (await me.get(around)).json.items.map(({ id }: { id: string }) => id)
    expect(await shown()).toEqual([kept.get(other.key)!.id])
    register.hospitals = [one, { ...other, status: 'closed', updated_at: '2026-11-29T12:00:00.000Z' }]
    await importAll(register.deps, 'hospitals', daysAfter(MONDAY, 1))
    expect(await shown()).toEqual([kept.get(one.key)!.id])
    register.hospitals = [one, { ...other, location: north(300), updated_at: '2026-11-30T12:00:00.000Z' }]
    await importAll(register.deps, 'hospitals', daysAfter(MONDAY, 2))
    expect(await shown()).toEqual([kept.get(one.key)!.id, kept.get(other.key)!.id])
  })

  it('a hospital and a pharmacy of one name are two places', async () => {
    const register = registers()
    register.hospitals = [licence({ name: '같은이름', location: HERE })]
    register.parks = [park({ name: '같은이름', location: HERE })]
    await importAll(register.deps, 'hospitals', MONDAY)
    await importAll(register.deps, 'parks', MONDAY)
    expect((await (await signUp()).get(around)).json.items).toHaveLength(2)
  })

  it('in any order of the rows the same ones are shown', async () => {
    const rows = [0, 30, 60, 90].map((metres, i) => licence({ name: '줄동물병원', location: north(metres), licensed_on: `202${i}-01-01` }))
    const shown = new Set<string>()
    for (const order of [rows, rows.toReversed(), [rows[2]!, rows[0]!, rows[3]!, rows[1]!]]) {
      await forgetImports()
      const register = registers()
      register.hospitals = order
      await importAll(register.deps, 'hospitals', MONDAY)
      const kept = await keptOf('hospitals')
      shown.add(rows.map(({ key }) => String(kept.get(key)!.duplicate_of === null)).join())
    }
    expect([...shown]).toHaveLength(1)
  })
})

describe('parks of the register', () => {
  it.each([
    ['서울숲', 0, 1],
    // Its outline reaches 700 m from its middle.
    ['서울 숲', 840, 1],
    ['서울숲', 860, 2],
    ['서울숲어린이공원', 0, 2],
  ])('%s, %i m from the middle of ours: %i', async (name, metres, count) => {
    const register = registers()
    const { lat, lng } = { lat: 37.5444, lng: 127.0374 }
    register.parks = [park({ name, location: { lat: lat + metres / 111_195, lng } })]
    await importAll(register.deps, 'parks', MONDAY)
    const { items } = (await (await signUp()).get(`/places?lat=${lat}&lng=${lng}&category=park`)).json
    expect(items).toHaveLength(count)
    expect(items).toContainEqual(expect.objectContaining({ name: '서울숲', source: 'seed' }))
  })

  it('count for no badge: a walk through one visits nothing', async () => {
    const register = registers()
    register.parks = [park({ name: '새공원', location: HERE })]
    await importAll(register.deps, 'parks', MONDAY)
    const owner = await signUp()
    const [id] = await giveWalks(owner, [{ started_at: seoul('2026-11-18 12:00:00'), ...HERE }])
    const { rows } = await db.execute(sql`SELECT FROM place_visits WHERE walk_id = ${id}`)
    expect(rows).toEqual([])
    // The same line visits an outline of ours.
    await db.execute(sql`
      INSERT INTO places (code, kind, name, counts_for_badges, area) VALUES ('test_here', 'park', '우리공원', true, ST_MakePoint(${HERE.lng}, ${HERE.lat})::geography)`)
    await db.execute(sql`SELECT fold_visits(${id})`)
    const { rows: visits } = await db.execute(
      sql`SELECT places.code FROM place_visits JOIN places ON places.id = place_id WHERE walk_id = ${id}`,
    )
    expect(visits).toEqual([{ code: 'test_here' }])
    await db.execute(sql`DELETE FROM places WHERE code = 'test_here'`)
  })

  it('say by their names which are for dogs and which lie at a river', async () => {
    const register = registers()
    const names = [
      ['망원한강공원', 'park', true],
      ['양재천변공원', 'park', true],
      ['갑천 수변공원', 'park', true],
      ['중랑천둔치', 'park', true],
      ['석촌호수공원', 'park', false],
      ['천호공원', 'park', false],
      ['강변어린이공원', 'park', true],
      ['반려견 놀이터', 'dog_run', false],
      ['월드컵공원 반려견놀이터', 'dog_run', false],
      ['꿈나무놀이터', 'park', false],
    ] as const
    const rows = names.map(([name]) => park({ name }))
    register.parks = rows
    await importAll(register.deps, 'parks', MONDAY)
    const kept = await keptOf('parks')
    expect(rows.map(({ key }) => kept.get(key)!).map(({ name, kind, is_riverside }) => [name, kind, is_riverside])).toEqual(names)
    const { rows: seeded } = await db.execute<{ name: string }>(sql`SELECT name FROM places WHERE source = 'seed' AND is_riverside`)
    expect(seeded.length).toBeGreaterThan(0)
    expect(seeded.every(({ name }) => name.includes('한강'))).toBe(true)
  })

  it('of a kind that lies at the water are riverside whatever they are called', async () => {
    const register = registers()
    register.parks = [park({ name: '이름공원', kind: '수변공원' })]
    await importAll(register.deps, 'parks', MONDAY)
    expect([...(await keptOf('parks')).values()]).toMatchObject([{ is_riverside: true }])
  })
})

it('seeded places are open, count for badges, and stay when registers go', async () => {
  const register = registers()
  register.parks = Array.from({ length: 25 }, () => park())
  await importAll(register.deps, 'parks', MONDAY)
  register.parks.splice(0, 1)
  await importAll(register.deps, 'parks', SUNDAY)
  const { rows } = await db.execute(sql`
    SELECT count(*)::int AS count, bool_and(counts_for_badges AND is_open AND location IS NOT NULL AND region_code IS NOT NULL) AS is_whole
    FROM places WHERE source = 'seed' AND code ~ '^(park|beach|mountain)_'`)
  expect(rows).toEqual([{ count: 93, is_whole: true }])
})
