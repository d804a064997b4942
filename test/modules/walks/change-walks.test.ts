import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { createTestDeps, type Api } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { addPet, freshTrack, startWalk, walk } from '../../support/walks.ts'

const DAY = 86_400_000

it('changes memo and sharing, and nothing that was measured', async () => {
  const owner = await signUp()
  const { id, json } = await walk(owner, [await addPet(owner)])
  const changed = await owner.patch(`/walks/${id}`, { memo: ' 벚꽃 ', shared_to_feed: true })
  expect(changed).toMatchObject({
    status: 200,
    json: { ...json.walk, memo: '벚꽃', shared_to_feed: true, post: { likes: 0, is_hidden: false } },
  })
  expect((await owner.patch(`/walks/${id}`, { memo: null })).json).toMatchObject({ memo: null, shared_to_feed: true })
  expect((await owner.patch(`/walks/${id}`, { distance_m: 1 })).status).toBe(422)
})

it('refuses a memo that others should not read, and then changes nothing', async () => {
  const owner = await signUp()
  const { id } = await walk(owner, [await addPet(owner)], { more: { memo: '벚꽃' } })
  const refused = async (memo: string, code: string) => {
    const { status, json } = await owner.patch(`/walks/${id}`, { memo, shared_to_feed: true })
    expect({ status, json }).toMatchObject({ status: 422, json: { code, errors: [{ path: 'body.memo' }] } })
    expect(JSON.stringify(json)).not.toContain(memo)
  }
  await refused('개새끼', 'objectionable_text')
  await refused('01012345678', 'personal_data')
  expect((await owner.get(`/walks/${id}`)).json).toMatchObject({ memo: '벚꽃', shared_to_feed: false })
  expect((await owner.patch(`/walks/${id}`, { memo: '아기 시바 새끼 때 걷던 길' })).status).toBe(200)
})

it('moves what a walk counts for when other pets walked it', async () => {
  const owner = await signUp()
  const [one, two] = [await addPet(owner), await addPet(owner)]
  const { id, json } = await walk(owner, [one])
  const { distance_m } = json.walk
  await owner.patch(`/walks/${id}`, { pet_ids: [two] })
  expect((await owner.get(`/pets/${one}/stats`)).json).toMatchObject({ walk_count: 0, distance_m: 0 })
  expect((await owner.get(`/pets/${two}/stats`)).json).toMatchObject({ walk_count: 1, distance_m })
})

it('has the calories of the pets that walked it, on the walk and in what it counts for', async () => {
  const owner = await signUp()
  const [light, heavy, unknown] = [
    await addPet(owner, { weight_kg: 4 }),
    await addPet(owner, { weight_kg: 36 }),
    await addPet(owner, { weight_kg: null }),
  ]
  const { id, json } = await walk(owner, [light])
  const caloriesAt = (kg: number) => Math.round((json.walk.distance_m / 1_000) * (20 + 3 * Math.sqrt(kg)))
  expect(json.walk.calories).toBe(caloriesAt(4))
  for (const [pet_ids, kg] of [
    [[heavy], 36],
    [[heavy, light], 20],
    [[light, unknown], 4],
    [[unknown], 10],
  ] as const) {
    expect((await owner.patch(`/walks/${id}`, { pet_ids })).json.calories).toBe(caloriesAt(kg))
    await expectFactsToBeTheFold(owner)
  }
  // A walk that is still being walked has none.
  const active = await startWalk(owner, [light])
  expect((await owner.patch(`/walks/${active}`, { pet_ids: [heavy] })).json.calories).toBeNull()
})

it('folds nothing for a memo or a share, which no fact counts', async () => {
  const owner = await signUp()
  const { id } = await walk(owner, [await addPet(owner)])
  const { db } = createTestDeps()
  // Rows that are written again have another `xmin`, also where they say the same.
  const versions = async () =>
    (
      await db.execute(`
        SELECT 'day' AS fact, xmin::text FROM user_days WHERE user_id = '${owner.user.user_id}'
        UNION ALL SELECT 'total', xmin::text FROM user_totals WHERE user_id = '${owner.user.user_id}'
        ORDER BY 1, 2`)
    ).rows
  const before = await versions()
  expect(before).toHaveLength(2)
  await owner.patch(`/walks/${id}`, { memo: '벚꽃', shared_to_feed: true })
  expect(await versions()).toEqual(before)
  await owner.patch(`/walks/${id}`, { pet_ids: [await addPet(owner, { weight_kg: 30 })] })
  expect(await versions()).not.toEqual(before)
})

