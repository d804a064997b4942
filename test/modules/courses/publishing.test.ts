import { decode } from '@googlemaps/polyline-codec'
import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { distanceM } from '../../../src/core/geo.ts'
import { createTestDeps } from '../../support/api.ts'
import { beside, givePlaceAt, hideAt, makeCourse, makePublishable, premiumPerson, publish, wayFrom } from '../../support/courses.ts'
import { makeAdmin } from '../../support/moderation.ts'
import { signUp } from '../../support/login.ts'
import { idOf } from '../../support/rooms.ts'

const { db } = createTestDeps()
const bboxAt = ({ lat, lng }: { lat: number; lng: number }) => `${lng - 0.1},${lat - 0.1},${lng + 0.1},${lat + 0.1}`
const idsIn = ({ json }: { json: any }) => json.items.map(({ id }: { id: string }) => id)
const query = ({ from_place_id, to_place_id }: { from_place_id: string; to_place_id: string }) =>
  `from_place_id=${from_place_id}&to_place_id=${to_place_id}`

it('shows others exactly what the preview said: the part between the two places', async () => {
  const [author, other] = [await premiumPerson(), await signUp()]
  const { id, spot, pair } = await makePublishable(author)
  const preview = await author.get(`/courses/${id}/preview?${query(pair)}`)
  expect(preview.status).toBe(200)
  expect((await other.get(`/courses/${id}`)).status).toBe(404)
  const published = await author.put(`/courses/${id}/publication`, pair)
  expect(published.json).toMatchObject({ is_mine: true, publication: { is_shown: true } })
  expect(published.json.distance_m).toBeGreaterThan(5_900)

  const seen = await other.get(`/courses/${id}`)
  expect(seen.json).toEqual(preview.json)
  expect((await other.get(`/courses?bbox=${bboxAt(spot)}`)).json.items.find((one: any) => one.id === id)).toEqual(preview.json)
  expect((await other.get(`/courses?lat=${spot.lat}&lng=${spot.lng}`)).json.items.find((one: any) => one.id === id)).toEqual(preview.json)
  expect(seen.json).toMatchObject({
    kind: 'own',
    is_mine: false,
    is_published: true,
    publication: null,
    duration_min: null,
    users_band: null,
    author: { id: idOf(author) },
    from_place: { name: '서쪽공원' },
    to_place: { name: '동쪽공원' },
  })
  const line = decode(seen.json.polyline, 5)
  expect(seen.json.distance_m).toBeGreaterThan(1_490)
  expect(seen.json.distance_m).toBeLessThan(1_510)
  expect(distanceM([line[0]![1], line[0]![0]], [spot.lng, spot.lat])).toBeLessThan(12)
  const end = beside(spot, 1_500, 0)
  expect(distanceM([line.at(-1)![1], line.at(-1)![0]], [end.lng, end.lat])).toBeLessThan(12)
})

it('goes from the one place to the other, whichever way the author walked', async () => {
  const [author, other] = [await premiumPerson(), await signUp()]
  const { id, pair } = await makePublishable(author)
  await author.put(`/courses/${id}/publication`, pair)
  const there = (await other.get(`/courses/${id}`)).json
  await author.put(`/courses/${id}/publication`, { from_place_id: pair.to_place_id, to_place_id: pair.from_place_id })
  const back = (await other.get(`/courses/${id}`)).json
  expect(decode(back.polyline, 5)).toEqual(decode(there.polyline, 5).toReversed())
  expect([back.from_place, back.to_place]).toEqual([there.to_place, there.from_place])
})

it('refuses a way that leaves the straight line between the places by more than 100 m, and takes one that does so elsewhere', async () => {
  const author = await premiumPerson()
  const { spot, pair } = await makePublishable(author)
  const refused = { status: 422, json: { code: 'course_not_between' } }
  const detour = await makeCourse(author, wayFrom(spot, [0, 0], [700, 130], [1_500, 0]))
  expect(await author.put(`/courses/${detour.id}/publication`, pair)).toMatchObject(refused)
  expect(await author.get(`/courses/${detour.id}/preview?${query(pair)}`)).toMatchObject(refused)
  const near = await makeCourse(author, wayFrom(spot, [-300, 900], [0, 0], [700, 90], [1_500, 0], [1_900, 900]))
  expect((await author.put(`/courses/${near.id}/publication`, pair)).status).toBe(200)
  const half = await makeCourse(author, wayFrom(spot, [0, 0], [1_000, 0]))
  expect(await author.put(`/courses/${half.id}/publication`, pair)).toMatchObject(refused)
  const same = { from_place_id: pair.from_place_id, to_place_id: pair.from_place_id }
  expect(await author.put(`/courses/${half.id}/publication`, same)).toMatchObject(refused)
  const unknown = { from_place_id: pair.from_place_id, to_place_id: crypto.randomUUID() }
  expect(await author.put(`/courses/${half.id}/publication`, unknown)).toMatchObject({ status: 404, json: { code: 'place_not_found' } })
})

