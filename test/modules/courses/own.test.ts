import { decode } from '@googlemaps/polyline-codec'
import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { createTestDeps } from '../../support/api.ts'
import { courseBody, giveDerived, makeCourse, polylineOf, premiumPerson, publish, quietSpot, wayFrom } from '../../support/courses.ts'
import { signUp } from '../../support/login.ts'
import { idOf } from '../../support/rooms.ts'
import { addPet, walk } from '../../support/walks.ts'

const { db } = createTestDeps()
const endPremium = (person: any) => db.execute(sql`UPDATE premium_periods SET ends_at = now() WHERE user_id = ${idOf(person)}`)

it('is made of a way that was drawn, and is its owner’s alone', async () => {
  const [owner, other] = [await premiumPerson(), await signUp()]
  const spot = quietSpot()
  const way = wayFrom(spot, [0, 0], [1_000, 0], [1_000, 500], [50, 20])
  const course = await makeCourse(owner, way, { description: '물가를 따라' })
  expect(course).toMatchObject({
    kind: 'own',
    name: '아침 코스',
    description: '물가를 따라',
    is_mine: true,
    is_loop: true,
    is_published: false,
    is_gone: false,
    publication: null,
    from_place: null,
    author: { id: idOf(owner) },
  })
  expect(Math.abs(course.distance_m - (1_000 + 500 + Math.hypot(950, 480)))).toBeLessThan(5)
  expect(decode(course.polyline, 5)).toHaveLength(4)
  expect(course.start.lat).toBeCloseTo(spot.lat, 4)
  expect((await owner.get(`/courses/${course.id}`)).json).toEqual(course)
  expect((await owner.get('/courses?filter=mine')).json.items).toEqual([course])
  expect((await other.get('/courses?filter=mine')).json.items).toEqual([])
  const missing = { status: 404, json: { code: 'course_not_found' } }
  const places = 'from_place_id=0f8b6f3e-6a3d-4c1e-9b6a-2f1d7c5e8a40&to_place_id=0f8b6f3e-6a3d-4c1e-9b6a-2f1d7c5e8a41'
  expect(await other.get(`/courses/${course.id}`)).toMatchObject(missing)
  expect(await other.patch(`/courses/${course.id}`, { name: '내 것' })).toMatchObject(missing)
  expect(await other.delete(`/courses/${course.id}`)).toMatchObject(missing)
  expect(await other.delete(`/courses/${course.id}/publication`)).toMatchObject(missing)
  expect(await other.get(`/courses/${course.id}/preview?${places}`)).toMatchObject(missing)
  expect(await other.put(`/courses/${course.id}/publication`, { from_place_id: course.id, to_place_id: course.id })).toMatchObject(missing)
  expect((await owner.get(`/courses/${course.id}`)).json).toEqual(course)
})

it('is made of a walk of one’s own', async () => {
  const [owner, other] = [await premiumPerson(), await premiumPerson()]
  const { id: walk_id } = await walk(owner, [await addPet(owner)])
  const { json, status } = await owner.post('/courses', { name: '어제 걸은 길', walk_id })
  expect(status).toBe(201)
  const { rows } = await db.execute(sql`SELECT route_polyline FROM walks WHERE id = ${walk_id}`)
  expect(json.polyline).toBe(rows[0]!.route_polyline)
  expect(await other.post('/courses', { name: '남의 길', walk_id })).toMatchObject({ status: 404, json: { code: 'walk_not_found' } })
  await owner.delete(`/walks/${walk_id}`)
  expect(await owner.post('/courses', { name: '지운 길', walk_id })).toMatchObject({ status: 404, json: { code: 'walk_not_found' } })
  // What was made of it stays.
  expect((await owner.get(`/courses/${json.id}`)).status).toBe(200)
})

