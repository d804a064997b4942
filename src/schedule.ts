import { DAY_MS } from './core/time.ts'
import { describeFailure } from './db/client.ts'
import type { Deps } from './deps.ts'
import { findNextDue } from './jobs/due.ts'
import { done, type DueTask, type Task } from './jobs/job.ts'
import { deleteRunsBefore, listLostRuns } from './jobs/leases.ts'
import { announce, deleteOutboxDoneBefore, listOverdueOutboxIds, nextOverdueOutbox } from './jobs/outbox.ts'
import { sendTasks } from './jobs/tasks.ts'
import { countHolders } from './modules/badges/jobs.ts'
import { expireUnanswered, purgeInvitations, remindOfMeetingsSoon } from './modules/invitations/jobs.ts'
import { openBroadcasts, purgeNotifications, sweepPushes } from './modules/notifications/jobs.ts'
import { purgePets } from './modules/pets/jobs.ts'
import { sweepPhotos } from './modules/photos/jobs.ts'
import { checkRankings, purgeOldPlaces, refreshHallOfFame, settleEndedPeriods, takeSnapshots } from './modules/rankings/jobs.ts'
import { purgeLedger } from './modules/rooms/jobs.ts'
import { deleteUnreadCards } from './modules/share-cards/jobs.ts'
import { purgeUsers } from './modules/users/jobs.ts'
import { endForgottenWalks, purgeWalks, storeSpooledTracks } from './modules/walks/jobs.ts'

const DONE_KEPT_MS = 30 * DAY_MS
const RUNS_KEPT_MS = 60 * DAY_MS

/** What was never announced to the queue, or lost by it. */
const sweepOutbox: DueTask = {
  name: 'outbox.sweep',
  async run(deps, scheduledAt) {
    const ids = await listOverdueOutboxIds(deps.db, scheduledAt)
    await announce(deps, ids)
    return done({ sent: ids.length })
  },
  nextDue: () => nextOverdueOutbox,
}

const purgeOutbox: Task = {
  name: 'outbox.purge',
  run: async ({ db }, scheduledAt) => done({ purged: await deleteOutboxDoneBefore(db, new Date(scheduledAt.getTime() - DONE_KEPT_MS)) }),
}

/** Runs that failed stay as long as the others: somebody should have looked by then. */
const purgeRuns: Task = {
  name: 'jobs.purge_runs',
  run: async ({ db }, scheduledAt) => done({ purged: await deleteRunsBefore(db, new Date(scheduledAt.getTime() - RUNS_KEPT_MS)) }),
}

/** What is done at the instant at which it falls due, by the alarm; and every hour, for what the alarm has lost. */
export const dueTasks: readonly DueTask[] = [sweepPushes, remindOfMeetingsSoon, expireUnanswered, endForgottenWalks, sweepOutbox]

/** Sets the alarm, should it have been lost. */
const setAlarm: Task = {
  name: 'jobs.set_alarm',
  async run(deps, scheduledAt) {
    const next = await findNext(deps, scheduledAt)
    if (next) await deps.wakeAt(next)
    return done({ due: Number(next !== null) })
  },
}

/** Runs whose message was lost; of the last night also those that never began, or failed for good: their next turn would be a day away. */
const sweepRuns: Task = {
  name: 'jobs.sweep_runs',
  async run(deps, scheduledAt) {
    const night = lastNight(scheduledAt).toISOString()
    const expected = nightly.map(({ name }) => ({ task: name, scheduled_at: night }))
    const lost = (await listLostRuns(deps.db, expected, deps.now())).filter(({ task }) => tasks.some(({ name }) => name === task))
    await sendTasks(deps, lost)
    return done({ sent: lost.length })
  },
}

/** In UTC; 04:03 in Seoul. So soon after the full hour because Postgres is still awake from it. */
const NIGHT = { hour: 19, minute: 3 }

const hourly: readonly Task[] = [
  takeSnapshots,
  ...dueTasks,
  setAlarm,
  openBroadcasts,
  settleEndedPeriods,
  refreshHallOfFame,
  countHolders,
  storeSpooledTracks,
  sweepPhotos,
  deleteUnreadCards,
  sweepRuns,
]

const nightly: readonly Task[] = [
  purgeWalks,
  purgePets,
  purgeUsers,
  purgeOldPlaces,
  purgeNotifications,
  purgeInvitations,
  purgeLedger,
  checkRankings,
  purgeOutbox,
  purgeRuns,
]

/** Cron expression (UTC) to its tasks. The keys are wrangler.toml's [triggers].crons, which a test compares. */
export const schedule: Readonly<Record<string, readonly Task[]>> = {
  '0 * * * *': hourly,
  [`${NIGHT.minute} ${NIGHT.hour} * * *`]: nightly,
}

export const tasks: readonly Task[] = Object.values(schedule).flat()

/** Crons run nothing: each task is a message of its own, so that one that fails holds up no other and each has an invocation to itself. */
export async function enqueueSchedule(cron: string, scheduledAt: Date, deps: Pick<Deps, 'tasks'>): Promise<void> {
  const scheduled_at = scheduledAt.toISOString()
  await sendTasks(
    deps,
    (schedule[cron] ?? []).map(({ name }) => ({ task: name, scheduled_at, part: 0 })),
  )
}

/** Does what is due now, each whatever becomes of the others; when the next falls due. Throws where something failed. */
export async function runDue(deps: Deps): Promise<Date | null> {
  const at = deps.now()
  const results = await Promise.allSettled(dueTasks.map((task) => task.run(deps, at)))
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
  if (failures.length > 0) throw new AggregateError(failures, failures.map(describeFailure).join('; '))
  return findNext(deps, at)
}

function findNext({ db }: Pick<Deps, 'db'>, at: Date): Promise<Date | null> {
  return findNextDue(
    db,
    dueTasks.map((task) => task.nextDue(at)),
  )
}

/** The last time before then at which the night's tasks were due, long enough ago to have begun. */
function lastNight(at: Date): Date {
  const tonight = new Date(at)
  tonight.setUTCHours(NIGHT.hour, NIGHT.minute, 0, 0)
  return tonight < at ? tonight : new Date(tonight.getTime() - DAY_MS)
}
