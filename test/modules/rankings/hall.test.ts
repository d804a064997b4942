import { expect, it } from 'vitest'
import { packTrack } from '../../../src/modules/walks/recording/raw-track.ts'
import { makeRide } from '../../../dev/tracks.ts'
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts'
import { refreshHallOfFame, settleEndedPeriods, takeSnapshots } from '../../../src/modules/rankings/jobs.ts'
import { listCandidates } from '../../../src/modules/rankings/hall/queries.ts'
import { electHall } from '../../../src/modules/rankings/hall/service.ts'
import { type Period, periodAt, quarterEndedBy } from '../../../src/modules/rankings/periods.ts'
import { createTestDeps } from '../../support/api.ts'
import { completeMadeUp } from '../../support/measured-walks.ts'
import { runAsMessages } from '../../support/tasks.ts'
import { makeDong, makeWalker, quietMonday, type Walker } from '../../support/walkers.ts'
import { endingAt, freshTrack, walk } from '../../support/walks.ts'

/** Runs the hourly tasks of rankings. The whole cron is not run, because it would change the data of other tests. */
const HOURLY = [takeSnapshots, settleEndedPeriods, refreshHallOfFame]

/** A month in which nobody else walks, the last of its quarter. */
function quietQuarterEnd(): Period {
  for (;;) {
    const month = periodAt('monthly', quietMonday())
    if (quarterEndedBy(month)) return month
  }
}

const middleOf = (month: Period) => new Date(Date.parse(`${month.from_day}T00:00:00+09:00`) + 14 * DAY_MS)

async function walkIn(month: Period, walker: Walker, length_m: number, day = 0, mock_flags?: (count: number) => boolean[]) {
  const at = middleOf(month).getTime() + day * DAY_MS
  const track = freshTrack({ at, length_m, phone: { spike: 0, dropouts: 0 } })
  const more = mock_flags ? { mock_flags: mock_flags(track.time_ms.length) } : {}
  const done = await walk(walker.with({ now: () => new Date(at) }), [walker.pet], { track, more })
  expect(done.json).toMatchObject({ valid: true })
  const { rows } = await createTestDeps().db.execute<{ track_key: string }>(`SELECT track_key FROM walks WHERE id = '${done.id}'`)
  return { ...done, track_key: rows[0]!.track_key }
}

const hallOf = async (walker: Walker, category: string, key: string) => {
  const { json, status } = await walker.get(`/rankings/hall-of-fame?category=${category}&limit=50`)
  expect(status).toBe(200)
  return json.items.filter(({ period_key }: any) => period_key === key)
}

it('a month and a quarter write their best into the hall when they close, after their walks were examined', async () => {
  const month = quietQuarterEnd()
  const quarter = quarterEndedBy(month)!
  const { dong } = await makeDong()
  const [best, second, cheat, doubtful, lost] = await Promise.all(Array.from({ length: 5 }, () => makeWalker(dong)))
  const { bucket, db } = createTestDeps()
  await walkIn(month, best!, 2_400)
  const { json } = await walkIn(month, second!, 1_200)
  // The walk was accepted when it came. Its recording now refuses it.
  const caught = await walkIn(month, cheat!, 3_600)
  await bucket.put(caught.track_key, packTrack(endingAt(makeRide(7, 'car').track, middleOf(month).getTime())))
  await walkIn(month, doubtful!, 3_200, 0, (count) => Array.from({ length: count }, (_, k) => k === 3))
  const gone = await walkIn(month, lost!, 3_000)
  await bucket.delete(gone.track_key)

  await runAsMessages(HOURLY, month.closes_at)
  const expected = [
    { rank: 1, user: { id: best!.user.user_id }, walk_count: 1 },
    { rank: 2, user: { id: second!.user.user_id }, distance_m: json.walk.distance_m },
  ]
  const mvps = await hallOf(best!, 'month_mvp', month.key)
  expect(mvps).toMatchObject(expected)
  expect(mvps).toHaveLength(2)
  expect(await hallOf(best!, 'season_champion', quarter.key)).toMatchObject(expected)

  // The refused walk is out of everything that it counted for. Doubt and a lost recording only keep somebody out of the hall.
  expect((await cheat!.get(`/walks/${caught.id}`)).json).toMatchObject({
    is_valid: false,
    reasons: expect.arrayContaining([expect.objectContaining({ effect: 'refused' })]),
  })
  expect((await cheat!.get(`/pets/${cheat!.pet}/stats`)).json.walk_count).toBe(0)
  for (const walker of [doubtful!, lost!]) expect((await walker.get(`/pets/${walker.pet}/stats`)).json.walk_count).toBe(1)
  // The week had closed before, so it does not change.
  const { rows } = await db.execute(`
    SELECT 1 FROM rankings WHERE user_id = '${cheat!.user.user_id}' AND standing > 0 AND period_key IN ('${month.key}', 'all')`)
  expect(rows).toEqual([])

  await best!.delete('/users/me')
  expect(await hallOf(second!, 'month_mvp', month.key)).toMatchObject([{ rank: 2 }])
  await createTestDeps().db.execute(`INSERT INTO blocks VALUES ('${second!.user.user_id}', '${lost!.user.user_id}', now())`)
  expect(await hallOf(lost!, 'month_mvp', month.key)).toEqual([])
}, 60_000)