it("takes no pet of anybody else's, and then changes nothing", async () => {
  const [owner, stranger] = await Promise.all([signUp(), signUp()])
  const { id, json } = await walk(owner, [await addPet(owner)])
  expect(await owner.patch(`/walks/${id}`, { memo: 'x', pet_ids: [await addPet(stranger)] })).toMatchObject({
    status: 404,
    json: { code: 'pet_not_found' },
  })
  expect((await owner.get(`/walks/${id}`)).json).toEqual(json.walk)
  expect((await stranger.patch(`/walks/${id}`, { memo: 'x' })).status).toBe(404)
})

it('takes a deleted walk out of everything, and deleting it again is fine', async () => {
  const [owner, stranger] = await Promise.all([signUp(), signUp()])
  const pet = await addPet(owner)
  const { id } = await walk(owner, [pet])
  expect((await stranger.delete(`/walks/${id}`)).status).toBe(404)
  expect((await owner.delete(`/walks/${id}`)).status).toBe(204)
  expect((await owner.delete(`/walks/${id}`)).status).toBe(204)
  expect((await owner.get(`/walks/${id}`)).status).toBe(404)
  expect((await owner.get('/walks')).json.items).toEqual([])
  expect((await owner.get(`/pets/${pet}/stats`)).json).toMatchObject({ walk_count: 0, distance_m: 0, duration_sec: 0 })
})

it('keeps facts that are the fold of the walks, after any history', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ day: fc.nat(4), slot: fc.nat(5), act: fc.constantFrom('walk', 'walk', 'walk', 'delete', 'pets') }), {
        minLength: 4,
        maxLength: 8,
      }),
      async (history) => {
        const owner = await signUp()
        const pets = [await addPet(owner), await addPet(owner)]
        const ids: string[] = []
        for (const { day, slot, act } of history) {
          const target = ids[slot % Math.max(1, ids.length)]
          if (act === 'walk') {
            const track = freshTrack({ length_m: 700, agoMs: day * DAY + slot * 2 * 3_600_000 + 60_000 })
            const { id, status } = await walk(owner, slot % 2 ? pets : [pets[0]!], { track })
            if (status === 200) ids.push(id)
            else await owner.delete(`/walks/${id}`)
          } else if (target && act === 'delete') await owner.delete(`/walks/${target}`)
          else if (target) await owner.patch(`/walks/${target}`, { pet_ids: [pets[slot % 2]!] })
        }
        await expectFactsToBeTheFold(owner)
      },
    ),
    { numRuns: 12 },
  )
}, 120_000)

/** Recomputes days and totals from the walks alone and compares them with what is kept. */
async function expectFactsToBeTheFold(owner: Api): Promise<void> {
  const { db } = createTestDeps()
  const userId = owner.user!.user_id
  const one = async (query: string) => (await db.execute(query)).rows
  const figures =
    'count(*)::int AS walk_count, sum(distance_m)::int AS distance_m, sum(duration_sec)::int AS duration_sec, sum(calories)::int AS calories'
  const kept = 'walk_count::int, distance_m::int, duration_sec::int, calories::int'
  const counted = `FROM walks WHERE user_id = '${userId}' AND is_valid AND deleted_at IS NULL`
  const ofPets = `FROM walks JOIN walk_pets ON walk_id = id WHERE user_id = '${userId}' AND is_valid AND deleted_at IS NULL`
  const mine = `IN (SELECT id FROM pets WHERE user_id = '${userId}')`
  const day = `(started_at AT TIME ZONE 'Asia/Seoul')::date`
  expect(await one(`SELECT day::text, ${kept} FROM user_days WHERE user_id = '${userId}' AND walk_count > 0 ORDER BY 1`)).toEqual(
    await one(`SELECT ${day}::text AS day, ${figures} ${counted} GROUP BY 1 ORDER BY 1`),
  )
  expect(await one(`SELECT ${kept} FROM user_totals WHERE user_id = '${userId}' AND walk_count > 0`)).toEqual(
    await one(`SELECT ${figures} ${counted} HAVING count(*) > 0`),
  )
  expect(await one(`SELECT pet_id, day::text, ${kept} FROM pet_days WHERE pet_id ${mine} AND walk_count > 0 ORDER BY 1, 2`)).toEqual(
    await one(`SELECT pet_id, ${day}::text AS day, ${figures} ${ofPets} GROUP BY 1, 2 ORDER BY 1, 2`),
  )
  expect(await one(`SELECT pet_id, ${kept} FROM pet_totals WHERE pet_id ${mine} AND walk_count > 0 ORDER BY 1`)).toEqual(
    await one(`SELECT pet_id, ${figures} ${ofPets} GROUP BY 1 ORDER BY 1`),
  )
}
