import { sendTasks } from '../../src/jobs/tasks.ts'
import type { Deps } from '../../src/deps.ts'
import { enqueueSchedule, schedule } from '../../src/schedule.ts'
import type { Act, Day, Domain } from './town.ts'

const [HOURLY = ''] = Object.keys(schedule)
/** What neighbours notice on the same day: who is ahead, what they are told, what has expired. */
const DAILY = ['rankings.take_snapshots', 'notifications.open_broadcasts', 'notifications.sweep', 'invitations.expire', 'meetups.judge']
/** What closes a week and elects its champions. */
const WEEKLY = ['rankings.settle_periods', 'rankings.refresh_hall_of_fame', 'badges.count_holders', 'walks.compare', 'meetups.make_dates']
const MAP = ['courses.renew']
const MAP_EVERY_DAYS = 8
const MONDAY = 1

/**
 * Crons fire less often here than they do in production, because a quarter of a year has 2,184 hours. A task makes up for the hours before it. On the first of
 * a month all tasks run: the hourly ones send the nightly ones that have not run.
 */
export const crons: Domain = (_town, day) => {
  if (day.date.endsWith('-01')) return [{ at: day.at(10), run: (deps) => enqueueSchedule(HOURLY, day.at(10), deps) }]
  const acts = [someAt(day, 10, new Date(day.at(12)).getUTCDay() === MONDAY ? [...DAILY, ...WEEKLY] : DAILY)]
  // On another weekday each time, because each place has its own for the courses around it.
  if (day.index % MAP_EVERY_DAYS === 5) acts.push(someAt(day, 11, MAP))
  // Those who have not come for long are told in the evening.
  if (day.index % 4 === 3) acts.push(someAt(day, 18, DAILY))
  return acts
}

const someAt = (day: Day, hour: number, tasks: readonly string[]): Act => ({
  at: day.at(hour),
  run: (deps: Deps) =>
    sendTasks(
      deps,
      tasks.map((task) => ({ task, scheduled_at: day.at(hour).toISOString(), part: 0 })),
    ),
})
