import { sql } from 'drizzle-orm'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { forgetImports } from './registers.ts'

const { db } = createTestDeps()
beforeEach(forgetImports)
afterAll(forgetImports)

async function give(count: number, kind = 'hospital'): Promise<string[]> {
  const { rows } = await db.execute<{ id: string }>(sql`
    INSERT INTO places (kind, name, source, source_key, location)
    SELECT ${kind}::place_kind, '곳' || n, 'hospitals', gen_random_uuid(), ST_MakePoint(125.1, 36.2 + n / 10000.0)::geography
    FROM generate_series(1, ${count}) AS n
    RETURNING id`)
  return rows.map(({ id }) => id)
}

it('come latest first, in pages, each once', async () => {
  const ids = await give(7)
  const [park] = await give(1, 'park')
  const me = await signUp()
  for (const id of [...ids, ids[0]!, park!]) expect((await me.put(`/places/${id}/favorite`)).status).toBe(204)
  const seen: string[] = []
  for (let cursor = ''; ;) {
    const { json } = await me.get(`/places?favorite=true&limit=3${cursor}`)
    seen.push(...json.items.map(({ id }: { id: string }) => id))
    if (!json.next_cursor) break
    cursor = `&cursor=${json.next_cursor}`
  }
  expect(seen).toEqual([park, ...ids.toReversed()])
  expect((await me.get('/places?favorite=true&category=park')).json.items).toMatchObject([
    { id: park, is_favorite: true, distance_m: null },
  ])
  expect((await me.get('/places?lat=36.2&lng=125.1&category=hospital')).json.items[0]).toMatchObject({ is_favorite: true })
})

it('are a person’s own', async () => {
  const [id] = await give(1)
  const [me, other] = [await signUp(), await signUp()]
  await me.put(`/places/${id}/favorite`)
  expect((await other.get(`/places/${id}`)).json.is_favorite).toBe(false)
  expect((await other.get('/places?favorite=true')).json.items).toEqual([])
  expect((await other.delete(`/places/${id}/favorite`)).status).toBe(204)
  expect((await me.get(`/places/${id}`)).json.is_favorite).toBe(true)
  for (let times = 0; times < 2; times++) expect((await me.delete(`/places/${id}/favorite`)).status).toBe(204)
  expect((await me.get(`/places/${id}`)).json.is_favorite).toBe(false)
})

it('are at most 200, also when two come at once', async () => {
  const ids = await give(202)
  const me = await signUp()
  await db.execute(sql`
    INSERT INTO place_favorites (user_id, place_id, created_at) SELECT ${me.user.user_id}, id, now() FROM unnest(${`{${ids.slice(0, 199).join()}}`}::uuid[]) AS id`)
  const statuses = (await Promise.all([ids[199], ids[200]].map((id) => me.put(`/places/${id}/favorite`)))).map(({ status }) => status)
  expect(statuses.toSorted()).toEqual([204, 409])
  const refused = await me.put(`/places/${ids[201]}/favorite`)
  expect(refused.json.code).toBe('place_favorite_limit')
  // One of the 200 may be sent again.
  expect((await me.put(`/places/${ids[0]}/favorite`)).status).toBe(204)
})

it('are places that are kept', async () => {
  const me = await signUp()
  expect((await me.put(`/places/${crypto.randomUUID()}/favorite`)).json.code).toBe('place_not_found')
  for (const method of ['PUT', 'DELETE'] as const)
    expect((await me.request(method, '/places/kakao:123/favorite')).json).toMatchObject({ status: 422, code: 'place_not_kept' })
  expect((await me.delete(`/places/${crypto.randomUUID()}/favorite`)).status).toBe(204)
})

it('go with the account', async () => {
  const [id] = await give(1)
  const me = await signUp()
  await me.put(`/places/${id}/favorite`)
  await db.execute(sql`DELETE FROM users WHERE id = ${me.user.user_id}`)
  expect((await db.execute(sql`SELECT FROM place_favorites WHERE user_id = ${me.user.user_id}`)).rows).toEqual([])
})
