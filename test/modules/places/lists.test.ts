import { sql } from 'drizzle-orm'
import * as fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { distanceM } from '../../../src/core/geo.ts'
import { importAll } from '../../../src/modules/places/import/service.ts'
import { PLACE_KINDS } from '../../../src/modules/places/kinds.ts'
import type { Place, PlaceCluster } from '../../../src/modules/places/schema.ts'
import { createTestDeps } from '../../support/api.ts'
import { histories } from '../../support/histories.ts'
import { signUp } from '../../support/login.ts'
import { forgetImports, licence, MONDAY, registers } from './registers.ts'

const { db } = createTestDeps()
let me: Awaited<ReturnType<typeof signUp>>
beforeAll(async () => {
  me = await signUp()
})
beforeEach(forgetImports)
afterAll(forgetImports)

interface Given {
  readonly lat: number
  readonly lng: number
  readonly kind?: string
  readonly name?: string
  readonly is_open?: boolean
}

/** Writes places as an import has, and answers their ids. */
async function give(places: readonly Given[]): Promise<string[]> {
  const rows = places.map((place, n) => ({ kind: 'hospital', name: `곳${n}`, is_open: true, ...place, n, id: crypto.randomUUID() }))
  for (let from = 0; from < rows.length; from += 2_000) {
    await db.execute(sql`
      INSERT INTO places (id, kind, name, is_open, source, source_key, location)
      SELECT id, kind, name, is_open, 'hospitals', id, ST_SetSRID(ST_MakePoint(lng, lat), 4326)::geography
      FROM json_to_recordset(${JSON.stringify(rows.slice(from, from + 2_000))}) AS given (id uuid, kind place_kind, name text, is_open boolean, lat float8, lng float8)`)
  }
  return rows.map(({ id }) => id)
}

/** Off the west coast, where nothing else is. */
const HERE = { lat: 36.2, lng: 125.1 }
const metresAway = (north: number, east = 0) => ({
  lat: HERE.lat + north / 111_195,
  lng: HERE.lng + east / (111_195 * Math.cos((HERE.lat * Math.PI) / 180)),
})
const around = (more = '') => `/places?lat=${HERE.lat}&lng=${HERE.lng}${more}`
const idsOf = ({ json }: { json: { items: Place[] } }) => json.items.map(({ id }) => id)

