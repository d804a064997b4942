import { sql } from 'drizzle-orm'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { MEASURED_VERSION } from '../../../src/modules/walks/rules.ts'
import { importWalk } from '../../../src/modules/walks/imported/sql.ts'
import { deleteWalk, restoreWalk } from '../../../src/modules/walks/changes.queries.ts'
import { settling } from '../../../src/modules/facts/sql.ts'
import { runBatch } from '../../../src/db/client.ts'
import { createTestDeps } from '../../support/api.ts'
import { histories } from '../../support/histories.ts'
import { actorOf, completeMadeUp } from '../../support/measured-walks.ts'
import { makeDong, makeWalker, quietMonday, type Walker } from '../../support/walkers.ts'

const { db } = createTestDeps()
const HOUR = 3_600_000
const RUNS = histories(24)

interface Plan {
  readonly hour: number
  readonly distance_m: number
  readonly duration_sec: number
}
const plan: fc.Arbitrary<Plan> = fc.record({
  hour: fc.nat(24 * 16),
  distance_m: fc.constantFrom(500, 1_000, 5_000, 42_000),
  duration_sec: fc.constantFrom(600, 3_000, 7_000),
})
type Act =
  | { readonly act: 'record'; readonly walk: Plan }
  | { readonly act: 'import'; readonly walk: Plan }
  | { readonly act: 'delete' | 'restore'; readonly of: 'record' | 'import'; readonly nth: number }
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: plan.map((walk) => ({ act: 'record', walk }) as const) },
  { weight: 3, arbitrary: plan.map((walk) => ({ act: 'import', walk }) as const) },
  fc.record({
    act: fc.constantFrom('delete' as const, 'restore' as const),
    of: fc.constantFrom('record' as const, 'import' as const),
    nth: fc.nat(20),
  }),
)

/** Stores an imported walk, and answers what `import_walk` does. */
async function importMadeUp(walker: Walker, { hour, distance_m, duration_sec }: Plan, monday: Date, at: Date) {
  const startedMs = monday.getTime() + hour * HOUR
  const ended_at = new Date(startedMs + duration_sec * 1_000).toISOString()
  const columns = {
    started_at: new Date(startedMs).toISOString(),
    ended_at,
    distance_m,
    duration_sec,
    moving_sec: duration_sec,
    stopped_sec: 0,
    avg_speed_kmh: 4,
    max_speed_kmh: 6,
    ascent_m: 0,
    descent_m: 0,
    auto_ended: false,
    measured_version: MEASURED_VERSION,
    reasons: [],
    segments: [],
    sketch: [],
    request_hash: 'made up',
  }
  const line = {
    lng: Float64Array.of(127, 127.001),
    lat: Float64Array.of(37.5, 37.5),
    time_ms: Float64Array.of(startedMs, startedMs + 1),
    piece_starts: [0],
  }
  const walk = { id: crypto.randomUUID(), columns, line }
  const { made } = await runBatch(
    db,
    settling(walker.user.user_id, {
      made: sql<{
        answer: { state: string; walk_id: string }
      }>`SELECT ${importWalk(sql`${walker.user.user_id}::uuid`, walk, [walker.pet], at)} AS answer`,
    }),
  )
  return made[0]!.answer
}