it('refuses a way that is none, too short or long, or elsewhere', async () => {
  const owner = await premiumPerson()
  const spot = { lat: 36.5, lng: 127.5 }
  const refused = { status: 422, json: { code: 'course_way_invalid' } }
  const zigzag = (count: number, north_m: number) =>
    wayFrom(spot, ...Array.from({ length: count }, (_, n) => [n, (n % 2) * north_m] as [number, number]))
  for (const way of [
    wayFrom(spot, [0, 0]),
    wayFrom(spot, [0, 0], [0, 0]),
    wayFrom(spot, [0, 0], [99, 0]),
    zigzag(2_001, 20),
    zigzag(600, 100),
    wayFrom({ lat: 35.68, lng: 139.76 }, [0, 0], [1_000, 0]),
    [...wayFrom(spot, [0, 0], [1_000, 0]), { lat: 32.9, lng: 127 }],
  ])
    expect(await owner.post('/courses', courseBody(way)), JSON.stringify(way.slice(0, 3))).toMatchObject(refused)
  for (const polyline of ['_p~iF~ps|U_', '???', '~', '~~~~~~~~~~~~?', polylineOf(wayFrom(spot, [0, 0], [1_000, 0])).slice(0, -1)]) {
    const { status, json } = await owner.post('/courses', { name: '길', route_encoded: { polyline, precision: 6 } })
    expect([status, json.code], polyline).toEqual([422, 'course_way_invalid'])
  }
  for (const body of [
    { name: '길' },
    { ...courseBody(), walk_id: crypto.randomUUID() },
    { ...courseBody(), name: '' },
    { ...courseBody(), name: '가'.repeat(41) },
  ])
    expect(await owner.post('/courses', body)).toMatchObject({ status: 422, json: { code: 'validation_failed' } })
  expect(await owner.post('/courses', courseBody(undefined, { name: '씨발' }))).toMatchObject({ json: { code: 'objectionable_text' } })
  expect((await owner.get('/courses?filter=mine')).json.items).toEqual([])
  // The longest, and one of as many positions as there may be.
  await makeCourse(owner, zigzag(2_000, 20))
  await makeCourse(owner, wayFrom(spot, [0, 0], [0, 49_900]))
})

it('are at most a hundred, also when two come at once, and repeats are none', async () => {
  const owner = await premiumPerson()
  const first = await makeCourse(owner)
  await db.execute(sql`
    INSERT INTO courses (id, kind, owner_id, request_hash, created_at, updated_at, name, line, distance_m, is_loop)
    SELECT gen_random_uuid(), 'own', owner_id, 'test', created_at, updated_at, name, line, distance_m, is_loop
    FROM courses, generate_series(1, 98)
    WHERE courses.id = ${first.id}`)
  const [a, b] = [
    { ...courseBody(), id: crypto.randomUUID() },
    { ...courseBody(), id: crypto.randomUUID() },
  ]
  const answers = await Promise.all([owner.post('/courses', a), owner.post('/courses', b)])
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409])
  expect(answers.find(({ status }) => status === 409)!.json.code).toBe('course_limit_reached')
  const won = answers[0]!.status === 201 ? a : b
  expect(await owner.post('/courses', won)).toMatchObject({ status: 201, json: { id: won.id } })
  await owner.delete(`/courses/${first.id}`)
  expect((await owner.post('/courses', won === a ? b : a)).status).toBe(201)
})

it('stays readable when premium ends, and no other is made', async () => {
  const owner = await premiumPerson()
  const request = { ...courseBody(), id: crypto.randomUUID() }
  const made = await owner.post('/courses', request)
  await endPremium(owner)
  expect(await owner.post('/courses', courseBody())).toMatchObject({ status: 403, json: { code: 'premium_required' } })
  expect(await owner.post('/courses', request)).toMatchObject({ status: 201, json: made.json })
  expect((await owner.get(`/courses/${request.id}`)).json).toEqual(made.json)
  expect((await owner.patch(`/courses/${request.id}`, { name: '새 이름', description: null })).json.name).toBe('새 이름')
  expect((await owner.delete(`/courses/${request.id}`)).status).toBe(204)
  expect(await (await signUp()).post('/courses', courseBody())).toMatchObject({ status: 403, json: { code: 'premium_required' } })
})

it('leaves neither its way nor its words behind when it is deleted', async () => {
  const owner = await premiumPerson()
  const { id } = await publish(owner)
  await owner.patch(`/courses/${id}`, { description: '지울 말' })
  for (let times = 0; times < 2; times++) expect((await owner.delete(`/courses/${id}`)).status).toBe(204)
  const { rows } = await db.execute(sql`
    SELECT name, description, num_nonnulls(line, published_line, published_grid, published_at, from_place_id, to_place_id) AS rest FROM courses WHERE id = ${id}`)
  expect(rows).toEqual([{ name: '', description: null, rest: 0 }])
  for (const answer of [await owner.get(`/courses/${id}`), await owner.patch(`/courses/${id}`, { name: '다시' })])
    expect(answer.status).toBe(404)
})

it('nobody changes or publishes a derived one', async () => {
  const owner = await premiumPerson()
  const id = await giveDerived(wayFrom(quietSpot(), [0, 0], [1_200, 0]))
  expect((await owner.get(`/courses/${id}`)).json).toMatchObject({ kind: 'derived', author: null, is_mine: false, is_published: false })
  expect((await owner.patch(`/courses/${id}`, { name: '내 이름' })).status).toBe(404)
  expect((await owner.delete(`/courses/${id}`)).status).toBe(404)
  expect((await owner.delete(`/courses/${id}/publication`)).status).toBe(404)
  expect(await owner.post('/reports', { target_type: 'course', target_id: id, reason: 'spam' })).toMatchObject({ status: 404 })
})
