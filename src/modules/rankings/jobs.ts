import { DAY_MS } from '../../core/time.ts'
import type { Task } from '../../jobs/job.ts'
import { deleteInSlices } from '../../jobs/slices.ts'
import { deleteOldPlaces, insertSnapshot, listUnfinishedPeriods } from './closing/queries.ts'
import { settlePeriods } from './closing/service.ts'
import type { HallSubject } from './hall/queries.ts'
import { type Budget, refreshHall } from './hall/service.ts'
import { periodAt, periodBefore } from './periods.ts'
import { verifyRankings } from './verification/service.ts'

/** Recordings that one run may examine, three subrequests each; what is left waits for the next. */
const EXAMINED_MAX = 250
const WEEKS_KEPT_MS = 8 * 7 * DAY_MS
const MONTHS_KEPT_MS = 400 * DAY_MS
const PURGE = { slice: 10_000, slicesMax: 100 }

/** The hour's board of this week, and of the last one while that is open: what free users see. Whatever hours were missed, one run makes up for. */
export const takeSnapshots: Task = {
  name: 'rankings.take_snapshots',
  async run(deps, scheduledAt) {
    const week = periodAt('weekly', scheduledAt)
    const open = await listUnfinishedPeriods(deps.db, [periodBefore(week), week])
    const keys = open.flatMap(({ period_key, is_closed }) => (is_closed ? [] : [period_key]))
    await insertSnapshot(deps.db, keys, scheduledAt)
    return { weeks: keys.length }
  },
}

/** What ends is ranked, what is over for good is closed: weekly champions, months, quarters. */
export const settleEndedPeriods: Task = {
  name: 'rankings.settle_periods',
  async run(deps, scheduledAt) {
    const budget: Budget = { left: EXAMINED_MAX, examined: 0 }
    const { ranked, closed } = await settlePeriods(deps, scheduledAt, budget)
    return { ranked, closed, examined: budget.examined }
  },
}

const STANDING_SUBJECTS: readonly HallSubject[] = (['longest_streak', 'longest_walk', 'total_distance'] as const).map((category) => ({
  category,
  period_key: 'all',
  months: [],
}))

/** Refreshes the parts of the hall of fame that any walk may change. */
export const refreshHallOfFame: Task = {
  name: 'rankings.refresh_hall_of_fame',
  async run(deps, scheduledAt) {
    const budget: Budget = { left: EXAMINED_MAX, examined: 0 }
    let refreshed = 0
    for (const subject of STANDING_SUBJECTS) if (await refreshHall(deps, subject, budget, scheduledAt)) refreshed++
    return { refreshed, examined: budget.examined }
  },
}

export const checkRankings: Task = {
  name: 'rankings.verify',
  run: (deps, scheduledAt) => verifyRankings(deps, scheduledAt),
}

/** Weeks are kept for two months and months for a year; the hall of fame and the weeks that were won stay. */
export const purgeOldPlaces: Task = {
  name: 'rankings.purge',
  run({ db }, scheduledAt) {
    const before = { week: new Date(scheduledAt.getTime() - WEEKS_KEPT_MS), month: new Date(scheduledAt.getTime() - MONTHS_KEPT_MS) }
    return deleteInSlices((limit) => deleteOldPlaces(db, before, limit), PURGE)
  },
}
