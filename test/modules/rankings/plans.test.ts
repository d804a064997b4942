import { sql } from 'drizzle-orm'
import { beforeAll, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts'
import { periodAt } from '../../../src/modules/rankings/periods.ts'
import { findBoard } from '../../../src/modules/rankings/queries.ts'
import { createTestDeps } from '../../support/api.ts'
import { actorOf, completeMadeUp } from '../../support/measured-walks.ts'
import { watchScans } from '../../support/scans.ts'
import { givePremium, makeDong, makeWalker, quietMonday, type Walker } from '../../support/walkers.ts'

const PEOPLE = 20_000
/** A period's histogram has some hundred rows, so it may be read from end to end. */
const BIG = ['rankings', 'users', 'walks', 'area_months', 'pets']

let monday: Date
let week: string
let walker: Walker

/** One dong in which twenty thousand people walked in one week. One of them has a session. */
beforeAll(async () => {
  const { dong, sigungu } = await makeDong()
  monday = quietMonday()
  week = periodAt('weekly', monday).key
  walker = await makeWalker(dong)
  await givePremium(walker)
  const { db } = createTestDeps()
  // The rows are inserted in pieces, so that each statement ends before its deadline on a slow machine as well.
  for (let done = 0; done < PEOPLE; done += PEOPLE / 20)
    await db.execute(`
    WITH people AS (
      INSERT INTO users (id, nickname, region_code, created_at)
      SELECT gen_random_uuid(), left(md5(random()::text), 12), '${dong}', now() FROM generate_series(1, ${PEOPLE / 20})
      RETURNING id
    ), dogs AS (
      INSERT INTO pets (id, user_id, name, species, is_primary, request_hash, created_at)
      SELECT gen_random_uuid(), id, '보리', 'dog', true, '', now() FROM people
    )
    INSERT INTO rankings (user_id, period_key, area_code, walk_count, distance_m, last_walk_at, moved_in)
    SELECT people.id, '${week}', area.code, 1 + (random() * 9)::int, 500 + (random() * 60000)::int, now(), CASE WHEN area.code <> nation() THEN 0 END
    FROM people
    CROSS JOIN (VALUES ('${dong}'), ('${sigungu}'), (nation())) AS area (code)`)
  await db.execute(`INSERT INTO ranking_periods (period_key, snapshot, snapshot_at) VALUES ('${week}', 1, now())`)
  for (const area of [`'${dong}'`, `'${sigungu}'`, 'nation()'])
    await db.execute(`
    WITH placed AS (
      UPDATE rankings SET histogram_m = bin_floor(finest_digits(area_code), distance_m)
      WHERE period_key = '${week}' AND area_code = ${area}
      RETURNING area_code, histogram_m
    )
    INSERT INTO ranking_histogram
    SELECT '${week}', area_code, level.digits, bin_floor(level.digits, histogram_m), count(*)
    FROM placed
    CROSS JOIN LATERAL generate_series(coarsest_digits(area_code), finest_digits(area_code)) AS level (digits)
    GROUP BY 2, 3, 4`)
  for (const table of BIG) await db.execute(`VACUUM (ANALYZE) ${table}`)
  const started_at = new Date(monday.getTime() + HOUR_MS)
  await completeMadeUp(walker, { pet_ids: [walker.pet], started_at, distance_m: 30_000 }, new Date(monday.getTime() + 3 * HOUR_MS))
}, 120_000)

it('the watch sees a table that is read from end to end', async () => {
  const { db, scans } = watchScans(createTestDeps().db, { tables: BIG })
  await db.execute(sql`SELECT count(*) FROM rankings WHERE walk_count + 1 = 2`)
  expect(scans['rankings']).toBeGreaterThan(0)
})

it.each([
  ['a first page', { after: null, above_me: null, limit: 20 }],
  ['a page around me', { after: null, above_me: 10, limit: 20 }],
  ['my rank alone', { after: null, above_me: null, limit: 0 }],
])('%s reads no large table from end to end, in any scope', async (_, page) => {
  for (const scope of ['dong', 'sigungu', 'nation'] as const) {
    const { db, scans } = watchScans(createTestDeps().db, { tables: BIG })
    const question = { period_key: week, period_key_before: '2099-W01', is_weekly: true, scope, region_code: null }
    const answer = await findBoard(db, actorOf(walker), question, page, new Date(monday.getTime() + DAY_MS))
    expect(answer?.board).toMatchObject({ participants: PEOPLE + 1, is_live: true, me: { distance_m: 30_000 } })
    expect(Object.entries(scans).filter(([, n]) => n > 0)).toEqual([])
  }
})

it('the snapshot of a board is read the same way', async () => {
  await createTestDeps().db.execute(`DELETE FROM premium_periods WHERE user_id = '${walker.user.user_id}'`)
  const { db, scans } = watchScans(createTestDeps().db, { tables: BIG })
  const question = { period_key: week, period_key_before: '2099-W01', is_weekly: true, scope: 'dong' as const, region_code: null }
  const answer = await findBoard(
    db,
    actorOf(walker),
    question,
    { after: null, above_me: null, limit: 20 },
    new Date(monday.getTime() + DAY_MS),
  )
  expect(answer?.board).toMatchObject({ participants: PEOPLE, is_live: false })
  expect(Object.entries(scans).filter(([, n]) => n > 0)).toEqual([])
})
