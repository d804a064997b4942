import { and, eq, lt, sql } from 'drizzle-orm'
import { DAY_MS } from './core/time.ts'
import type { Db } from './db/client.ts'
import { jobRuns } from './db/schema/jobs.ts'
import type { Deps } from './deps.ts'
import { countHolders } from './modules/badges/jobs.ts'
import { expireUnanswered, purgeInvitations, remindOfMeetingsSoon } from './modules/invitations/jobs.ts'
import { openBroadcasts, purgeNotifications, sweepPushes } from './modules/notifications/jobs.ts'
import { purgePets } from './modules/pets/jobs.ts'
import { checkRankings, purgeOldPlaces, refreshHallOfFame, settleEndedPeriods, takeSnapshots } from './modules/rankings/jobs.ts'
import { deleteUnreadCards } from './modules/share-cards/jobs.ts'
import { sweepPhotos } from './modules/photos/jobs.ts'
import { purgeUsers } from './modules/users/jobs.ts'
import { purgeLedger } from './modules/rooms/jobs.ts'
import { endForgottenWalks, purgeWalks, storeSpooledTracks } from './modules/walks/jobs.ts'
import type { Task } from './jobs/job.ts'
import { announce, deleteOutboxDoneBefore, listOverdueOutboxIds } from './jobs/outbox.ts'

/** A run that has not finished by then is taken for dead, and its lease may be taken over. */
const LEASE_MS = 15 * 60_000
const DONE_KEPT_MS = 30 * DAY_MS
const RUNS_KEPT_MS = 60 * DAY_MS

const sweepOutbox: Task = {
  name: 'outbox.sweep',
  async run(deps, scheduledAt) {
    const ids = await listOverdueOutboxIds(deps.db, scheduledAt)
    await announce(deps, ids)
    await deleteOutboxDoneBefore(deps.db, new Date(scheduledAt.getTime() - DONE_KEPT_MS))
    return { sent: ids.length }
  },
}

/** Runs that failed stay as long as the others: somebody should have looked by then. */
const purgeRuns: Task = {
  name: 'jobs.purge_runs',
  run: async ({ db }, scheduledAt) => ({ purged: await deleteRunsBefore(db, new Date(scheduledAt.getTime() - RUNS_KEPT_MS)) }),
}

/** Cron expression (UTC) to its tasks. The keys are wrangler.toml's [triggers].crons, which a test compares. */
export const schedule: Readonly<Record<string, readonly Task[]>> = {
  '* * * * *': [sweepPushes, remindOfMeetingsSoon, expireUnanswered],
  '*/10 * * * *': [endForgottenWalks, storeSpooledTracks, sweepOutbox],
  '0 * * * *': [openBroadcasts, takeSnapshots, settleEndedPeriods, refreshHallOfFame],
  '5 * * * *': [countHolders, sweepPhotos, deleteUnreadCards],
  '10 19 * * *': [
    purgeWalks,
    purgePets,
    purgeUsers,
    purgeOldPlaces,
    purgeNotifications,
    purgeInvitations,
    purgeLedger,
    checkRankings,
    purgeRuns,
  ], // 04:10 in Seoul
}

/** Runs each task once for a scheduled time, however often, late or at once the trigger fires; a task that fails holds up no other. */
export async function runSchedule(cron: string, scheduledAt: Date, deps: Deps): Promise<void> {
  for (const task of schedule[cron] ?? []) {
    if (!(await takeLease(deps, task.name, scheduledAt))) continue
    try {
      const result = await task.run(deps, scheduledAt)
      await closeRun(deps, task.name, scheduledAt, { result })
    } catch (error) {
      console.error(JSON.stringify({ level: 'error', task: task.name, scheduled_at: scheduledAt.toISOString(), error: String(error) }))
      await closeRun(deps, task.name, scheduledAt, { error: String(error).slice(0, 500) })
    }
  }
}

async function takeLease({ db, now }: Deps, job: string, scheduledAt: Date): Promise<boolean> {
  const startedAt = now()
  const { rows } = await db.execute(sql`
    INSERT INTO job_runs AS run (job, scheduled_at, started_at)
    VALUES (${job}, ${scheduledAt.toISOString()}, ${startedAt.toISOString()})
    ON CONFLICT (job, scheduled_at) DO UPDATE
    SET started_at = excluded.started_at, finished_at = NULL, error = NULL
    WHERE run.error IS NOT NULL OR (run.finished_at IS NULL AND run.started_at < ${new Date(startedAt.getTime() - LEASE_MS).toISOString()})
    RETURNING job`)
  return rows.length > 0
}

async function deleteRunsBefore(db: Db, before: Date): Promise<number> {
  const { rowCount } = await db.delete(jobRuns).where(lt(jobRuns.scheduled_at, before.toISOString()))
  return rowCount
}

async function closeRun(
  { db, now }: Deps,
  job: string,
  scheduledAt: Date,
  { result, error }: { result?: object; error?: string },
): Promise<void> {
  await db
    .update(jobRuns)
    .set({ finished_at: now().toISOString(), result: result ?? null, error: error ?? null })
    .where(and(eq(jobRuns.job, job), eq(jobRuns.scheduled_at, scheduledAt.toISOString())))
}
