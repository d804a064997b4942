import { DAY_MS } from './core/time.ts'
import { describeFailure } from './db/client.ts'
import type { Deps } from './deps.ts'
import { findNextDue } from './jobs/due.ts'
import { done, type DueTask, type Task } from './jobs/job.ts'
import { deleteRunsBefore, listLostRuns } from './jobs/leases.ts'
import { announce, deleteOutboxDoneBefore, listOverdueOutboxIds, nextOverdueOutbox } from './jobs/outbox.ts'
import { sendTasks } from './jobs/tasks.ts'
import { countHolders } from './modules/badges/jobs.ts'
import { sweepExports } from './modules/exports/archives/jobs.ts'
import { purgeImports, sweepImports } from './modules/exports/imports/jobs.ts'
import { renewMap } from './modules/courses/derived/jobs.ts'
import { expireUnanswered, purgeInvitations, remindOfMeetingsSoon } from './modules/invitations/jobs.ts'
import { judgeDates, remindOfDates } from './modules/meetups/attendance/jobs.ts'
import { makeDates, purgeMeetups } from './modules/meetups/series/jobs.ts'
import { openBroadcasts, purgeNotifications, sweepPushes } from './modules/notifications/jobs.ts'
import { readMissedFromApple, reconcileWithApple } from './modules/payments/stores/app-store/jobs.ts'
import { acknowledgeAgain, readVoided, reconcileWithGoogle } from './modules/payments/stores/google-play/jobs.ts'
import { dispatchDueCharges, endDueSubscriptions, openDueRenewals } from './modules/payments/charging/jobs.ts'
import { purgeEvents, resendLostEvents } from './modules/payments/events/jobs.ts'
import { askOrders } from './modules/payments/orders/jobs.ts'
import { sendDueRefunds } from './modules/payments/refunds/jobs.ts'
import { tellSubscribers } from './modules/payments/notices/jobs.ts'
import { reconcileWithToss } from './modules/payments/reconciling/toss.jobs.ts'
import { dropSpentKeys, purgeRecords } from './modules/payments/records/jobs.ts'
import { purgePets } from './modules/pets/jobs.ts'
import { sweepPhotos } from './modules/photos/jobs.ts'
import { geocodePlaces, importHospitals, importParks, importPharmacies } from './modules/places/jobs.ts'
import { purgeDismissals, purgeHabits } from './modules/recommendations/jobs.ts'
import { checkRankings, purgeOldStandings, refreshHallOfFame, settleEndedPeriods, takeSnapshots } from './modules/rankings/jobs.ts'
import { purgeLedger, purgeMeetupEncounters } from './modules/rooms/jobs.ts'
import { purgeComments, purgeHides, purgeMarks, recountPosts } from './modules/social/posts/jobs.ts'
import { purgeFollowMarks, recountFollows } from './modules/social/follows/jobs.ts'
import { deleteOldCards } from './modules/share-cards/jobs.ts'
import { endTakedowns, purgeModeration } from './modules/social/moderation/jobs.ts'
import { readUv } from './modules/weather/uv/jobs.ts'
import { readWarningsOfKma } from './modules/weather/warnings/jobs.ts'
import { readDueAir } from './modules/weather/air/jobs.ts'
import { purgeCells, purgeHours, readDueCells } from './modules/weather/cells/jobs.ts'
import { fillWalkWeather } from './modules/weather/walk-weather/jobs.ts'
import { purgeUsers } from './modules/users/jobs.ts'
import {
  compareArrivedWalks,
  drawMissingSketches,
  endForgottenWalks,
  measureAgain,
  purgeWalks,
  storeSpooledTracks,
} from './modules/walks/jobs.ts'

const DONE_KEPT_MS = 30 * DAY_MS
const RUNS_KEPT_MS = 60 * DAY_MS

/** Sends rows again that the queue was never told of, or has lost. */
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

/** Runs that failed are kept no longer than the others, because an admin has had time to look. */
const purgeRuns: Task = {
  name: 'jobs.purge_runs',
  run: async ({ db }, scheduledAt) => done({ purged: await deleteRunsBefore(db, new Date(scheduledAt.getTime() - RUNS_KEPT_MS)) }),
}

