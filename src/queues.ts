import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { describeFailure } from './db/client.ts'
import { uuidSchema } from './core/fields.ts'
import { deadLetters } from './db/schema/jobs.ts'
import type { Deps } from './deps.ts'
import type { Counts, Job } from './jobs/job.ts'
import { type Attempt, buryPart, closePart, failPart, takeLease } from './jobs/leases.ts'
import { buryOutboxRow, claimOutboxRow, failOutboxRow, finishOutboxRow } from './jobs/outbox.ts'
import { sendTasks, taskMessageSchema } from './jobs/tasks.ts'
import { revokeIdentity } from './modules/auth/jobs.ts'
import { makeExport } from './modules/exports/archives/jobs.ts'
import { runImport } from './modules/exports/imports/jobs.ts'
import { broadcast, buryPushes, consumePushes } from './modules/notifications/jobs.ts'
import { acknowledge } from './modules/payments/stores/google-play/jobs.ts'
import { charge } from './modules/payments/charging/jobs.ts'
import { takeEvent } from './modules/payments/events/jobs.ts'
import { refund } from './modules/payments/refunds/jobs.ts'
import { deletePhotoObjects } from './modules/photos/jobs.ts'
import { dropEvidence, keepEvidence } from './modules/social/moderation/jobs.ts'
import { findCompany } from './modules/walks/jobs.ts'
import { readAirJob } from './modules/weather/air/jobs.ts'
import { readCellsJob } from './modules/weather/cells/jobs.ts'
import { fillWalkWeatherJob } from './modules/weather/walk-weather/jobs.ts'
import { tasks } from './schedule.ts'

/** Every kind of work in the outbox. */
const jobs: readonly Job[] = [
  revokeIdentity,
  deletePhotoObjects,
  broadcast,
  findCompany,
  keepEvidence,
  dropEvidence,
  charge,
  refund,
  takeEvent,
  acknowledge,
  readCellsJob,
  readAirJob,
  fillWalkWeatherJob,
  makeExport,
  runImport,
]

const RETRY_SECONDS_MAX = 3_600
/** A part whose lease another message holds is tried again after this time at the latest. */
const HELD_SECONDS_MAX = 15 * 60
/** The longest task takes five hundred parts (an hour of spooled tracks). A task that still goes on after this many parts would never end. */
const PARTS_MAX = 5_000
const jobMessageSchema = z.object({ outbox_id: uuidSchema })

/**
 * Runs each message by itself. A message that fails is retried later and holds up no other. Only pushes run as a whole batch. What the queue gives up on
 * rests in `dead_letters`.
 */
export async function consume(batch: MessageBatch, deps: Deps): Promise<void> {
  if (batch.queue.endsWith('pushes')) {
    await consumePushes(batch, deps).catch((error: unknown) => {
      for (const message of batch.messages) retryLater(message, batch.queue, error)
    })
    return
  }
  const handle = batch.queue.endsWith('-dead') ? bury : batch.queue.endsWith('tasks') ? runTask : runJob
  for (const message of batch.messages) {
    try {
      const retrySeconds = await handle(message, deps, batch.queue)
      if (retrySeconds) message.retry({ delaySeconds: retrySeconds })
      else message.ack()
    } catch (error) {
      retryLater(message, batch.queue, error)
    }
  }
}

function retryLater(message: Message, queue: string, error: unknown): void {
  const { id, attempts } = message
  console.error(JSON.stringify({ level: 'error', queue, message_id: id, attempts, error: describeFailure(error) }))
  message.retry({ delaySeconds: Math.min(2 ** attempts, RETRY_SECONDS_MAX) })
}

/** A failure that cannot be written down must still be retried. */
async function report(reporting: Promise<unknown>): Promise<void> {
  await reporting.catch((error: unknown) => {
    console.error(JSON.stringify({ level: 'error', message: 'a failure could not be noted', error: describeFailure(error) }))
  })
}

