import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createTestDeps } from '../../support/api.ts'
import { giveWalks, seoul } from '../../support/facts.ts'
import { signUp } from '../../support/login.ts'

const NOW = seoul('2026-11-18 12:00:00')

describe('GET /walks/summary', () => {
  it('says what was walked from Monday to Sunday, and how much of the goal it is', async () => {
    const owner = await signUp()
    await owner.patch('/users/me', { weekly_goal_km: 7 })
    await giveWalks(owner, [
      { started_at: seoul('2026-11-15 23:59:59'), distance_m: 900 },
      { started_at: seoul('2026-11-16 00:00:00'), distance_m: 1_100, duration_sec: 700 },
      { started_at: seoul('2026-11-18 03:00:00'), distance_m: 1_200, duration_sec: 800 },
      { started_at: seoul('2026-11-18 09:00:00'), distance_m: 1_300, duration_sec: 900 },
      { started_at: seoul('2026-11-22 23:59:59'), distance_m: 1_400, duration_sec: 1_000 },
      { started_at: seoul('2026-11-23 00:00:00'), distance_m: 900 },
    ])
    const { json } = await owner.with({ now: () => NOW }).get('/walks/summary')
    const days = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20', '2026-11-21', '2026-11-22']
    const walked: Record<string, object> = {
      '2026-11-16': { walk_count: 1, distance_m: 1_100 },
      '2026-11-18': { walk_count: 2, distance_m: 2_500 },
      '2026-11-22': { walk_count: 1, distance_m: 1_400 },
    }
    expect(json).toEqual({
      distance_m: 5_000,
      walk_count: 4,
      duration_sec: 3_400,
      goal_km: 7,
      percent: 71,
      days: days.map((day) => ({ day, walk_count: 0, distance_m: 0, ...walked[day] })),
    })
  })

  it('counts imported walks too, and goes on beyond the goal', async () => {
    const owner = await signUp()
    await createTestDeps().db.execute(sql`
      INSERT INTO user_days (user_id, day, walk_count, distance_m, duration_sec, calories, imported_walk_count, imported_distance_m, imported_duration_sec)
      VALUES (${owner.user.user_id}, '2026-11-17', 1, 1000, 600, 0, 2, 24000, 9000)`)
    const { json } = await owner.with({ now: () => NOW }).get('/walks/summary')
    expect(json).toMatchObject({ distance_m: 25_000, walk_count: 3, duration_sec: 9_600, goal_km: 20, percent: 125 })
    expect(json.days[1]).toEqual({ day: '2026-11-17', walk_count: 3, distance_m: 25_000 })
  })
})
