import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { randomFrom } from '../../../dev/random.ts'
import { createTestDeps } from '../../support/api.ts'
import { histories } from '../../support/histories.ts'
import { expectedFor, makeWorld, type World } from '../../support/recommendations.ts'
import { freshSeed } from '../../support/walks.ts'

const { db } = createTestDeps()
const NEIGHBOURS = 600
const VIEWERS_A_TRIP = 25

interface Stored {
  readonly user: { readonly id: string }
  readonly score: number
  readonly reasons: readonly string[]
}

async function readFor({ at }: World, ids: readonly string[]): Promise<Map<string, Stored[]>> {
  const { rows } = await db.execute<{ id: string; items: Stored[] }>(sql`
    SELECT id, recommendations_page(id, ${at.toISOString()}) AS items FROM unnest(${`{${ids.join(',')}}`}::uuid[]) AS viewer (id)`)
  return new Map(rows.map(({ id, items }) => [id, items]))
}

function compare(found: readonly Stored[], expected: ReturnType<typeof expectedFor>, who: string): void {
  expect([who, ...found.map(({ user, reasons }) => `${user.id} ${reasons.join()}`)]).toEqual([
    who,
    ...expected.map(({ id, reasons }) => `${id} ${reasons.join()}`),
  ])
  expect(Math.max(0, ...found.map(({ score }, k) => Math.abs(score - expected[k]!.score)))).toBeLessThan(1e-9)
}

it('everybody in a world of 600 gets the best 20 by the formula, in its order, with its scores and reasons', async () => {
  const world = await makeWorld(randomFrom(freshSeed()), NEIGHBOURS, new Date('2027-03-10T03:00:00Z'))
  const viewers = world.people.slice(0, histories(NEIGHBOURS))
  const seen = new Set<string>()
  let [full, empty] = [0, 0]
  for (let from = 0; from < viewers.length; from += VIEWERS_A_TRIP) {
    const some = viewers.slice(from, from + VIEWERS_A_TRIP)
    const found = await readFor(
      world,
      some.map(({ id }) => id),
    )
    for (const viewer of some) {
      const expected = expectedFor(viewer, world).slice(0, 20)
      // A banned viewer cannot ask; whoever is blocked by everybody is recommended nobody.
      compare(found.get(viewer.id)!, expected, viewer.id)
      if (expected.length === 20) full++
      if (expected.length === 0) empty++
      for (const { reasons } of expected) for (const reason of reasons) seen.add(reason)
    }
  }
  // The world has all of it.
  expect(full).toBeGreaterThan(viewers.length / 2)
  expect(empty).toBeGreaterThan(0)
  expect([...seen].toSorted()).toEqual(['same_breed', 'same_dong', 'same_hours', 'same_size', 'similar_distance'])
})

it('who dismisses all that are shown, again and again, meets everybody in the order of the formula, so the limit comes after the sort', async () => {
  const world = await makeWorld(randomFrom(freshSeed()), NEIGHBOURS, new Date('2027-03-10T03:00:00Z'))
  const viewer = world.people.find((one) => expectedFor(one, world).length > 200)!
  const expected = expectedFor(viewer, world)
  const met: Stored[] = []
  for (;;) {
    const found = (await readFor(world, [viewer.id])).get(viewer.id)!
    if (found.length === 0) break
    met.push(...found)
    const ids = `{${found.map(({ user }) => user.id).join(',')}}`
    await db.execute(sql`
      INSERT INTO recommendation_dismissals (user_id, other_id, dismissed_at)
      SELECT ${viewer.id}, id, ${world.at.toISOString()} FROM unnest(${ids}::uuid[]) AS other (id)
      ON CONFLICT (user_id, other_id) DO UPDATE SET dismissed_at = excluded.dismissed_at`)
    await db.execute(sql`DELETE FROM recommendation_runs WHERE user_id = ${viewer.id}`)
  }
  expect(expected.length).toBeGreaterThan(200)
  compare(met, expected, viewer.id)
})
