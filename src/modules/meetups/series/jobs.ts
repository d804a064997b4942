import { DAY_MS } from '../../../core/time.ts'
import { type Task, TRIPS_MAX } from '../../../jobs/job.ts'
import { announcePushes } from '../../../jobs/outbox.ts'
import { deleteInSlices } from '../../../jobs/slices.ts'
import { horizonOf, planFurtherDates } from './plan.ts'
import { askRenewals, deleteMeetupsBefore, growSeries, listGrowing } from './queries.ts'

const SLICE = 100
const KEPT_MS = 365 * DAY_MS

/** Asks hosts whether their old series go on, and makes the dates of all others that stand within eight weeks. */
export const makeDates: Task = {
  name: 'meetups.make_dates',
  async run(deps, scheduledAt) {
    const { asked, told } = await askRenewals(deps.db, scheduledAt, SLICE)
    await announcePushes(deps, told)
    let made = 0
    if (asked === SLICE) return { counts: { asked, made }, next: 'more' }
    // A slice is two trips. The rest is for questions, and for what the queue of pushes may need.
    for (let trips = 4; trips < TRIPS_MAX; trips += 2) {
      const growing = await listGrowing(deps.db, horizonOf(scheduledAt), scheduledAt, SLICE)
      if (growing.length > 0)
        made += await growSeries(
          deps.db,
          growing.map((series) => planFurtherDates(series, scheduledAt)),
          scheduledAt,
        )
      if (growing.length < SLICE) return { counts: { asked, made }, next: null }
    }
    return { counts: { asked, made }, next: 'more' }
  },
}

/** Forgets dates a year after they were, and meetups that have none left. */
export const purgeMeetups: Task = {
  name: 'meetups.purge',
  run: ({ db }, scheduledAt) => deleteInSlices((limit) => deleteMeetupsBefore(db, new Date(scheduledAt.getTime() - KEPT_MS), limit)),
}
