import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { uuidSchema } from './core/fields.ts'
import { deadLetters } from './db/schema/jobs.ts'
import type { Deps } from './deps.ts'
import { buryPushes, consumePushes } from './modules/notifications/jobs.ts'
import { buryOutboxRow, claimOutboxRow, failOutboxRow, finishOutboxRow } from './jobs/outbox.ts'
import { jobs } from './registry.ts'

const RETRY_SECONDS_MAX = 3_600
const messageSchema = z.object({ outbox_id: uuidSchema })

/** Runs each message on its own, but pushes, which go together: one that fails is retried later, and holds up no other. What is exhausted rests in `dead_letters`. */
export async function consume(batch: MessageBatch, deps: Deps): Promise<void> {
  if (batch.queue.endsWith('pushes')) {
    await consumePushes(batch, deps).catch((error: unknown) => {
      for (const message of batch.messages) retryLater(message, batch.queue, error)
    })
    return
  }
  const handle = batch.queue.endsWith('-dead') ? bury : run
  for (const message of batch.messages) {
    try {
      await handle(message, deps, batch.queue)
      message.ack()
    } catch (error) {
      retryLater(message, batch.queue, error)
    }
  }
}

function retryLater(message: Message, queue: string, error: unknown): void {
  const { id, attempts } = message
  console.error(JSON.stringify({ level: 'error', queue, message_id: id, attempts, error: String(error) }))
  message.retry({ delaySeconds: Math.min(2 ** attempts, RETRY_SECONDS_MAX) })
}

async function run(message: Message, deps: Deps): Promise<void> {
  const { outbox_id } = messageSchema.parse(message.body)
  const row = await claimOutboxRow(deps.db, outbox_id, deps.now())
  if (!row) return
  try {
    const job = jobs.find(({ type }) => type === row.type)
    if (!job) throw new Error(`no job is registered as ${row.type}`)
    await job.run(deps, job.payload.parse(row.payload))
  } catch (error) {
    await failOutboxRow(deps.db, outbox_id, String(error))
    throw error
  }
  await finishOutboxRow(deps.db, outbox_id, deps.now())
}

async function bury(message: Message, deps: Deps, queue: string): Promise<void> {
  const { db, now } = deps
  const { outbox_id } = messageSchema.safeParse(message.body).data ?? {}
  if (outbox_id) await buryOutboxRow(db, outbox_id, now())
  await buryPushes(message.body, deps)
  // As SQL, because the query builder makes an SQL NULL of a JSON null, and a message may be one.
  const body = sql`${JSON.stringify(message.body ?? null)}::jsonb`
  await db.insert(deadLetters).values({ id: message.id, queue, body, died_at: now().toISOString() }).onConflictDoNothing()
}