/** All that must not know of imported walks. */
async function earnedBy({ user, pet }: Walker) {
  const { rows } = await db.execute<{ of: string; rows: unknown }>(sql`
    WITH of_user AS (SELECT ${user.user_id}::uuid AS id)
    SELECT 'badges' AS of, (SELECT json_agg(json_build_array(badge_id, season_year, earned_at, walk_count, day_count, first_walk_at) ORDER BY badge_id, season_year) FROM user_badges WHERE user_id = of_user.id) AS rows FROM of_user
    UNION ALL SELECT 'nears', (SELECT json_agg(json_build_array(badge_id, season_year, percent) ORDER BY badge_id, season_year) FROM badge_nears WHERE user_id = of_user.id) FROM of_user
    UNION ALL SELECT 'runs', (SELECT json_agg(json_build_array(first_day, last_day, days) ORDER BY first_day) FROM streak_runs WHERE user_id = of_user.id) FROM of_user
    UNION ALL SELECT 'metrics', (SELECT json_agg(json_build_array(day, metric, value) ORDER BY day, metric) FROM metric_days WHERE user_id = of_user.id AND value <> 0) FROM of_user
    UNION ALL SELECT 'totals', (SELECT json_agg(json_build_array(metric, value) ORDER BY metric) FROM metric_totals WHERE user_id = of_user.id AND value <> 0) FROM of_user
    UNION ALL SELECT 'lifetime', (SELECT json_agg(json_build_array(metric, value, reached) ORDER BY metric) FROM lifetime_metrics(of_user.id, now()) WHERE value <> 0) FROM of_user
    UNION ALL SELECT 'boards', (SELECT json_agg(json_build_array(period_key, walk_count, distance_m, last_walk_at) ORDER BY period_key, area_code) FROM rankings WHERE user_id = of_user.id AND standing > 0) FROM of_user
    UNION ALL SELECT 'months', (SELECT json_agg(json_build_array(month, walk_count, distance_m) ORDER BY month, area_code) FROM area_months WHERE user_id = of_user.id AND walk_count > 0) FROM of_user
    UNION ALL SELECT 'habits', (SELECT json_agg(json_build_array(mean_hour, weekly_distance_m, last_walk_at)) FROM walk_habits WHERE user_id = of_user.id) FROM of_user
    UNION ALL SELECT 'places', (SELECT json_agg(started_at ORDER BY started_at) FROM walk_starts WHERE user_id = of_user.id AND is_place) FROM of_user
    UNION ALL SELECT 'days', (SELECT json_agg(json_build_array(day, walk_count, distance_m, duration_sec, calories) ORDER BY day) FROM user_days WHERE user_id = of_user.id AND walk_count > 0) FROM of_user
    UNION ALL SELECT 'pet days', (SELECT json_agg(json_build_array(day, walk_count, distance_m, duration_sec, calories) ORDER BY day) FROM pet_days WHERE pet_id = ${pet} AND walk_count > 0) FROM of_user
    UNION ALL SELECT 'told', (SELECT json_agg(json_build_array(type, created_at) ORDER BY created_at, type, topic) FROM notifications WHERE user_id = of_user.id AND type::text NOT LIKE 'ranking%') FROM of_user`)
  return Object.fromEntries(rows.map((row) => [row.of, row.rows]))
}

/** The imported columns, and the same added up from the walks. */
async function importedOf({ user, pet }: Walker) {
  const { rows } = await db.execute<{ stored: unknown; counted: unknown }>(sql`
    SELECT (
             SELECT json_build_array(
               (SELECT json_build_array(imported_walk_count, imported_distance_m, imported_duration_sec, imported_calories) FROM user_totals WHERE user_id = ${user.user_id}),
               (SELECT json_build_array(imported_walk_count, imported_distance_m, imported_duration_sec, imported_calories) FROM pet_totals WHERE pet_id = ${pet}),
               (SELECT json_agg(json_build_array(day, imported_walk_count, imported_distance_m) ORDER BY day) FROM user_days WHERE user_id = ${user.user_id} AND imported_walk_count > 0),
               (SELECT json_agg(json_build_array(day, imported_walk_count, imported_distance_m) ORDER BY day) FROM pet_days WHERE pet_id = ${pet} AND imported_walk_count > 0)
             )
           ) AS stored,
           (
             SELECT json_build_array(sums.all, sums.all, days.list, days.list)
             FROM (
               SELECT json_build_array(count(*), coalesce(sum(distance_m), 0), coalesce(sum(duration_sec), 0), coalesce(sum(calories), 0)) AS all
               FROM walks WHERE user_id = ${user.user_id} AND source = 'imported' AND is_valid AND deleted_at IS NULL
             ) AS sums, (
               SELECT json_agg(json_build_array(day, walk_count, distance_m) ORDER BY day) AS list
               FROM (
                 SELECT seoul_day(started_at) AS day, count(*) AS walk_count, sum(distance_m) AS distance_m
                 FROM walks WHERE user_id = ${user.user_id} AND source = 'imported' AND is_valid AND deleted_at IS NULL GROUP BY 1
               ) AS by_day
             ) AS days
           ) AS counted`)
  return rows[0]!
}

