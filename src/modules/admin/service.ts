import { signedIn, type Actor } from '../../core/actor.ts'
import { found } from '../../core/errors.ts'
import { idempotencyConflict, identifyCreation } from '../../core/idempotency.ts'
import type { Deps } from '../../deps.ts'
import { announce, announcePushes } from '../../jobs/outbox.ts'
import { sendTasks, taskMessageSchema } from '../../jobs/tasks.ts'
import type { CreateAnnouncement, Announcement, Broadcast } from '../notifications/schema.ts'
import { insertAnnouncement } from './announcements.queries.ts'
import { listDeadLetters, reviveDeadLetter } from './dead-letters.queries.ts'
import { adminRequired, deadLetterNotFound, jobNotFound, jobTimeInvalid } from './errors.ts'
import { findJob, listRuns } from './queries.ts'
import { type DeadLetter, deadLetterPages, deadWorkSchema, type ListRunsQuery, type RunJob, runPages } from './schema.ts'

/** A revived message has arrived by then, or the sweep sends it again. */
const REVIVED_MS = 60_000

export async function listJobRuns(
  { db, cursors }: Pick<Deps, 'db' | 'cursors'>,
  actor: Actor,
  { job, status, cursor, limit }: ListRunsQuery,
) {
  const list = runPages(cursors, actor.user_id)
  const key = await list.after(cursor)
  const after = key && { scheduled_at: key[0], job: key[1] }
  const { is_admin, runs } = signedIn(await listRuns(db, actor, { job: job ?? null, status: status ?? null, after, limit }))
  if (!is_admin) throw adminRequired()
  return list.page(runs, limit, (run) => [run.scheduled_at, run.job])
}

/** Starts a run of a task, as a cron does. A run that is sent twice still runs once, because its lease has its name and time. */
export async function runJob(
  { db, now, tasks }: Pick<Deps, 'db' | 'now' | 'tasks'>,
  actor: Actor,
  { job, scheduled_at }: RunJob,
): Promise<RunJob> {
  const { is_admin, is_known } = signedIn(await findJob(db, actor, job))
  if (!is_admin) throw adminRequired()
  if (!is_known) throw jobNotFound()
  if (Date.parse(scheduled_at) > now().getTime()) throw jobTimeInvalid()
  const run = { job, scheduled_at: new Date(scheduled_at).toISOString() }
  await sendTasks({ tasks }, [{ task: job, scheduled_at: run.scheduled_at, part: 0 }])
  return run
}

/** Publishes an announcement. A broadcast tells everybody of it after the answer is sent. */
export async function publishAnnouncement(
  deps: Pick<Deps, 'db' | 'jobs' | 'keyedIds' | 'now' | 'waitUntil' | 'wakeAt'>,
  actor: Actor,
  input: CreateAnnouncement,
  idempotency_key?: string,
): Promise<Announcement> {
  const creation = await identifyCreation(deps, {
    user_id: actor.user_id,
    route: 'POST /admin/notifications',
    body: input,
    idempotency_key,
  })
  const { id } = creation
  const now = deps.now()
  const facts = { title: input.title, body: input.body, link: input.link ?? null }
  const broadcast: Broadcast = { type: 'system', topic: id, facts, at: now.toISOString(), after: null }
  const row = signedIn(await insertAnnouncement(deps.db, actor, creation, input, broadcast, now))
  if (!row.is_admin) throw adminRequired()
  if (!row.announcement || row.request_hash !== creation.request_hash) throw idempotencyConflict()
  deps.waitUntil(announce(deps, [id]))
  return row.announcement
}

export async function getDeadLetters(
  { db, cursors }: Pick<Deps, 'db' | 'cursors'>,
  actor: Actor,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
) {
  const list = deadLetterPages(cursors, actor.user_id)
  const key = await list.after(cursor)
  const after = key && { died_at: key[0], id: key[1] }
  const { is_admin, letters } = signedIn(await listDeadLetters(db, actor, { after, limit }))
  if (!is_admin) throw adminRequired()
  return list.page(letters, limit, ({ died_at, id }) => [died_at, id])
}

export async function retryDeadLetter(
  deps: Pick<Deps, 'db' | 'jobs' | 'pushes' | 'tasks' | 'now' | 'waitUntil' | 'wakeAt'>,
  actor: Actor,
  id: string,
): Promise<DeadLetter> {
  const now = deps.now()
  const { is_admin, letter } = signedIn(await reviveDeadLetter(deps.db, actor, id, { now, until: new Date(now.getTime() + REVIVED_MS) }))
  if (!is_admin) throw adminRequired()
  const { body } = found(letter, deadLetterNotFound)
  const part = taskMessageSchema.safeParse(body).data
  if (part) await sendTasks(deps, [part])
  const { outbox_id, notification_ids = [] } = deadWorkSchema.safeParse(body).data ?? {}
  deps.waitUntil(Promise.all([announce(deps, outbox_id ? [outbox_id] : []), announcePushes(deps, notification_ids)]))
  return found(letter, deadLetterNotFound)
}
