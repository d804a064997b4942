import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { DAY_MS } from '../../../src/core/time.ts'
import { purgeDismissals, purgeHabits } from '../../../src/modules/recommendations/jobs.ts'
import { createTestDeps } from '../../support/api.ts'
import { givePeople } from '../../support/names.ts'
import { giveHabit } from '../../support/recommendations.ts'
import { listRows } from '../../support/rows.ts'

const deps = createTestDeps()

it('dismissals are gone after 180 days, and not before', async () => {
  const [one, old, young] = (await givePeople([{}, {}, {}])).map(({ id }) => id) as [string, string, string]
  // In a time of its own, so that nothing of other tests is old enough.
  const at = new Date('1999-07-01T00:00:00Z')
  for (const [other, days] of [
    [old, 180],
    [young, 179.9],
  ] as const)
    await deps.db.execute(sql`
      INSERT INTO recommendation_dismissals (user_id, other_id, dismissed_at)
      VALUES (${one}, ${other}, ${new Date(at.getTime() - days * DAY_MS).toISOString()})`)
  expect(await purgeDismissals.run(deps, at)).toMatchObject({ counts: { purged: 1 }, next: null })
  expect(await listRows(sql`SELECT other_id FROM recommendation_dismissals WHERE user_id = ${one}`)).toEqual([{ other_id: young }])
})

it('habits are gone 28 days after the last walk, and not before', async () => {
  const at = new Date('1999-07-01T00:00:00Z')
  const [old, young] = (await givePeople([{}, {}])).map(({ id }) => id) as [string, string]
  await giveHabit(old, [new Date(at.getTime() - 28.1 * DAY_MS)], new Date(at.getTime() - 28 * DAY_MS))
  await giveHabit(young, [new Date(at.getTime() - 27.9 * DAY_MS)], new Date(at.getTime() - 27 * DAY_MS))
  expect(await purgeHabits.run(deps, at)).toMatchObject({ counts: { purged: 1 }, next: null })
  expect(await listRows(sql`SELECT user_id FROM walk_habits WHERE user_id IN (${old}, ${young})`)).toEqual([{ user_id: young }])
})
