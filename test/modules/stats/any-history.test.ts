import { sql } from 'drizzle-orm'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Actor } from '../../../src/core/actor.ts'
import { getCalendar, getStats, getWeek } from '../../../src/modules/stats/service.ts'
import { createTestDeps } from '../../support/api.ts'
import { seoul } from '../../support/facts.ts'
import { histories } from '../../support/histories.ts'
import * as oracle from './oracle.ts'

const RUNS = histories(60)
const { db } = createTestDeps()

/** Days on which something turns: leap days, the ends of short and long months, of quarters and years, Mondays and Sundays. */
const TODAYS = [
  '2028-02-29',
  '2027-02-28',
  '2027-03-01',
  '2027-03-31',
  '2027-12-31',
  '2028-01-01',
  '2026-11-30',
  '2027-05-02',
  '2028-07-31',
  '2029-02-15',
]
const TIMES = ['00:00:00', '00:30:00', '03:59:58', '04:00:00', '04:00:30', '12:00:00', '23:59:58']
const RANGES = ['week', 'month', '3months', '6months', 'year'] as const

const walkPlan = fc.record({
  // Most lie near today, some as far as the period before a year.
  daysAgo: fc.oneof(fc.nat(9), fc.nat(70), fc.nat(760)),
  time: fc.constantFrom(...TIMES),
  distance_m: fc.constantFrom(500, 700, 1_000, 1_001, 12_345),
  fate: fc.constantFrom('counts', 'counts', 'counts', 'counts', 'invalid', 'deleted', 'imported', 'imported'),
  pets: fc.uniqueArray(fc.nat(2), { minLength: 1, maxLength: 3 }),
})
type WalkPlan = typeof walkPlan extends fc.Arbitrary<infer T> ? T : never
/** Day after day, with single gaps, across the end of a month. */
const daily = fc
  .record({ from: fc.nat(45), days: fc.subarray([0, 1, 2, 3, 4, 5, 6, 7, 8], { minLength: 3 }), walk: walkPlan })
  .map(({ from, days, walk }): WalkPlan[] => days.map((day) => ({ ...walk, fate: 'counts' as const, daysAgo: from + day })))

it('says of every range, month and week what the walks say, after any history', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...TODAYS),
      fc.array(walkPlan, { maxLength: 25 }),
      daily,
      fc.boolean(),
      fc.nat(200),
      async (today, some, run, isPremium, atDaysAgo) => {
        const now = seoul(`${today} 13:00:00`)
        const { actor, pets, walks } = await live(now, [...some, ...run], isPremium)
        const deps = { db, now: () => now }
        for (const range of RANGES) {
          for (const at of [undefined, oracle.dayOf(now.getTime() - atDaysAgo * 86_400_000)]) {
            for (const pet of [undefined, pets[0]!]) {
              const asked = { range, ...(at !== undefined && { at }), ...(pet !== undefined && { pet_id: pet }) }
              const { change, ...expected } = oracle.stats(walks, range, at ?? today, today, pet)
              const answer = await getStats(deps, actor, asked).catch((error: unknown) => error)
              if (range !== 'week' && !isPremium) {
                expect(answer).toMatchObject({ definition: { code: 'premium_required' } })
                continue
              }
              const { change_percent, ...rest } = answer as Awaited<ReturnType<typeof getStats>>
              expect(rest).toEqual(expected)
              if (change === null) expect(change_percent).toBeNull()
              else expect(Math.abs(change_percent! - change)).toBeLessThanOrEqual(0.5 + 1e-9)
            }
          }
        }
        for (const months of [0, 1, 2]) {
          const month = oracle.dayOf(Date.parse(`${today.slice(0, 7)}-15T00:00:00Z`) - months * 30 * 86_400_000).slice(0, 7)
          expect(await getCalendar(deps, actor, month)).toEqual(oracle.calendar(walks, month, () => isPremium))
        }
        expect(await getWeek(deps, actor)).toEqual(oracle.summary(walks, today, 20))
      },
    ),
    { numRuns: RUNS, interruptAfterTimeLimit: 280_000, markInterruptAsFailure: true },
  )
}, 300_000)

