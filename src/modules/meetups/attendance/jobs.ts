import { type DueTask, type Task, TRIPS_MAX } from '../../../jobs/job.ts'
import { announcePushes } from '../../../jobs/outbox.ts'
import type { Deps } from '../../../deps.ts'
import { type Done, judgeMeetups, nextReminder, remindOfMeetups } from './queries.ts'

const SLICE = 100
/** Of one slice: the statement, and as many notifications as the queue takes in four messages. */
const SLICE_TRIPS = 6

/** Two hours before a date. What the alarm has lost is made up for until the date begins. */
export const remindOfDates: DueTask = {
  name: 'meetups.remind',
  run: (deps, scheduledAt) => runInSlices(deps, (limit) => remindOfMeetups(deps.db, scheduledAt, limit)),
  nextDue: nextReminder,
}

/** Decides who came, two days after a date. By then phones have sent their walks, and the host has said who was there. */
export const judgeDates: Task = {
  name: 'meetups.judge',
  run: (deps, scheduledAt) => runInSlices(deps, (limit) => judgeMeetups(deps.db, scheduledAt, limit)),
}

async function runInSlices(deps: Deps, run: (limit: number) => Promise<Done>) {
  let dates = 0
  for (let trips = 0; trips + SLICE_TRIPS <= TRIPS_MAX; trips += SLICE_TRIPS) {
    const { count, told } = await run(SLICE)
    dates += count
    await announcePushes(deps, told)
    if (count < SLICE) return { counts: { dates }, next: null }
  }
  return { counts: { dates }, next: 'more' }
}
