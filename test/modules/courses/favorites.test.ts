import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { createTestDeps } from '../../support/api.ts'
import { giveDerived, makeCourse, premiumPerson, publish, quietSpot, wayFrom } from '../../support/courses.ts'
import { signUp } from '../../support/login.ts'
import { idOf } from '../../support/rooms.ts'

const { db } = createTestDeps()
const derived = () => giveDerived(wayFrom(quietSpot(), [0, 0], [1_200, 0]))
const favorites = async (person: any) => (await person.get('/courses?filter=favorites')).json.items

it('come latest first, are a person’s own, and removing one twice is a success', async () => {
  const [me, other] = [await premiumPerson(), await premiumPerson()]
  const { id: published } = await publish(await premiumPerson())
  const [first, second] = [await derived(), await derived()]
  const own = (await makeCourse(me)).id
  for (const id of [first, second, published, own, first]) expect((await me.put(`/courses/${id}/favorite`)).status).toBe(204)
  expect((await favorites(me)).map(({ id }: any) => id)).toEqual([own, published, second, first])
  expect((await me.get(`/courses/${first}`)).json.is_favorite).toBe(true)
  expect((await other.get(`/courses/${first}`)).json.is_favorite).toBe(false)
  expect(await favorites(other)).toEqual([])
  expect(await other.put(`/courses/${own}/favorite`)).toMatchObject({ status: 404, json: { code: 'course_not_found' } })
  for (let times = 0; times < 2; times++) expect((await me.delete(`/courses/${first}/favorite`)).status).toBe(204)
  expect((await me.delete(`/courses/${crypto.randomUUID()}/favorite`)).status).toBe(204)
  expect((await me.get(`/courses/${first}`)).json.is_favorite).toBe(false)
})

it('need premium to be made, and stay without', async () => {
  const me = await premiumPerson()
  const [kept, next] = [await derived(), await derived()]
  await me.put(`/courses/${kept}/favorite`)
  await db.execute(sql`UPDATE premium_periods SET ends_at = now() WHERE user_id = ${idOf(me)}`)
  expect(await me.put(`/courses/${next}/favorite`)).toMatchObject({ status: 403, json: { code: 'premium_required' } })
  expect((await me.put(`/courses/${kept}/favorite`)).status).toBe(204)
  expect((await favorites(me)).map(({ id }: any) => id)).toEqual([kept])
  expect((await me.delete(`/courses/${kept}/favorite`)).status).toBe(204)
  expect(await favorites(me)).toEqual([])
})

it('say that they are gone, and show neither a line nor a person', async () => {
  const [me, author] = [await premiumPerson(), await premiumPerson()]
  const [vanished, withdrawn, deleted, blocked] = [
    await derived(),
    await publish(author),
    await publish(author),
    await publish(await premiumPerson()),
  ]
  for (const id of [vanished, withdrawn.id, deleted.id, blocked.id]) await me.put(`/courses/${id}/favorite`)
  await db.execute(sql`UPDATE courses SET gone_at = now(), line = NULL WHERE id = ${vanished}`)
  await author.delete(`/courses/${withdrawn.id}/publication`)
  await author.delete(`/courses/${deleted.id}`)
  await db.execute(
    sql`INSERT INTO blocks (blocker_id, blocked_id, created_at) SELECT owner_id, ${idOf(me)}, now() FROM courses WHERE id = ${blocked.id}`,
  )
  const nothing = { distance_m: null, duration_min: null, users_band: null, is_loop: null, polyline: null, start: null, description: null }
  const gone = { ...nothing, author: null, from_place: null, to_place: null, is_published: false, is_favorite: true, is_gone: true }
  expect(await favorites(me)).toMatchObject([
    { ...gone, id: blocked.id, name: null },
    { ...gone, id: deleted.id, name: null },
    { ...gone, id: withdrawn.id, name: null },
    { ...gone, id: vanished, name: '시험공원 1.2km 코스' },
  ])
  expect((await me.get(`/courses/${vanished}`)).status).toBe(404)
  await db.execute(sql`DELETE FROM users WHERE id = ${idOf(author)}`)
  expect((await favorites(me)).map(({ id }: any) => id)).toEqual([blocked.id, vanished])
})

it('are at most 200, also when two come at once', async () => {
  const me = await premiumPerson()
  const ids = await Promise.all(Array.from({ length: 3 }, derived))
  await db.execute(sql`
    WITH made AS (
      INSERT INTO courses (id, kind, created_at, updated_at, name, distance_m, is_loop, users_band, computed_on, gone_at)
      SELECT gen_random_uuid(), 'derived', now(), now(), '사라진 코스', 900, false, 1, current_date, now() FROM generate_series(1, 199)
      RETURNING id
    )
    INSERT INTO course_favorites (user_id, course_id, created_at) SELECT ${idOf(me)}, id, now() FROM made`)
  const answers = await Promise.all([ids[0], ids[1]].map((id) => me.put(`/courses/${id}/favorite`)))
  expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 409])
  expect(await me.put(`/courses/${ids[2]}/favorite`)).toMatchObject({ status: 409, json: { code: 'course_favorite_limit' } })
  expect(await (await signUp()).put(`/courses/${ids[2]}/favorite`)).toMatchObject({ status: 403 })
})
