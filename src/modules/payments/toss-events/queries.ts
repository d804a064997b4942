import { sql } from 'drizzle-orm'
import { answerOf, type Db, firstRow } from '../../../db/client.ts'
import type { ProviderEvent } from '../events/event.ts'
import { keepEvent } from '../events/sql.ts'

/** Toss is asked about an order once in this time, however many notices come. */
const ASKED_EVERY = sql`interval '1 minute'`

/** A notice that no API call has followed yet. */
const isWaiting = sql`waiting.provider = 'toss' AND waiting.outcome IS NULL AND waiting.applied_at IS NULL`

/**
 * Keeps a notice under the order that it is about. While another about the same order waits, it is only kept, because Toss has yet to be asked. One with another
 * secret may turn out to be forged, so it stands for no other.
 */
export async function insertNotice(
  db: Db,
  event: ProviderEvent,
  { order_id, payment_key }: { order_id: string | null; payment_key: string | null },
  now: Date,
): Promise<string[]> {
  const externalId = sql`coalesce(
        ${order_id}::text, (SELECT orders.id FROM orders WHERE orders.payment_key = ${payment_key}), (SELECT charges.order_id FROM charges WHERE charges.payment_key = ${payment_key}),
        ${payment_key}, ${event.external_id}
      )`
  const isCovered = sql<boolean>`EXISTS (SELECT 1 FROM provider_events waiting WHERE ${isWaiting} AND waiting.external_id = said.external_id AND waiting.body -> 'secret_hash' = ${JSON.stringify(event.body)}::jsonb -> 'secret_hash')`
  const { rows } = await db.execute<{ id: string }>(keepEvent(event, { now, externalId, isCovered }))
  return rows.map(({ id }) => id)
}

export interface NoticeClaim {
  /** Whether it is about an order or a charge of ours. */
  readonly is_known: boolean
  /** What genuine notices of the order hold. */
  readonly secret: string | null
  /** Whether Toss has been asked since the notice came. */
  readonly is_covered: boolean
  /** Whether Toss may be asked now. Then `applied_at` of the event says that it is. */
  readonly may_ask: boolean
}

/** Takes the right to ask Toss about an order. */
export async function claimNotice(
  db: Db,
  { event_id, external_id, received_at }: { event_id: string; external_id: string; received_at: string },
  now: Date,
): Promise<NoticeClaim | null> {
  const at = now.toISOString()
  const asked = sql`asked.provider = 'toss' AND asked.external_id = ${external_id} AND (asked.outcome IS NULL OR asked.outcome IN ('applied', 'stale'))`
  return answerOf(db, {
    lock: sql`SELECT pg_advisory_xact_lock(hashtextextended(${`toss:${external_id}`}, 0))`,
    claimed: sql`
    UPDATE provider_events
    SET applied_at = ${at}
    WHERE provider = 'toss' AND event_id = ${event_id} AND outcome IS NULL
      AND NOT EXISTS (SELECT 1 FROM provider_events asked WHERE ${asked} AND asked.applied_at > ${at}::timestamptz - ${ASKED_EVERY})
      AND (EXISTS (SELECT 1 FROM orders WHERE orders.id = ${external_id}) OR EXISTS (SELECT 1 FROM charges WHERE charges.order_id = ${external_id}))`,
    answer: sql<NoticeClaim>`
    SELECT EXISTS (SELECT 1 FROM orders WHERE orders.id = ${external_id}) OR EXISTS (SELECT 1 FROM charges WHERE charges.order_id = ${external_id}) AS is_known,
           (SELECT orders.secret FROM orders WHERE orders.id = ${external_id}) AS secret,
           EXISTS (
             SELECT 1
             FROM provider_events asked
             WHERE ${asked} AND asked.event_id <> mine.event_id AND asked.applied_at > ${received_at}::timestamptz AND asked.outcome IS NOT NULL
           ) AS is_covered,
           coalesce(mine.applied_at = ${at}, false) AS may_ask
    FROM provider_events mine
    WHERE mine.provider = 'toss' AND mine.event_id = ${event_id}`,
  })
}

/** Whether we have a billing key of that hash. */
export async function findBillingKey(db: Db, keyHash: string): Promise<{ id: string } | null> {
  return firstRow(db, sql`SELECT billing_keys.id FROM billing_keys WHERE billing_keys.key_hash = ${keyHash}`)
}
