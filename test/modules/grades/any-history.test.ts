import { sql } from 'drizzle-orm'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { createTestDeps } from '../../support/api.ts'
import { histories } from '../../support/histories.ts'
import { catalogue } from '../badges/catalogue.ts'
import { type Act, beginHistory, type History, play, type WalkPlan } from '../badges/history.ts'
import * as oracle from '../badges/oracle.ts'
import { LEVELS_M, TITLES } from './catalogue.ts'

const RUNS = histories(120)
const { db } = createTestDeps()

/** The sum of these comes to a border exactly, one metre short, and over several at once. */
const DISTANCES = [1, 999, 9_999, 10_000, 20_000, 30_000, 40_000, 70_000, 149_999, 350_000]
const START: oracle.Place = [126.2, 33.6]
const walkPlan: fc.Arbitrary<WalkPlan> = fc.record({
  daysAgo: fc.nat(9),
  time: fc.constantFrom('00:00:00', '05:00:00', '12:00:00', '18:00:00', '23:59:59'),
  way: fc.constant([START, [START[0], START[1] + 0.001] as const]),
  distance_m: fc.constantFrom(...DISTANCES),
  duration_sec: fc.constantFrom(600, 3_600),
  is_valid: fc.constantFrom(true, true, true, true, false),
  pets: fc.constant([0]),
})
const number = fc.nat(20)
const act = fc.oneof(
  { weight: 5, arbitrary: fc.record({ act: fc.constant('sync'), walks: fc.array(walkPlan, { minLength: 1, maxLength: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('complete'), walk: walkPlan }) },
  { weight: 5, arbitrary: fc.record({ act: fc.constantFrom('delete', 'delete', 'restore'), walk: number }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('judge'), walk: number, is_valid: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('facts'),
      walk: number,
      pty: fc.constantFrom('1', null),
      photo_count: fc.constant(0),
      company: fc.constant(0),
    }),
  },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('wait'), hours: fc.constantFrom(1, 24, 49) }) },
) as fc.Arbitrary<Act>

const totalOf = ({ person }: History) => oracle.counted(person).reduce((sum, { distance_m }) => sum + distance_m, 0)

it('the grade is that of the longest distance there ever was, with the time at which it came, and titles follow the badges, after any history', async () => {
  let falls = 0
  let leaps = 0
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 10 }), async (acts) => {
      const history = await beginHistory(db, {
        at: oracle.inSeoul('2027-05-12', '12:00:00'),
        birth_dates: [null],
        places: [],
        catalogue,
      })
      const reached = new Map<number, number>()
      const unlocked = new Map<string, number>()
      let highest = 0
      for (const one of acts) {
        await play(history, one)
        const total = totalOf(history)
        if (total < highest) falls++
        highest = Math.max(highest, total)
        const before = reached.size
        for (const [i, required_m] of LEVELS_M.entries())
          if (i > 0 && total >= required_m && !reached.has(i + 1)) reached.set(i + 1, history.now)
        if (reached.size > before + 1) leaps++
        const held = new Set(history.held.map(({ code }) => code))
        for (const { code, badges, badge_count } of TITLES)
          if (badges.every((badge) => held.has(badge)) && held.size >= badge_count && !unlocked.has(code)) unlocked.set(code, history.now)
      }
      const { rows } = await db.execute(sql`
        SELECT (SELECT coalesce(json_agg(json_build_array(level, extract(epoch FROM reached_at) * 1000) ORDER BY level), '[]')
                FROM user_grades WHERE user_id = ${history.actor.user_id}) AS grades,
               (SELECT coalesce(json_agg(json_build_array(title_code, extract(epoch FROM unlocked_at) * 1000) ORDER BY title_code COLLATE "C"), '[]')
                FROM user_titles WHERE user_id = ${history.actor.user_id}) AS titles,
               grade_json(${history.actor.user_id}) ->> 'level' AS level`)
      const level = LEVELS_M.filter((required_m) => highest >= required_m).length
      expect(rows[0]).toEqual({
        grades: [...reached].toSorted(([a], [b]) => a - b),
        titles: [...unlocked].toSorted(([a], [b]) => (a < b ? -1 : 1)),
        level: String(level),
      })
    }),
    { numRuns: RUNS, interruptAfterTimeLimit: 280_000, markInterruptAsFailure: true },
  )
  // It has seen what it is about.
  expect(falls).toBeGreaterThan(5)
  expect(leaps).toBeGreaterThan(5)
}, 300_000)