describe('around a point', () => {
  it('the nearest come first, with their distance, within the radius', async () => {
    const ids = await give([metresAway(900), metresAway(0, 300), metresAway(-600), metresAway(1_100)])
    const answer = await me.get(around())
    expect(idsOf(answer)).toEqual([ids[1], ids[2], ids[0]])
    expect(answer.json.items.map(({ distance_m }: Place) => distance_m)).toEqual([300, 600, 900])
    expect(answer.json).toMatchObject({ radius_m_used: 1_000, clusters: [], next_cursor: null })
    expect(answer.json.sources).toMatchObject([{ source: 'hospitals', publisher: '행정안전부', license: '공공누리' }])
    expect(idsOf(await me.get(around('&radius_m=1200')))).toHaveLength(4)
    expect(idsOf(await me.get(around('&radius_m=299&category=hospital')))).toEqual([ids[1], ids[2]])
  })

  it('P4: where nothing lies within, three times the radius is looked at, and the answer says so', async () => {
    const [id] = await give([metresAway(2_400), metresAway(3_100)])
    const answer = await me.get(around())
    expect(idsOf(answer)).toEqual([id])
    expect(answer.json.radius_m_used).toBe(3_000)
    expect((await me.get(around('&radius_m=300'))).json).toMatchObject({ items: [], radius_m_used: 900, sources: [] })
    // A kind that is there widens nothing for another.
    await give([{ ...metresAway(100), kind: 'pharmacy' }])
    expect((await me.get(around('&category=hospital'))).json).toMatchObject({ radius_m_used: 3_000, items: [{ id }] })
    expect((await me.get(around())).json).toMatchObject({ radius_m_used: 1_000 })
  })

  it('kinds are chosen one by one or together', async () => {
    await give(PLACE_KINDS.map((kind, i) => ({ ...metresAway(10 * (i + 1)), kind })))
    const kinds = async (more: string) => (await me.get(around(more))).json.items.map(({ category }: Place) => category)
    for (const kind of PLACE_KINDS) expect(await kinds(`&category=${kind}`)).toEqual([kind])
    expect(await kinds('&category=beach,hospital,%20park,park')).toEqual(['park', 'hospital', 'beach'])
    expect(await kinds('')).toEqual(PLACE_KINDS)
  })

  it('what has closed, is one with another, or lies nowhere is not among them', async () => {
    const [shown] = await give([metresAway(10), { ...metresAway(20), is_open: false }, metresAway(30), metresAway(40)])
    const ids = (await me.get(around())).json.items.map(({ id }: Place) => id)
    await db.execute(sql`UPDATE places SET duplicate_of = ${shown} WHERE id = ${ids[1]}`)
    await db.execute(sql`UPDATE places SET location = NULL WHERE id = ${ids[2]}`)
    expect(idsOf(await me.get(around()))).toEqual([shown])
  })

  it('pages follow each other without a gap, also where many lie at one spot', async () => {
    // A house with nine clinics, and more at equal distances from the point.
    const ids = await give([
      ...Array.from({ length: 9 }, () => metresAway(100)),
      ...Array.from({ length: 30 }, (_, i) => ({ ...metresAway(10 * i), kind: i % 2 ? 'park' : 'hospital' })),
      metresAway(5_000),
    ])
    const seen: Place[] = []
    for (let path: string | null = around('&limit=4'); path;) {
      const { json } = await me.get(path)
      expect(json.radius_m_used).toBe(1_000)
      seen.push(...json.items)
      path = json.next_cursor && around(`&limit=4&cursor=${json.next_cursor}`)
    }
    expect(seen.map(({ id }) => id).toSorted()).toEqual(ids.slice(0, -1).toSorted())
    const distances = seen.map(({ distance_m }) => distance_m!)
    expect(distances).toEqual(distances.toSorted((a, b) => a - b))
  })

  it('pages of a widened radius stay within it', async () => {
    await give([...Array.from({ length: 5 }, (_, i) => metresAway(2_000 + i)), metresAway(3_500)])
    const first = (await me.get(around('&limit=3'))).json
    expect(first).toMatchObject({ radius_m_used: 3_000 })
    const second = (await me.get(around(`&limit=3&cursor=${first.next_cursor}`))).json
    expect(second).toMatchObject({ radius_m_used: 3_000, next_cursor: null })
    expect(second.items).toHaveLength(2)
  })

  it('a cursor of another list is refused', async () => {
    await give(Array.from({ length: 5 }, (_, i) => metresAway(i)))
    const { next_cursor } = (await me.get(around('&limit=2'))).json
    for (const path of [
      around(`&category=hospital&limit=2`),
      around('&radius_m=999'),
      `/places?lat=36.3&lng=${HERE.lng}`,
      '/places?favorite=true',
    ])
      expect((await me.get(`${path}&cursor=${next_cursor}`)).json.code).toBe('invalid_cursor')
    const other = await signUp()
    expect((await other.get(around(`&limit=2&cursor=${next_cursor}`))).json.code).toBe('invalid_cursor')
    expect((await me.get(around('&cursor=x'))).json.code).toBe('invalid_cursor')
  })

  it('and their distances are those on the sphere', async () => {
    const places = Array.from({ length: 40 }, (_, i) => metresAway(7_000 * Math.sin(i * 7), 7_000 * Math.cos(i * 3)))
    await give(places)
    const items: Place[] = (await me.get(around('&radius_m=20000&limit=50'))).json.items
    const expected = places.map(({ lat, lng }) => distanceM([HERE.lng, HERE.lat], [lng, lat])).toSorted((a, b) => a - b)
    items.forEach(({ distance_m }, i) => expect(Math.abs(distance_m! - expected[i]!)).toBeLessThan(1))
    expect(items).toHaveLength(40)
  })

  it('the farthest radius is a whole circle, and far from Korea there is nothing', async () => {
    /** The place so far away in a direction, on the sphere. */
    const towards = (degrees: number, metres: number) => {
      const [lat, way, course] = [(HERE.lat * Math.PI) / 180, metres / 6_371_008.771, (degrees * Math.PI) / 180]
      const north = Math.asin(Math.sin(lat) * Math.cos(way) + Math.cos(lat) * Math.sin(way) * Math.cos(course))
      const east = Math.atan2(Math.sin(course) * Math.sin(way) * Math.cos(lat), Math.cos(way) - Math.sin(lat) * Math.sin(north))
      return { lat: (north * 180) / Math.PI, lng: HERE.lng + (east * 180) / Math.PI }
    }
    const directions = Array.from({ length: 24 }, (_, i) => 15 * i)
    const ids = await give(directions.map((degrees) => towards(degrees, 59_900)))
    await give(directions.map((degrees) => towards(degrees, 60_100)))
    const { json } = await me.get(around('&radius_m=20000&category=hospital&limit=50'))
    expect(json.radius_m_used).toBe(60_000)
    expect(json.items.map(({ id }: Place) => id).toSorted()).toEqual(ids.toSorted())
    for (const [lat, lng] of [
      [90, 0],
      [-90, 180],
      [37, 180],
      [0, 0],
    ])
      expect((await me.get(`/places?lat=${lat}&lng=${lng}&radius_m=20000`)).json).toMatchObject({ items: [], radius_m_used: 60_000 })
  })

  it('vets of Jeju City and Seogwipo are on the map where they are', async () => {
    const register = registers()
    const rows = [
      { x: '156361.1017044267', y: '450.9819068313227', lat: 33.4996, lng: 126.5312, name: '제주시동물병원', region: '5011000000' },
      { x: '159000', y: '-27000', lat: 33.252208, lng: 126.560847, name: '서귀포동물병원', region: '5013000000' },
      { x: '389004.19066283514', y: '188683.78154512797', lat: 35.1796, lng: 129.0756, name: '부산동물병원', region: null },
    ]
    register.hospitals = rows.map(({ x, y, name }) => licence({ x, y, name }))
    await importAll(register.deps, 'hospitals', MONDAY)
    for (const { lat, lng, name, region } of rows) {
      const { items } = (await me.get(`/places?lat=${lat}&lng=${lng}&radius_m=100&category=hospital`)).json
      expect(items).toMatchObject([{ name, distance_m: expect.toSatisfy((metres: number) => metres <= 2) }])
      const { rows: kept } = await db.execute<{ region_code: string; source_x: string }>(
        sql`SELECT region_code, source_x FROM places WHERE id = ${items[0].id}`,
      )
      expect(kept[0]?.source_x).toBe(rows.find((row) => row.name === name)?.x)
      if (region) expect(kept[0]?.region_code).toBe(region)
    }
  })
})