/** The alarm runs these when something falls due. The hourly cron runs them as well, for what the alarm has lost. */
export const dueTasks: readonly DueTask[] = [
  sweepPushes,
  remindOfMeetingsSoon,
  expireUnanswered,
  remindOfDates,
  endForgottenWalks,
  acknowledgeAgain,
  openDueRenewals,
  dispatchDueCharges,
  endDueSubscriptions,
  askOrders,
  sendDueRefunds,
  readDueCells,
  readDueAir,
  readWarningsOfKma,
  readUv,
  fillWalkWeather,
  sweepOutbox,
]

/** Sets the alarm again, because it may have been lost. */
const setAlarm: Task = {
  name: 'jobs.set_alarm',
  async run(deps, scheduledAt) {
    const next = await findNext(deps, scheduledAt)
    if (next) await deps.wakeAt(next)
    return done({ due: Number(next !== null) })
  },
}

/**
 * Sends messages again for runs whose message was lost. Tasks of the last night are also sent when they never began or have failed, because their next turn
 * would be a day away.
 */
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

/** In UTC. In Seoul it is 04:03. It is so soon after the full hour because Postgres is still awake from the hourly tasks. */
const NIGHT = { hour: 19, minute: 3 }

const hourly: readonly Task[] = [
  takeSnapshots,
  ...dueTasks,
  setAlarm,
  openBroadcasts,
  tellSubscribers,
  settleEndedPeriods,
  refreshHallOfFame,
  countHolders,
  judgeDates,
  storeSpooledTracks,
  compareArrivedWalks,
  sweepPhotos,
  deleteOldCards,
  sweepExports,
  endTakedowns,
  readMissedFromApple,
  readVoided,
  resendLostEvents,
  sweepRuns,
]

const nightly: readonly Task[] = [
  purgeWalks,
  purgePets,
  purgeUsers,
  dropSpentKeys,
  purgeRecords,
  purgeModeration,
  purgeOldStandings,
  purgeNotifications,
  purgeInvitations,
  makeDates,
  purgeMeetups,
  purgeLedger,
  purgeMeetupEncounters,
  measureAgain,
  checkRankings,
  recountPosts,
  purgeMarks,
  purgeComments,
  purgeHides,
  recountFollows,
  purgeFollowMarks,
  purgeHours,
  purgeCells,
  purgeDismissals,
  purgeHabits,
  drawMissingSketches,
  sweepImports,
  purgeImports,
  renewMap,
  reconcileWithApple,
  reconcileWithGoogle,
  reconcileWithToss,
  importHospitals,
  importPharmacies,
  importParks,
  geocodePlaces,
  purgeEvents,
  purgeOutbox,
  purgeRuns,
]

/** The tasks of each cron expression (UTC). A test compares the keys with [triggers].crons of wrangler.toml. */
export const schedule: Readonly<Record<string, readonly Task[]>> = {
  '0 * * * *': hourly,
  [`${NIGHT.minute} ${NIGHT.hour} * * *`]: nightly,
}

export const tasks: readonly Task[] = Object.values(schedule).flat()

/** Sends one message for each task of a cron. A task that fails then holds up no other, and each has an invocation to itself. */
export async function enqueueSchedule(cron: string, scheduledAt: Date, deps: Pick<Deps, 'tasks'>): Promise<void> {
  const scheduled_at = scheduledAt.toISOString()
  await sendTasks(
    deps,
    (schedule[cron] ?? []).map(({ name }) => ({ task: name, scheduled_at, part: 0 })),
  )
}

/** Runs what is due now, and answers when the next falls due. A task that fails does not stop the others, but the call then throws. */
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

/** The last time before `at` at which the nightly tasks were due. */
function lastNight(at: Date): Date {
  const tonight = new Date(at)
  tonight.setUTCHours(NIGHT.hour, NIGHT.minute, 0, 0)
  return tonight < at ? tonight : new Date(tonight.getTime() - DAY_MS)
}