async function runJob(message: Message, deps: Deps): Promise<void> {
  const { outbox_id } = jobMessageSchema.parse(message.body)
  const row = await claimOutboxRow(deps.db, outbox_id, deps.now())
  if (!row) return
  try {
    const job = jobs.find(({ type }) => type === row.type)
    if (!job) throw new Error(`no job is registered as ${row.type}`)
    await job.run(deps, job.payload.parse(row.payload))
  } catch (error) {
    await report(failOutboxRow(deps.db, outbox_id, describeFailure(error)))
    throw error
  }
  await finishOutboxRow(deps.db, outbox_id, deps.now())
}

/**
 * Runs one part of a cron's task under its lease. What is left goes on in a further message. When another message holds the lease, it answers after how many
 * seconds to try again.
 */
async function runTask(message: Message, deps: Deps): Promise<number | undefined> {
  const part = taskMessageSchema.parse(message.body)
  const task = tasks.find(({ name }) => name === part.task)
  if (!task) throw new Error(`no task is called ${part.task}`)
  const attempt: Attempt = { ...part, message_id: message.id, attempt: message.attempts }
  const lease = await takeLease(deps.db, attempt, deps.now())
  if (lease.state === 'over') return undefined
  if (lease.state === 'held') return secondsUntil(lease.lease_until, deps.now())
  const startedAt = performance.now()
  const describe = () => ({ ...part, duration_ms: Math.round(performance.now() - startedAt) })
  let isContinued = false
  try {
    const { counts, next } = await task.run(deps, new Date(part.scheduled_at), lease.cursor)
    const goesOn = next !== null && part.part + 1 < PARTS_MAX
    const closed = await closePart(deps.db, attempt, { counts: sum(lease.counts, counts), next: goesOn ? next : null }, deps.now())
    isContinued = closed && goesOn
    console.log(JSON.stringify({ level: 'info', ...describe(), counts }))
  } catch (error) {
    console.error(JSON.stringify({ level: 'error', ...describe(), error: describeFailure(error) }))
    await report(failPart(deps.db, attempt, error, deps.now()))
    throw error
  }
  // If the message cannot be sent now, the hourly sweep sends it.
  if (isContinued) await report(sendTasks(deps, [{ ...part, part: part.part + 1 }]))
  return undefined
}

function secondsUntil(instant: string | null, now: Date): number {
  const seconds = instant === null ? 1 : Math.ceil((Date.parse(instant) - now.getTime()) / 1_000)
  return Math.min(Math.max(seconds, 1), HELD_SECONDS_MAX)
}

function sum(before: Counts | null, counts: Counts): Counts {
  const added = Object.entries(counts).map(([name, count]) => [name, (before?.[name] ?? 0) + count] as const)
  return { ...before, ...Object.fromEntries(added) }
}

/** Tells whoever waits for a job that it will not be done. What this cannot tell, the sweep of the job's own domain does. */
async function giveUp(deps: Deps, row: { type: string; payload: unknown }): Promise<void> {
  const job = jobs.find(({ type }) => type === row.type)
  await job?.giveUp?.(deps, job.payload.parse(row.payload))
}

async function bury(message: Message, deps: Deps, queue: string): Promise<void> {
  const { db, now } = deps
  const { outbox_id } = jobMessageSchema.safeParse(message.body).data ?? {}
  const row = outbox_id ? await buryOutboxRow(db, outbox_id, now()) : null
  if (row) await report(giveUp(deps, row))
  const part = taskMessageSchema.safeParse(message.body).data
  if (part) await buryPart(db, { ...part, message_id: message.id }, now())
  await buryPushes(message.body, deps)
  // The body is written as SQL, because the query builder makes an SQL NULL of a JSON null, and a message may be JSON null.
  const body = sql`${JSON.stringify(message.body ?? null)}::jsonb`
  await db.insert(deadLetters).values({ id: message.id, queue, body, died_at: now().toISOString() }).onConflictDoNothing()
}