it('measures between the outlines of places that have one', async () => {
  const author = await premiumPerson()
  const { spot } = await makePublishable(author)
  const from_place_id = await givePlaceAt(beside(spot, -1_000, 0), { radius_m: 300 })
  const to_place_id = await givePlaceAt(beside(spot, 2_000, 0), { radius_m: 300 })
  const { id } = await makeCourse(author, wayFrom(spot, [-2_000, 0], [4_000, 0]))
  const { json } = await author.get(`/courses/${id}/preview?from_place_id=${from_place_id}&to_place_id=${to_place_id}`)
  expect(json.distance_m).toBeGreaterThan(2_380)
  expect(json.distance_m).toBeLessThan(2_420)
})

it('refuses what comes near to where the author is hidden, and hides it at once when that becomes so later', async () => {
  const other = await signUp()
  const author = await premiumPerson()
  const { id, spot, pair } = await publish(author)
  const shown = async () => [
    (await other.get(`/courses/${id}`)).status === 200,
    idsIn(await other.get(`/courses?bbox=${bboxAt(spot)}`)).includes(id),
    idsIn(await other.get(`/courses?lat=${spot.lat}&lng=${spot.lng}&radius_m=5000`)).includes(id),
    (await author.get(`/courses/${id}`)).json.publication.is_shown,
  ]
  expect(await shown()).toEqual([true, true, true, true])
  // A zone touches whole cells, and these are hidden with 500 m around them.
  const home = beside(spot, 700, 1_900)
  await author.put('/users/me/privacy-zone', { ...home, radius_m: 150 })
  expect(await shown()).toEqual([true, true, true, true])
  await author.put('/users/me/privacy-zone', { ...beside(spot, 700, 500), radius_m: 150 })
  expect(await shown()).toEqual([false, false, false, false])
  expect(await author.get(`/courses/${id}/preview?${query(pair)}`)).toMatchObject({ status: 409, json: { code: 'course_too_close' } })
  expect(await author.put(`/courses/${id}/publication`, pair)).toMatchObject({ status: 409, json: { code: 'course_too_close' } })
  await author.delete('/users/me/privacy-zone')
  expect(await shown()).toEqual([true, true, true, true])
  await hideAt(author, beside(spot, 1_500, 300))
  expect(await shown()).toEqual([false, false, false, false])
})

it('takes the ends of the whole way for hidden where nothing is known of its author', async () => {
  const author = await premiumPerson()
  await db.execute(sql`DELETE FROM hidden_areas WHERE user_id = ${idOf(author)}`)
  const { spot, pair } = await makePublishable(author)
  const { id } = await makeCourse(author, wayFrom(spot, [0, 0], [1_500, 0]))
  expect(await author.put(`/courses/${id}/publication`, pair)).toMatchObject({ status: 409, json: { code: 'course_too_close' } })
  const long = await makeCourse(author, wayFrom(spot, [-3_000, 0], [4_500, 0]))
  expect((await author.put(`/courses/${long.id}/publication`, pair)).status).toBe(200)
})

it('is one of an author between two places, also of fifty at once, in whichever direction', async () => {
  const author = await premiumPerson()
  const { id, spot, pair } = await makePublishable(author)
  const { rows: others } = await db.execute<{ id: string }>(sql`
    INSERT INTO courses (id, kind, owner_id, request_hash, created_at, updated_at, name, line, distance_m, is_loop)
    SELECT gen_random_uuid(), 'own', owner_id, 'test', created_at, updated_at, name, line, distance_m, is_loop
    FROM courses, generate_series(1, 49)
    WHERE courses.id = ${id}
    RETURNING id`)
  const turned = { from_place_id: pair.to_place_id, to_place_id: pair.from_place_id }
  const all = [id, ...others.map((one) => one.id)]
  const answers = await Promise.all(all.map((one, n) => author.put(`/courses/${one}/publication`, n % 2 ? turned : pair)))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(new Set(answers.filter(({ status }) => status !== 200).map(({ json }) => json.code))).toEqual(new Set(['course_pair_taken']))
  const winner = all[answers.findIndex(({ status }) => status === 200)]!
  const loser = all.find((one) => one !== winner)!
  await author.delete(`/courses/${winner}/publication`)
  expect((await author.put(`/courses/${loser}/publication`, pair)).status).toBe(200)
  // Another author may have one there as well.
  const second = await premiumPerson()
  const theirs = await makeCourse(second, wayFrom(spot, [-10, 0], [1_510, 0]))
  expect((await second.put(`/courses/${theirs.id}/publication`, pair)).status).toBe(200)
})

