import { and, eq, isNull, lt, sql } from 'drizzle-orm'
import type { Db } from '../db/client.ts'
import { outbox } from '../db/schema/jobs.ts'
import type { Deps } from '../deps.ts'

/** A consumer finishes within this time. After it the sweep takes a row for lost and sends it again. */
const LEASE_MS = 10 * 60_000
const SWEEP_MAX = 500
/** How long after the queue refused messages the sweep sends them. Rows that were to be sent at once are due for the sweep by then. */
const UNSENT_MS = 60_000
const SEND_MAX = 100
/** A batch has up to twenty messages. So it pushes to two hundred people with two trips to Postgres. */
const PUSHES_A_MESSAGE = 10

type Announcer = Pick<Deps, 'now' | 'wakeAt'>

/** Tells the queue of new rows. When that fails the alarm is set, and its sweep sends the rows. The hourly sweep finds what even the alarm has lost. */
export function announce(deps: Announcer & Pick<Deps, 'jobs'>, ids: readonly string[]): Promise<void> {
  return send(
    deps,
    deps.jobs,
    ids.map((outbox_id) => ({ outbox_id })),
  )
}

/** Tells the queue of new notifications. Each notification is its own outbox row. */
export function announcePushes(deps: Announcer & Pick<Deps, 'pushes'>, ids: readonly string[]): Promise<void> {
  const messages = Array.from({ length: Math.ceil(ids.length / PUSHES_A_MESSAGE) }, (_, k) => ({
    notification_ids: ids.slice(k * PUSHES_A_MESSAGE, (k + 1) * PUSHES_A_MESSAGE),
  }))
  return send(deps, deps.pushes, messages)
}

async function send({ now, wakeAt }: Announcer, queue: Queue, bodies: readonly object[]): Promise<void> {
  try {
    for (let i = 0; i < bodies.length; i += SEND_MAX) await queue.sendBatch(bodies.slice(i, i + SEND_MAX).map((body) => ({ body })))
  } catch (error) {
    console.warn(JSON.stringify({ level: 'warn', message: 'queue did not take the outbox', error: String(error) }))
    await wakeAt(new Date(now().getTime() + UNSENT_MS))
  }
}

/** Takes a row that is not done yet. Answers `null` when there is nothing to do. */
export async function claimOutboxRow(db: Db, id: string, now: Date): Promise<{ type: string; payload: unknown } | null> {
  const [row] = await db
    .update(outbox)
    .set({ attempts: sql`${outbox.attempts} + 1`, not_before: new Date(now.getTime() + LEASE_MS).toISOString() })
    .where(and(eq(outbox.id, id), isNull(outbox.done_at)))
    .returning({ type: outbox.type, payload: outbox.payload })
  return row ?? null
}

export async function finishOutboxRow(db: Db, id: string, now: Date): Promise<void> {
  await db.update(outbox).set({ done_at: now.toISOString(), last_error: null }).where(eq(outbox.id, id))
}

export async function failOutboxRow(db: Db, id: string, error: string): Promise<void> {
  await db
    .update(outbox)
    .set({ last_error: error.slice(0, 500) })
    .where(eq(outbox.id, id))
}

/** Writes down that the queue has given up on a row. The row is not sent again until an admin sends it. Answers `null` of a row that is done. */
export async function buryOutboxRow(db: Db, id: string, now: Date): Promise<{ type: string; payload: unknown } | null> {
  const [row] = await db
    .update(outbox)
    .set({ died_at: now.toISOString() })
    .where(and(eq(outbox.id, id), isNull(outbox.done_at)))
    .returning({ type: outbox.type, payload: outbox.payload })
  return row ?? null
}

export async function deleteOutboxDoneBefore(db: Db, before: Date): Promise<number> {
  const { rowCount } = await db.delete(outbox).where(lt(outbox.done_at, before.toISOString()))
  return rowCount
}

/** When the next row may be sent again, as a scalar of SQL. */
export const nextOverdueOutbox = sql`SELECT min(not_before) FROM outbox WHERE done_at IS NULL AND died_at IS NULL`

/** Lists rows that are due and that nobody is working on, and marks them as sent. */
export async function listOverdueOutboxIds(db: Db, now: Date): Promise<string[]> {
  const { rows } = await db.execute<{ id: string }>(sql`
    UPDATE outbox
    SET not_before = ${new Date(now.getTime() + LEASE_MS).toISOString()}
    WHERE id IN (
      SELECT id FROM outbox
      WHERE done_at IS NULL AND died_at IS NULL AND not_before <= ${now.toISOString()}
      ORDER BY not_before
      LIMIT ${SWEEP_MAX}
      FOR UPDATE SKIP LOCKED
    )
    RETURNING id`)
  return rows.map(({ id }) => id)
}
