import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { firstRow } from '../../../src/db/client.ts'
import { createTestDeps } from '../../support/api.ts'
import { beside, giveDerived, makeCourse, premiumPerson, publish, quietSpot, wayFrom } from '../../support/courses.ts'
import { signUp } from '../../support/login.ts'
import { idOf } from '../../support/rooms.ts'
import { makeDong, moveTo } from '../../support/walkers.ts'

const { db } = createTestDeps()
const idsIn = (json: any): string[] => json.items.map(({ id }: { id: string }) => id)
const boxAt = ({ lat, lng }: { lat: number; lng: number }, degrees = 0.05) =>
  `${lng - degrees},${lat - degrees},${lng + degrees},${lat + degrees}`

it('a rectangle holds what lies in it: my own, those of many people by their number, and what others have published', async () => {
  const [me, author] = [await premiumPerson(), await premiumPerson()]
  const { id: published, spot } = await publish(author)
  const narrow = await giveDerived(wayFrom(spot, [0, 0], [900, 0]), { band: 1 })
  const wide = await giveDerived(wayFrom(spot, [0, 0], [900, 10]), { band: 4 })
  const gone = await giveDerived(wayFrom(spot, [0, 0], [900, 20]), { band: 4 })
  await db.execute(sql`UPDATE courses SET gone_at = now(), line = NULL WHERE id = ${gone}`)
  const mine = await makeCourse(me, wayFrom(spot, [0, 0], [0, 800]))
  const away = await giveDerived(wayFrom(beside(spot, 0, 9_000), [0, 0], [900, 0]))
  // Its box meets the rectangle, and its line does not.
  const around = await giveDerived(wayFrom(spot, [-9_000, 0], [-9_000, 9_000], [0, 9_000]))
  const { json } = await me.get(`/courses?bbox=${boxAt(spot)}`)
  const all = [mine.id, wide, narrow, published]
  expect(idsIn(json).filter((id) => [...all, gone, away, around].includes(id))).toEqual(all)
  expect(json).toMatchObject({ is_complete: true, next_cursor: null })
  expect(json.items.find(({ id }: any) => id === wide)).toMatchObject({
    kind: 'derived',
    users_band: 4,
    duration_min: 20,
    author: null,
    name: '시험공원 1.2km 코스',
  })
  expect(idsIn((await author.get(`/courses?bbox=${boxAt(spot)}`)).json)).not.toContain(mine.id)
})

it('around a point come the nearest first, in pages, each once, and none beyond the radius', async () => {
  const me = await premiumPerson()
  const spot = quietSpot()
  const norths = [900, 100, 500, 300, 700, 1_500]
  const ids = await Promise.all(norths.map((north) => giveDerived(wayFrom(spot, [-600, north], [600, north]))))
  const seen: string[] = []
  for (let cursor = ''; ;) {
    const { json } = await me.get(`/courses?lat=${spot.lat}&lng=${spot.lng}&radius_m=1000&limit=2${cursor}`)
    seen.push(...idsIn(json))
    if (!json.next_cursor) break
    cursor = `&cursor=${json.next_cursor}`
  }
  expect(seen.filter((id) => ids.includes(id))).toEqual([ids[1], ids[3], ids[2], ids[4], ids[0]])
  expect(new Set(seen).size).toBe(seen.length)
})

it('mine come latest first, in pages', async () => {
  const me = await premiumPerson()
  const made: string[] = []
  for (let n = 0; n < 5; n++) made.push((await makeCourse(me)).id)
  const first = (await me.get('/courses?filter=mine&limit=3')).json
  const second = (await me.get(`/courses?filter=mine&limit=3&cursor=${first.next_cursor}`)).json
  expect([...idsIn(first), ...idsIn(second)]).toEqual(made.toReversed())
  expect(second.next_cursor).toBeNull()
  expect((await me.get(`/courses?filter=favorites&cursor=${first.next_cursor}`)).json.code).toBe('invalid_cursor')
})

it.each([
  '',
  '?lat=37',
  '?lat=37&lng=127&filter=mine',
  '?bbox=127,37,126,38',
  '?bbox=124,33,132,39',
  '?bbox=126,37,127,38&filter=mine',
  '?filter=others',
  '?radius_m=100&filter=mine',
  '?lat=37&lng=127&radius_m=20001',
])('refuses /courses%s', async (query) => {
  expect(await (await signUp()).get(`/courses${query}`)).toMatchObject({ status: 422, json: { code: 'validation_failed' } })
})

it('a rectangle of very many is cut at 200, and says so', async () => {
  const me = await signUp()
  const spot = quietSpot()
  const first = await giveDerived(wayFrom(spot, [0, 0], [300, 0]))
  await db.execute(sql`
    INSERT INTO courses (id, kind, created_at, updated_at, name, line, distance_m, is_loop, users_band, computed_on)
    SELECT gen_random_uuid(), 'derived', created_at, updated_at, name, line, distance_m, is_loop, 1, computed_on
    FROM courses, generate_series(1, 204)
    WHERE courses.id = ${first}`)
  const { json } = await me.get(`/courses?bbox=${boxAt(spot)}`)
  expect(json.items).toHaveLength(200)
  expect(json.is_complete).toBe(false)
  await db.execute(sql`DELETE FROM courses WHERE kind = 'derived' AND line = (SELECT line FROM courses WHERE id = ${first})`)
})

it('near my region come those that most people walk first, and none of mine, and none without a region', async () => {
  const [me, author] = [await premiumPerson(), await premiumPerson()]
  const { id: published, spot } = await publish(author)
  const { dong } = await makeDong()
  await db.execute(sql`UPDATE regions SET center = ST_MakePoint(${spot.lng}, ${spot.lat})::geography WHERE code = ${dong}`)
  const near = async (limit: number) =>
    (await firstRow<{ list: { id: string }[] }>(db, sql`SELECT courses_near_region(${idOf(me)}, ${limit}::int, now()) AS list`))!.list.map(
      ({ id }) => id,
    )
  expect(await near(5)).toEqual([])
  await moveTo(me, dong)
  const wide = await giveDerived(wayFrom(spot, [4_000, 0], [4_500, 0]), { band: 3 })
  const narrow = await giveDerived(wayFrom(spot, [100, 0], [900, 0]), { band: 2 })
  await giveDerived(wayFrom(spot, [6_000, 0], [6_900, 0]), { band: 4 })
  const mine = await makeCourse(me, wayFrom(spot, [0, 0], [800, 0]))
  const known = [wide, narrow, published, mine.id]
  expect((await near(50)).filter((id) => known.includes(id))).toEqual([wide, narrow, published])
  expect(await near(1)).toHaveLength(1)
  await me.post(`/blocks/${idOf(author)}`)
  expect(await near(50)).not.toContain(published)
})