/** Somebody with these walks. Imported ones are written beside the facts of the others, as a fold does. */
async function live(now: Date, plans: readonly WalkPlan[], isPremium: boolean) {
  const actor: Actor = { user_id: crypto.randomUUID(), session_id: crypto.randomUUID() }
  const pets = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()]
  const at = now.toISOString()
  const byTime = new Map<number, WalkPlan>()
  for (const plan of plans) {
    const started = seoul(`${oracle.dayOf(now.getTime() - plan.daysAgo * 86_400_000)} ${plan.time}`).getTime()
    if (!byTime.has(started) && started < now.getTime()) byTime.set(started, plan)
  }
  const rows = [...byTime].map(([started, { distance_m, fate, pets: numbers }]) => ({
    id: crypto.randomUUID(),
    started_at: new Date(started).toISOString(),
    distance_m,
    duration_sec: distance_m + 7,
    calories: Math.round(distance_m / 30),
    is_valid: fate !== 'invalid',
    deleted_at: fate === 'deleted' ? at : null,
    source: fate === 'imported' ? 'imported' : 'recorded',
    pets: numbers.map((number) => pets[number]!),
  }))
  await db.execute(sql`
    WITH person AS (
      INSERT INTO users (id, nickname, created_at) VALUES (${actor.user_id}, ${actor.user_id.slice(0, 12)}, ${at}) RETURNING id
    ), session AS (
      INSERT INTO sessions (id, user_id, counter, token_hash, created_at, rotated_at, expires_at)
      SELECT ${actor.session_id}, id, 0, '', ${at}, ${at}, ${at} FROM person
    ), premium AS (
      INSERT INTO premium_periods (user_id, provider, starts_at, ends_at) SELECT id, 'toss', '2020-01-01', '2040-01-01' FROM person WHERE ${isPremium}
    )
    INSERT INTO pets (id, user_id, name, species, request_hash, created_at)
    SELECT pet.id, person.id, '초코', 'dog', '', ${at} FROM person, unnest(${`{${pets.join(',')}}`}::uuid[]) AS pet (id)`)
  const write = (source: string) => sql`
    WITH given AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows.filter((row) => row.source === source))}::jsonb)
        AS walk (id uuid, started_at timestamptz, distance_m int, duration_sec int, calories int, is_valid boolean, deleted_at timestamptz, source walk_source, pets uuid[])
    ), walked AS (
      INSERT INTO walks (id, user_id, status, started_at, ended_at, completed_at, created_at, request_hash, is_valid, is_ranked, deleted_at, source, distance_m, duration_sec, calories)
      SELECT id, ${actor.user_id}, 'completed', started_at, started_at + interval '1 second', started_at, started_at, '', is_valid, source = 'recorded', deleted_at, source,
             distance_m, duration_sec, calories
      FROM given
    )
    INSERT INTO walk_pets (walk_id, pet_id, position)
    SELECT given.id, pet.id, 1 FROM given, unnest(given.pets) AS pet (id)`
  await db.execute(write('recorded'))
  await db.execute(sql`
    SELECT fold_days(walks.id), fold_streak(walks.user_id, streak_day(walks.started_at)) FROM walks WHERE walks.user_id = ${actor.user_id} ORDER BY walks.started_at`)
  await db.execute(write('imported'))
  await db.execute(imported(sql`user_days`, sql`user_id`, sql`walks.user_id`, sql``, actor))
  await db.execute(imported(sql`pet_days`, sql`pet_id`, sql`walk_pets.pet_id`, sql`JOIN walk_pets ON walk_pets.walk_id = walks.id`, actor))
  const walks = rows.map(
    ({ id, started_at, distance_m, duration_sec, calories, pets: with_pets, source, is_valid, deleted_at }): oracle.OracleWalk => ({
      id,
      started_at: Date.parse(started_at),
      distance_m,
      duration_sec,
      calories,
      pets: with_pets,
      is_imported: source === 'imported',
      counts: is_valid && deleted_at === null,
    }),
  )
  return { actor, pets, walks }
}

const imported = (
  table: ReturnType<typeof sql>,
  key: ReturnType<typeof sql>,
  owner: ReturnType<typeof sql>,
  joined: ReturnType<typeof sql>,
  actor: Actor,
) => sql`
  INSERT INTO ${table} (${key}, day, walk_count, distance_m, duration_sec, calories, imported_walk_count, imported_distance_m, imported_duration_sec, imported_calories)
  SELECT ${owner}, seoul_day(walks.started_at), 0, 0, 0, 0, count(*), sum(walks.distance_m), sum(walks.duration_sec), sum(walks.calories)
  FROM walks ${joined}
  WHERE walks.user_id = ${actor.user_id} AND walks.source = 'imported'
  GROUP BY 1, 2
  ON CONFLICT (${key}, day) DO UPDATE
  SET imported_walk_count = excluded.imported_walk_count, imported_distance_m = excluded.imported_distance_m,
      imported_duration_sec = excluded.imported_duration_sec, imported_calories = excluded.imported_calories`
