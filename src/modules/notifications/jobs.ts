import { z } from 'zod'
import { uuidSchema } from '../../core/fields.ts'
import type { Deps } from '../../deps.ts'
import { defineJob, done, type DueTask, type Task } from '../../jobs/job.ts'
import { announce, announcePushes } from '../../jobs/outbox.ts'
import { JOB } from '../../jobs/types.ts'
import { deleteInSlices } from '../../jobs/slices.ts'
import { continueBroadcast, openDaily } from './broadcast/service.ts'
import { failPushes, listUnsweptPushes, nextUnsweptPush } from './push/queries.ts'
import { pushNotifications } from './push/service.ts'
import { deleteOldNotifications } from './queries.ts'
import { broadcastSchema } from './schema.ts'

const SWEEP_SLICE = 5_000
/** One run announces so many slices, of six trips each. What is left is still due, so the alarm rings again, and the hourly sweep goes on. */
const SWEEP_SLICES_MAX = 4
const SWEPT_AGAIN_MS = 10 * 60_000
const PURGE_SLICE = 5_000

/** A message of the queue of pushes. It names several notifications, because each message costs money. */
const messageSchema = z.object({ notification_ids: z.array(uuidSchema).min(1).max(100) })

const idsOf = (body: unknown): string[] => messageSchema.safeParse(body).data?.notification_ids ?? []

/** Pushes all notifications that a batch of messages names, in two trips. A message is retried as long as one of its notifications must be. */
export async function consumePushes(batch: MessageBatch, deps: Deps): Promise<void> {
  const again = await pushNotifications(deps, [...new Set(batch.messages.flatMap(({ body }) => idsOf(body)))])
  for (const message of batch.messages) {
    const ids = idsOf(message.body)
    const delays = ids.flatMap((id) => again.get(id) ?? [])
    // A message that cannot be read ends among the dead letters, where an admin sees it.
    if (ids.length === 0 || delays.length > 0) message.retry({ delaySeconds: Math.ceil(Math.max(0, ...delays) / 1_000) })
    else message.ack()
  }
}

/** Marks the notifications of a dead message, so that they are not pushed any more. */
export async function buryPushes(body: unknown, { db }: Pick<Deps, 'db'>): Promise<void> {
  const ids = idsOf(body)
  if (ids.length > 0) await failPushes(db, ids)
}

/** A job of the outbox that tells everybody whom a kind concerns, in slices. */
export const broadcast = defineJob({
  type: JOB.broadcast,
  payload: broadcastSchema,
  async run(deps, payload) {
    const { ids, next } = await continueBroadcast(deps, payload)
    await announcePushes(deps, ids)
    if (next) await announce(deps, [next])
  },
})

/** Pushes whose time has come, and those whose message or consumer was lost. */
export const sweepPushes: DueTask = {
  name: 'notifications.sweep',
  async run(deps, scheduledAt) {
    let announced = 0
    for (let slice = 0; slice < SWEEP_SLICES_MAX; slice++) {
      const until = new Date(scheduledAt.getTime() + SWEPT_AGAIN_MS)
      const ids = await listUnsweptPushes(deps.db, scheduledAt, { until, limit: SWEEP_SLICE })
      await announcePushes(deps, ids)
      announced += ids.length
      if (ids.length < SWEEP_SLICE) return done({ announced })
    }
    return { counts: { announced }, next: 'more' }
  },
  nextDue: () => nextUnsweptPush,
}

/** Opens what is due in this hour: the new week, last month's report, seasons, broken streaks, and people who have not come for long. */
export const openBroadcasts: Task = {
  name: 'notifications.open_broadcasts',
  async run(deps, scheduledAt) {
    const ids = await openDaily(deps, scheduledAt)
    await announce(deps, ids)
    return done({ opened: ids.length })
  },
}

export const purgeNotifications: Task = {
  name: 'notifications.purge',
  run: ({ db }, scheduledAt) => deleteInSlices((limit) => deleteOldNotifications(db, scheduledAt, limit), PURGE_SLICE),
}