describe('in a rectangle', () => {
  const BOX = { west: 125, south: 36, east: 125.6, north: 36.6 }
  const within = (more = '') => `/places?bbox=${BOX.west},${BOX.south},${BOX.east},${BOX.north}${more}`

  it('all come at once, its edges included', async () => {
    const ids = await give([
      { lat: 36, lng: 125 },
      { lat: 36.6, lng: 125.6 },
      { lat: 36.3, lng: 125.3 },
      { lat: 36.6001, lng: 125.3 },
      { lat: 35.9999, lng: 125.3 },
      { lat: 36.3, lng: 125.6001 },
    ])
    const answer = await me.get(within())
    expect(idsOf(answer).toSorted()).toEqual(ids.slice(0, 3).toSorted())
    expect(answer.json).toMatchObject({ clusters: [], radius_m_used: null, next_cursor: null })
    expect(answer.json.items[0].distance_m).toBeNull()
  })

  it('three hundred are listed, and of one more those that lie close are counted', async () => {
    await give(Array.from({ length: 300 }, () => ({ lat: 36.31, lng: 125.31 })))
    expect((await me.get(within())).json).toMatchObject({ items: expect.toSatisfy((items: Place[]) => items.length === 300), clusters: [] })
    const [lone] = await give([{ lat: 36.01, lng: 125.01 }])
    const { items, clusters, sources } = (await me.get(within())).json
    expect(items.map(({ id }: Place) => id)).toEqual([lone])
    expect(clusters).toEqual([{ lat: expect.closeTo(36.31, 9), lng: expect.closeTo(125.31, 9), count: 300 }])
    expect(sources.map(({ source }: { source: string }) => source)).toEqual(['seed', 'hospitals', 'pharmacies', 'parks'])
  })

  it('each place is in one cluster or among the items, and a cluster lies in its cell', async () => {
    const spread = fc.record({
      lat: fc.oneof(fc.double({ min: 35.98, max: 36.62, noNaN: true }), fc.constantFrom(36, 36.05, 36.3, 36.6)),
      lng: fc.oneof(fc.double({ min: 124.98, max: 125.62, noNaN: true }), fc.constantFrom(125, 125.05, 125.3, 125.6)),
      kind: fc.constantFrom('hospital', 'park'),
    })
    const heaps = fc.array(fc.record({ at: spread, count: fc.integer({ min: 1, max: 90 }) }), { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(fc.array(spread, { maxLength: 250 }), heaps, async (lone, heaped) => {
        await forgetImports()
        const places = [...lone, ...heaped.flatMap(({ at, count }) => Array.from({ length: count }, () => at))]
        const ids = await give(places)
        const inside = places.flatMap((place, i) =>
          place.lat >= BOX.south && place.lat <= BOX.north && place.lng >= BOX.west && place.lng <= BOX.east
            ? [{ ...place, id: ids[i]! }]
            : [],
        )
        const { items, clusters } = (await me.get(within())).json as { items: Place[]; clusters: PlaceCluster[] }
        const cellOf = ({ lat, lng }: { lat: number; lng: number }) => {
          const index = (value: number, from: number, until: number) => Math.min(11, Math.floor(((value - from) * 12) / (until - from)))
          return `${index(lat, BOX.south, BOX.north)},${index(lng, BOX.west, BOX.east)}`
        }
        const counts = Map.groupBy(inside, cellOf)
        if (inside.length <= 300) {
          expect(items.map(({ id }) => id).toSorted()).toEqual(inside.map(({ id }) => id).toSorted())
          expect(clusters).toEqual([])
          return
        }
        const clustered = [...counts].filter(([, cell]) => cell.length >= 5)
        expect(clusters.map(({ count }) => count).toSorted()).toEqual(clustered.map(([, cell]) => cell.length).toSorted())
        expect(items.map(({ id }) => id).toSorted()).toEqual(
          [...counts].flatMap(([, cell]) => (cell.length < 5 ? cell.map(({ id }) => id) : [])).toSorted(),
        )
        for (const { lat, lng } of clusters) {
          expect(lat).toBeGreaterThanOrEqual(BOX.south)
          expect(lat).toBeLessThanOrEqual(BOX.north + 1e-9)
          expect(lng).toBeGreaterThanOrEqual(BOX.west)
          expect(lng).toBeLessThanOrEqual(BOX.east + 1e-9)
        }
      }),
      { numRuns: histories(20) },
    )
  })
})

describe('what a request may ask for', () => {
  it.each([
    ['nothing', ''],
    ['a point and a rectangle', '?lat=37&lng=127&bbox=127,37,127.1,37.1'],
    ['a point and favourites', '?lat=37&lng=127&favorite=true'],
    ['a rectangle and favourites', '?bbox=127,37,127.1,37.1&favorite=true'],
    ['half a point', '?lat=37'],
    ['the other half', '?lng=127'],
    ['half a point and a rectangle', '?lat=37&bbox=127,37,127.1,37.1'],
    ['an empty point', '?lat=&lng='],
    ['a latitude of 91', '?lat=91&lng=127'],
    ['words', '?lat=here&lng=there'],
    ['no radius', '?lat=37&lng=127&radius_m=0'],
    ['too far', '?lat=37&lng=127&radius_m=20001'],
    ['half a metre', '?lat=37&lng=127&radius_m=10.5'],
    ['a radius of a rectangle', '?bbox=127,37,127.1,37.1&radius_m=100'],
    ['a page of a rectangle', '?bbox=127,37,127.1,37.1&cursor=x'],
    ['a number of another notation', '?lat=0x25&lng=127'],
    ['a point of blanks', '?lat=%20&lng=%20'],
    ['a rectangle over the date line', '?bbox=179.9,37,-179.9,37.1'],
    ['a rectangle over a pole', '?bbox=127,89.5,127.1,90.5'],
    ['a rectangle of three numbers', '?bbox=127,37,127.1'],
    ['a rectangle of five', '?bbox=127,37,127.1,37.1,1'],
    ['a rectangle that is turned round', '?bbox=127.1,37,127,37.1'],
    ['a rectangle upside down', '?bbox=127,37.1,127.1,37'],
    ['a line', '?bbox=127,37,127,37.1'],
    ['a rectangle wider than 1°', '?bbox=127,37,128.01,37.1'],
    ['a rectangle higher than 1°', '?bbox=127,36,127.1,37.01'],
    ['a rectangle off the globe', '?bbox=180,37,180.5,37.1'],
    ['an unknown kind', '?lat=37&lng=127&category=cafe'],
    ['no kind', '?lat=37&lng=127&category='],
    ['favourites of nobody', '?favorite=false'],
    ['too many', '?lat=37&lng=127&limit=51'],
  ])('%s: 422', async (_, query) => {
    const { status, json } = await me.get(`/places${query}`)
    expect([status, json.code]).toEqual([422, 'validation_failed'])
  })

  it('a rectangle of 1°, and one whose side is not exact in binary, is served', async () => {
    expect((await me.get('/places?bbox=126,37,127,38')).status).toBe(200)
    expect((await me.get('/places?bbox=126.1,37.1,127.1,38.1')).status).toBe(200)
  })
})

describe('details', () => {
  it('P6: nobody knows when it opens, and that is said as null', async () => {
    const row = licence({ name: '상세동물병원' })
    const register = registers()
    register.hospitals = [row]
    await importAll(register.deps, 'hospitals', MONDAY)
    const { id } = (await me.get(`/places?lat=${row.location!.lat}&lng=${row.location!.lng}&category=hospital`)).json.items[0]
    expect((await me.get(`/places/${id.toUpperCase()}`)).json).toMatchObject({
      id,
      category: 'hospital',
      name: '상세동물병원',
      open_now: null,
      hours: null,
      status: 'open',
      phone: '064-000-0000',
      distance_m: null,
      road_address: row.road_address,
      licensed_on: '2020-01-02',
      closed_on: null,
      place_url: null,
      sources: [{ source: 'hospitals' }],
    })
  })

  it('of what is no place are missing, and a malformed id is refused', async () => {
    expect((await me.get(`/places/${crypto.randomUUID()}`)).json.code).toBe('place_not_found')
    for (const id of ['1', 'kakao:', 'kakao:x', 'naver:1']) expect((await me.get(`/places/${id}`)).status, id).toBe(422)
  })
})