it('sent again changes nothing, and elsewhere it is published anew', async () => {
  const author = await premiumPerson()
  const { id, spot, pair } = await publish(author)
  const first = (await author.get(`/courses/${id}`)).json
  expect((await author.put(`/courses/${id}/publication`, pair)).json).toEqual(first)
  const to_place_id = await givePlaceAt(beside(spot, 2_500, 0))
  const { json } = await author.put(`/courses/${id}/publication`, { ...pair, to_place_id })
  expect(json.publication.published_at).not.toBe(first.publication.published_at)
  expect(json.to_place.id).toBe(to_place_id)
})

it('disappears for everybody but its author when it is withdrawn, or deleted, or its author has left, is suspended or banned', async () => {
  const other = await signUp()
  const ends: Record<string, (author: any, id: string) => Promise<unknown>> = {
    withdrawn: (author, id) => author.delete(`/courses/${id}/publication`),
    deleted: (author, id) => author.delete(`/courses/${id}`),
    left: (author) => db.execute(sql`UPDATE users SET deleted_at = now() WHERE id = ${idOf(author)}`),
    suspended: (author) => db.execute(sql`UPDATE users SET suspended_until = now() + interval '1 day' WHERE id = ${idOf(author)}`),
    banned: (author) => db.execute(sql`UPDATE users SET banned_at = now() WHERE id = ${idOf(author)}`),
    blocking: (author) => author.post(`/blocks/${idOf(other)}`),
    blocked: (author) => other.post(`/blocks/${idOf(author)}`),
    reported: (_, id) => other.post('/reports', { target_type: 'course', target_id: id, reason: 'spam' }),
  }
  for (const [name, end] of Object.entries(ends)) {
    const author = await premiumPerson()
    const { id, spot } = await publish(author)
    expect((await other.get(`/courses/${id}`)).status, name).toBe(200)
    await end(author, id)
    expect((await other.get(`/courses/${id}`)).status, name).toBe(404)
    expect(idsIn(await other.get(`/courses?bbox=${bboxAt(spot)}`)), name).not.toContain(id)
    expect(idsIn(await other.get(`/courses?lat=${spot.lat}&lng=${spot.lng}`)), name).not.toContain(id)
  }
})

it('is closed by a report of harassment, and opened again by a moderator, who reads its words', async () => {
  const [author, reporter, third, admin] = [await premiumPerson(), await signUp(), await signUp(), await signUp()]
  await makeAdmin(admin)
  const { id } = await publish(author)
  const report = { target_type: 'course', target_id: id, reason: 'harassment' }
  expect(await author.post('/reports', report)).toMatchObject({ status: 422, json: { code: 'own_content' } })
  expect((await reporter.post('/reports', report)).status).toBe(200)
  expect((await third.get(`/courses/${id}`)).status).toBe(404)
  expect((await author.get(`/courses/${id}`)).json.publication.is_shown).toBe(false)
  const { json } = await admin.get(`/admin/reports/course/${id}`)
  expect(json).toMatchObject({ current: { text: '아침 코스' } })
  expect(await admin.patch(`/admin/reports/course/${id}`, { action: 'dismiss' })).toMatchObject({ status: 200 })
  expect((await third.get(`/courses/${id}`)).status).toBe(200)
  expect((await reporter.get(`/courses/${id}`)).status).toBe(404)
  const own = await makeCourse(author)
  expect(await reporter.post('/reports', { ...report, target_id: own.id })).toMatchObject({ status: 404 })
})

it('is refused to whoever is suspended or without premium, and what is published stays when premium ends', async () => {
  const [author, other] = [await premiumPerson(), await signUp()]
  const { id, pair } = await publish(author)
  await db.execute(sql`UPDATE premium_periods SET ends_at = now() WHERE user_id = ${idOf(author)}`)
  expect((await other.get(`/courses/${id}`)).status).toBe(200)
  expect((await author.get(`/courses/${id}`)).status).toBe(200)
  expect(await author.put(`/courses/${id}/publication`, pair)).toMatchObject({ status: 403, json: { code: 'premium_required' } })
  await db.execute(sql`UPDATE users SET suspended_until = now() + interval '1 day', suspended_reason = 'spam' WHERE id = ${idOf(author)}`)
  expect(await author.put(`/courses/${id}/publication`, pair)).toMatchObject({ status: 403, json: { code: 'account_suspended' } })
  expect(await author.patch(`/courses/${id}`, { name: '다른 이름' })).toMatchObject({ status: 403, json: { code: 'account_suspended' } })
  expect((await author.delete(`/courses/${id}/publication`)).status).toBe(204)
})
