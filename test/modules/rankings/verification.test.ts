import { expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts'
import { checkRankings } from '../../../src/modules/rankings/jobs.ts'
import { createTestDeps } from '../../support/api.ts'
import { completeMadeUp } from '../../support/measured-walks.ts'
import { runTask } from '../../support/tasks.ts'
import { makeDong, makeWalker, quietMonday } from '../../support/walkers.ts'

it('the nightly check finds people whose standings are not the sum of their walks, reports them and mends them', async () => {
  const { db } = createTestDeps()
  const walker = await makeWalker((await makeDong()).dong)
  const { user_id } = walker.user
  const monday = quietMonday()
  await completeMadeUp(
    walker,
    { pet_ids: [walker.pet], started_at: new Date(monday.getTime() + HOUR_MS), distance_m: 2_000 },
    new Date(monday.getTime() + 2 * HOUR_MS),
  )
  const stored = async () =>
    (
      await db.execute(`
    SELECT period_key, area_code, distance_m, walk_count, histogram_m FROM rankings WHERE user_id = '${user_id}' ORDER BY 1, 2`)
    ).rows
  const right = await stored()
  // This night checks ids that begin with this digit.
  const night = new Date(Math.floor(Date.now() / DAY_MS / 16) * 16 * DAY_MS + parseInt(user_id[0]!, 16) * DAY_MS)

  await db.execute(`UPDATE rankings SET distance_m = 9999999 WHERE user_id = '${user_id}' AND period_key <> 'all'`)
  await db.execute(`UPDATE area_months SET walk_count = 3 WHERE user_id = '${user_id}'`)
  const report = await runTask(checkRankings, night)
  expect(report.amiss).toBeGreaterThanOrEqual(1)
  expect(report.checked).toBeGreaterThanOrEqual(1)
  expect(await stored()).toEqual(right)

  await db.execute(`DELETE FROM rankings WHERE user_id = '${user_id}' AND period_key LIKE '%-W%'`)
  await runTask(checkRankings, night)
  expect(await stored()).toEqual(right)
}, 60_000)

it('the nightly check counts the bins of every board again', async () => {
  const { db } = createTestDeps()
  const monday = quietMonday()
  const { dong, sigungu } = await makeDong()
  const walker = await makeWalker(dong)
  await completeMadeUp(
    walker,
    { pet_ids: [walker.pet], started_at: new Date(monday.getTime() + HOUR_MS), distance_m: 12_345 },
    new Date(monday.getTime() + 2 * HOUR_MS),
  )
  const { rows } = await db.execute<{ period_key: string }>(`
    SELECT period_key FROM rankings WHERE user_id = '${walker.user.user_id}' AND period_key LIKE '%-W%' LIMIT 1`)
  const week = rows[0]!.period_key
  const bins = async () =>
    (await db.execute(`SELECT area_code, floor_m, users FROM ranking_histogram WHERE period_key = '${week}' AND users <> 0 ORDER BY 1, 2`))
      .rows
  const right = [
    ...[10_000, 12_000, 12_300].map((floor_m) => ({ area_code: '0000000000', floor_m, users: 1 })),
    ...[dong, sigungu].toSorted().map((area_code) => ({ area_code, floor_m: 12_000, users: 1 })),
  ]
  expect(await bins()).toEqual(right)
  await db.execute(`UPDATE ranking_histogram SET users = 7 WHERE period_key = '${week}'`)
  await db.execute(`INSERT INTO ranking_histogram VALUES ('${week}', '${dong}', 2, 500, 4), ('${week}', '0000000000', 1, 500, 4)`)
  const report = await runTask(checkRankings, new Date(monday.getTime() + 2 * DAY_MS))
  expect(report.bins_off).toBeGreaterThanOrEqual(7)
  expect(await bins()).toEqual(right)
}, 60_000)