it('a month waits for all of its candidates to be examined, however many runs that takes', async () => {
  const month = quietQuarterEnd()
  const { dong } = await makeDong()
  const walker = await makeWalker(dong)
  for (let n = 0; n < 3; n++) await walkIn(month, walker, 700, n)
  const deps = createTestDeps()
  const subject = { category: 'month_mvp', period_key: month.key, months: [month.key] } as const
  // The budget is enough to list the candidates and to examine one walk.
  for (let n = 0; n < 3; n++) {
    const budget = { trips: 4, examined: 0 }
    expect(await electHall(deps, subject, budget)).toBeNull()
    expect(budget).toEqual({ trips: 0, examined: 1 })
  }
  expect(await electHall(deps, subject, { trips: 1, examined: 0 })).toMatchObject([{ user_id: walker.user.user_id, walk_count: 3 }])
}, 60_000)

it('the longest streak, the longest walk and the total distance are sought among everybody, and rest on the walks behind them', async () => {
  const walker = await makeWalker((await makeDong()).dong)
  const start = quietMonday().getTime() + 12 * HOUR_MS
  const ids: string[] = []
  for (let day = 0; day < 4; day++) {
    const made = {
      pet_ids: [walker.pet],
      started_at: new Date(start + (day === 3 ? 9 : day) * DAY_MS),
      distance_m: day === 1 ? 59_900 : 700,
    }
    ids.push((await completeMadeUp(walker, made, new Date(start + 10 * DAY_MS))).id)
  }
  const { db } = createTestDeps()
  const mine = async (category: 'longest_streak' | 'longest_walk' | 'total_distance') => {
    const candidates = await listCandidates(db, { category, period_key: 'all', months: [] }, 10_000)
    expect(candidates.map(({ user_id }) => user_id)).toEqual([...new Set(candidates.map(({ user_id }) => user_id))])
    return candidates.find(({ user_id }) => user_id === walker.user.user_id)
  }
  const streak = await mine('longest_streak')
  expect(streak).toMatchObject({ days: 3, walk_count: 3, distance_m: 61_300 })
  expect(streak?.unexamined.toSorted()).toEqual(ids.slice(0, 3).toSorted())
  expect(await mine('longest_walk')).toMatchObject({ rank: 1, distance_m: 59_900, walk_count: 1, unexamined: [ids[1]] })
  expect((await mine('total_distance'))?.unexamined).toHaveLength(4)

  await db.execute(`UPDATE walks SET is_beyond_doubt = (id <> '${ids[0]}') WHERE user_id = '${walker.user.user_id}'`)
  // Somebody with a doubtful walk is not listed any more, unless their claim does not rest on that walk.
  expect(await mine('longest_streak')).toBeUndefined()
  expect(await mine('total_distance')).toBeUndefined()
  expect(await mine('longest_walk')).toMatchObject({ unexamined: [] })
  // The entries are deleted again, because other tests share the hall.
  await walker.delete('/users/me')
  expect(await mine('longest_walk')).toBeUndefined()
}, 60_000)

it('people who are not beyond doubt cost an election nothing, however many stand at the top', async () => {
  const monday = quietMonday()
  const month = periodAt('monthly', monday)
  const { dong } = await makeDong()
  const [honest, ...doubtful] = (await Promise.all(Array.from({ length: 14 }, () => makeWalker(dong)))) as [Walker, ...Walker[]]
  const started_at = new Date(monday.getTime() + HOUR_MS)
  const complete = (walker: Walker, distance_m: number) =>
    completeMadeUp(walker, { pet_ids: [walker.pet], started_at, distance_m }, new Date(started_at.getTime() + HOUR_MS))
  const { id } = await complete(honest, 1_000)
  for (const walker of doubtful) await complete(walker, 5_000)
  const { db, ...deps } = createTestDeps()
  const others = doubtful.map(({ user }) => `'${user.user_id}'`)
  await db.execute(`UPDATE walks SET is_beyond_doubt = (id = '${id}') WHERE id = '${id}' OR user_id IN (${others})`)
  const subject = { category: 'month_mvp', period_key: month.key, months: [month.key] } as const
  const budget = { trips: 1, examined: 0 }
  expect(await electHall({ ...deps, db }, subject, budget)).toMatchObject([{ user_id: honest.user.user_id, rank: 1 }])
  expect(budget).toEqual({ trips: 0, examined: 0 })
}, 60_000)