it('whatever was imported, and however it changes, badges, streak, boards and habits are those of the recorded walks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 24 }), async (acts) => {
      const monday = quietMonday()
      const [plainDong, mixedDong] = [await makeDong(), await makeDong()]
      const [plain, mixed] = [await makeWalker(plainDong.dong), await makeWalker(mixedDong.dong)]
      const recorded: { plain: string; mixed: string }[] = []
      const imported: string[] = []
      for (const [i, one] of acts.entries()) {
        const at = new Date(monday.getTime() + 17 * 24 * HOUR + i * 60_000)
        const since = new Date(monday.getTime())
        if (one.act === 'record') {
          const walk = {
            started_at: new Date(monday.getTime() + one.walk.hour * HOUR),
            distance_m: one.walk.distance_m,
            duration_sec: one.walk.duration_sec,
          }
          const [a, b] = [
            await completeMadeUp(plain, { ...walk, pet_ids: [plain.pet] }, at),
            await completeMadeUp(mixed, { ...walk, pet_ids: [mixed.pet] }, at),
          ]
          expect(b.row.completion?.walk.status).toBe(a.row.completion?.walk.status)
          recorded.push({ plain: a.id, mixed: b.id })
        } else if (one.act === 'import') {
          const { state, walk_id } = await importMadeUp(mixed, one.walk, monday, at)
          if (state === 'imported') imported.push(walk_id)
        } else if (one.of === 'import') {
          const id = imported[one.nth % Math.max(1, imported.length)]
          if (!id) continue
          if (one.act === 'delete') await deleteWalk(db, actorOf(mixed), id, at)
          else await restoreWalk(db, actorOf(mixed), id, since, at)
        } else {
          const ids = recorded[one.nth % Math.max(1, recorded.length)]
          if (!ids) continue
          for (const [walker, id] of [
            [plain, ids.plain],
            [mixed, ids.mixed],
          ] as const) {
            if (one.act === 'delete') await deleteWalk(db, actorOf(walker), id, at)
            else await restoreWalk(db, actorOf(walker), id, since, at)
          }
        }
      }
      expect(await earnedBy(mixed)).toEqual(await earnedBy(plain))
      const { stored, counted } = await importedOf(mixed)
      // A row that was never needed is as good as one of zeros.
      if (imported.length > 0) expect(stored).toEqual(counted)
      else expect(counted).toMatchObject([[0, 0, 0, 0], [0, 0, 0, 0], null, null])
      const { rows } = await db.execute<{ overlaps: number }>(sql`
        SELECT count(*)::int AS overlaps
        FROM walks one
        JOIN walks other ON other.user_id = one.user_id AND other.id > one.id AND other.is_valid AND other.deleted_at IS NULL
          AND tstzrange(other.started_at, other.ended_at) && tstzrange(one.started_at, one.ended_at)
        WHERE one.user_id = ${mixed.user.user_id} AND one.is_valid AND one.deleted_at IS NULL`)
      expect(rows[0]!.overlaps).toBe(0)
    }),
    { numRuns: RUNS },
  )
}, 600_000)

it('hides where an imported walk starts and ends, as those of a recorded one', async () => {
  const walker = await makeWalker(null)
  const { walk_id } = await importMadeUp(walker, { hour: 5, distance_m: 900, duration_sec: 900 }, quietMonday(), new Date())
  const ends = () => db.execute(`SELECT 1 FROM hidden_areas WHERE user_id = '${walker.user.user_id}'`)
  expect((await ends()).rows.length).toBeGreaterThan(0)
  await deleteWalk(db, actorOf(walker), walk_id, new Date())
  expect((await ends()).rows).toEqual([])
})

it('no imported walk is ranked, whoever writes it', async () => {
  const walker = await makeWalker(null)
  const { walk_id } = await importMadeUp(walker, { hour: 5, distance_m: 900, duration_sec: 900 }, quietMonday(), new Date())
  await expect(db.execute(`UPDATE walks SET is_ranked = true WHERE id = '${walk_id}'`)).rejects.toThrow('Failed query')
})
