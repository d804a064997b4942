import { z } from 'zod'
import { DAY_MS } from '../../core/time.ts'
import { done, type Task, TRIPS_MAX } from '../../jobs/job.ts'
import { deleteInSlices } from '../../jobs/slices.ts'
import { deleteOldStandings, insertSnapshot, listUnfinishedPeriods } from './closing/queries.ts'
import { closingCursor, settlePeriods } from './closing/service.ts'
import type { HallSubject } from './hall/queries.ts'
import { type Budget, refreshHall } from './hall/service.ts'
import { periodAt, periodBefore } from './periods.ts'
import { verificationCursor, verifyRankings } from './verification/service.ts'

/** A step may make so many trips after its budget is spent, to close what it has just finished. */
const STEP_TRIPS = 4
const WEEKS_KEPT_MS = 8 * 7 * DAY_MS
const MONTHS_KEPT_MS = 400 * DAY_MS
const PURGE_SLICE = 10_000

/** Takes the hourly snapshot that people without premium see: of this week, and of the last week as long as that is open. One run makes up for all missed hours. */
export const takeSnapshots: Task = {
  name: 'rankings.take_snapshots',
  async run(deps, scheduledAt) {
    const week = periodAt('weekly', scheduledAt)
    const open = await listUnfinishedPeriods(deps.db, [periodBefore(week), week])
    const keys = open.flatMap(({ period_key, is_closed }) => (is_closed ? [] : [period_key]))
    await insertSnapshot(deps.db, keys, scheduledAt)
    return done({ weeks: keys.length })
  },
}

/** Writes ranks when a week or month ends, and closes it later, with its champions. */
export const settleEndedPeriods: Task = {
  name: 'rankings.settle_periods',
  async run(deps, scheduledAt, cursor) {
    const budget: Budget = { trips: TRIPS_MAX - STEP_TRIPS, examined: 0 }
    const { next, ...counts } = await settlePeriods(deps, scheduledAt, budget, closingCursor.nullish().parse(cursor) ?? null)
    return { counts: { ...counts, examined: budget.examined }, next }
  },
}

const HOURLY_SUBJECTS: readonly HallSubject[] = (['longest_streak', 'longest_walk', 'total_distance'] as const).map((category) => ({
  category,
  period_key: 'all',
  months: [],
}))

const hallCursor = z.object({ subject: z.int().min(0) }).nullish()

/** Refreshes the parts of the hall of fame that any walk may change. */
export const refreshHallOfFame: Task = {
  name: 'rankings.refresh_hall_of_fame',
  async run(deps, scheduledAt, cursor) {
    const budget: Budget = { trips: TRIPS_MAX - STEP_TRIPS, examined: 0 }
    const first = hallCursor.parse(cursor)?.subject ?? 0
    let refreshed = 0
    for (const subject of HOURLY_SUBJECTS.slice(first)) {
      if (!(await refreshHall(deps, subject, budget, scheduledAt)))
        return { counts: { refreshed, examined: budget.examined }, next: { subject: first + refreshed } }
      refreshed++
    }
    return done({ refreshed, examined: budget.examined })
  },
}

export const checkRankings: Task = {
  name: 'rankings.verify',
  async run(deps, scheduledAt, cursor) {
    const from = verificationCursor.nullish().parse(cursor) ?? null
    const { next, ...counts } = await verifyRankings(deps, scheduledAt, TRIPS_MAX, from)
    return { counts, next }
  },
}

/** Deletes standings of finished periods: of weeks after eight weeks, of months after 400 days. The hall of fame and the weeks that were won stay. */
export const purgeOldStandings: Task = {
  name: 'rankings.purge',
  run({ db }, scheduledAt) {
    const before = { week: new Date(scheduledAt.getTime() - WEEKS_KEPT_MS), month: new Date(scheduledAt.getTime() - MONTHS_KEPT_MS) }
    return deleteInSlices((limit) => deleteOldStandings(db, before, limit), PURGE_SLICE)
  },
}
