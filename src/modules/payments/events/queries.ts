import { sql } from 'drizzle-orm'
import { type Db, firstRow, runBatch } from '../../../db/client.ts'
import { outboxInsert } from '../../../jobs/sql.ts'
import { JOB } from '../../../jobs/types.ts'
import type { Provider } from '../ledger/facts.ts'
import type { EventOutcome, KeptEvent } from './event.ts'

interface EventKey {
  readonly provider: Provider
  readonly event_id: string
}

/** An event that was not taken in yet. */
export function findOpenEvent(db: Db, { provider, event_id }: EventKey): Promise<KeptEvent | null> {
  return firstRow(
    db,
    sql`
    SELECT provider, event_id, environment, type, external_id, provider_at, received_at, body
    FROM provider_events
    WHERE provider = ${provider} AND event_id = ${event_id} AND outcome IS NULL`,
  )
}

/** Says what became of an event. What was claimed just after it was taken in is parked no longer. */
export async function closeEvent(db: Db, { provider, event_id }: EventKey, outcome: EventOutcome, now: Date): Promise<void> {
  await db.execute(sql`
    UPDATE provider_events
    SET outcome = CASE
          WHEN ${outcome === 'parked'} AND EXISTS (
            SELECT 1 FROM subscriptions bound
            WHERE bound.provider = provider_events.provider AND bound.external_id = provider_events.external_id AND bound.user_id IS NOT NULL
          ) THEN 'applied'
          ELSE ${outcome}::event_outcome
        END, applied_at = coalesce(applied_at, ${now.toISOString()}), error = NULL
    WHERE provider = ${provider} AND event_id = ${event_id} AND outcome IS NULL`)
}

export async function failEvent(db: Db, { provider, event_id }: EventKey, error: string): Promise<void> {
  await db.execute(sql`
    UPDATE provider_events
    SET error = ${error.slice(0, 500)}
    WHERE provider = ${provider} AND event_id = ${event_id} AND outcome IS NULL`)
}

/**
 * Gives up on events that could not be taken in since `deadBefore`, because an admin has to look at them. Has up to `limit` events taken in whose message was lost or given up
 * on: those that were received before `lostBefore`. Those that have failed come last, so that they keep no other waiting. Answers the ids of the outbox rows as `sent`.
 */
export async function resendEvents(
  db: Db,
  { deadBefore, lostBefore }: { readonly deadBefore: Date; readonly lostBefore: Date },
  limit: number,
): Promise<{ dead: EventKey[]; sent: string[] }> {
  const { dead, sent } = await runBatch(db, {
    dead: sql<EventKey & Record<string, unknown>>`
    UPDATE provider_events
    SET outcome = 'dead'
    WHERE outcome IS NULL AND received_at < ${deadBefore.toISOString()}
    RETURNING provider, event_id`,
    sent: outboxInsert(
      JOB.takeEvent,
      sql`
      SELECT jsonb_build_object('provider', provider, 'event_id', event_id) AS payload
      FROM provider_events
      WHERE outcome IS NULL AND received_at < ${lostBefore.toISOString()}
      ORDER BY error IS NOT NULL, received_at
      LIMIT ${limit}`,
    ),
  })
  return { dead, sent: sent.map(({ id }) => id) }
}

/** Empties up to `limit` bodies that are too old. The events stay. */
export async function emptyEvents(db: Db, { kept, parked }: { kept: Date; parked: Date }, limit: number): Promise<number> {
  const { rowCount } = await db.execute(sql`
    UPDATE provider_events
    SET body = NULL
    WHERE (provider, event_id) IN (
      SELECT provider, event_id
      FROM provider_events
      WHERE body IS NOT NULL AND (received_at < ${kept.toISOString()} OR (received_at < ${parked.toISOString()} AND outcome = 'parked'))
      ORDER BY received_at
      LIMIT ${limit}
    )`)
  return rowCount
}
