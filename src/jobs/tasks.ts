import pRetry from 'p-retry'
import { z } from 'zod'
import { instantSchema } from '../core/fields.ts'
import type { Deps } from '../deps.ts'

/** One part of one run of a task. */
export const taskMessageSchema = z.object({ task: z.string(), scheduled_at: instantSchema, part: z.int().min(0) })
export type TaskMessage = z.infer<typeof taskMessageSchema>

/** The retries take half a minute in all. That is worth while, because the next cron comes an hour later. */
const SEND_RETRIES = { retries: 5, minTimeout: 1_000, factor: 2 }
const SEND_MAX = 100

/** Puts parts of runs on the queue, or throws. A part that is sent twice still runs once. */
export async function sendTasks({ tasks }: Pick<Deps, 'tasks'>, messages: readonly TaskMessage[]): Promise<void> {
  for (let i = 0; i < messages.length; i += SEND_MAX) {
    const bodies = messages.slice(i, i + SEND_MAX).map((body) => ({ body }))
    await pRetry(() => tasks.sendBatch(bodies), SEND_RETRIES)
  }
}
