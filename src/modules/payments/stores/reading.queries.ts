import { sql } from 'drizzle-orm'
import { type Db, firstRow } from '../../../db/client.ts'
import { providerCursors } from '../../../db/schema/payments.ts'
import type { Provider } from '../ledger/facts.ts'
import { stateOf } from '../ledger/sql.ts'
import type { Reconciled } from './reading.ts'

/** Up to so many subscriptions are all compared each night. Of more, each is compared once in sixteen nights. */
const ALL_MAX = 20_000
const NIGHTS = 16

/** How far a list of a provider was read, null before the first read, and whether anything of the provider is here. Where nothing is, there is no need to read. */
export async function findCursor(db: Db, name: string, provider: Provider): Promise<{ read_until: Date | null; is_used: boolean }> {
  const row = await firstRow<{ read_until: string | null; is_used: boolean }>(
    db,
    sql`
    SELECT (SELECT to_json(read_until) FROM provider_cursors WHERE name = ${name}) AS read_until,
           EXISTS (SELECT 1 FROM subscriptions WHERE provider = ${provider}::payment_provider)
           OR EXISTS (SELECT 1 FROM purchases WHERE provider = ${provider}::payment_provider)
           OR EXISTS (SELECT 1 FROM provider_events WHERE provider = ${provider}::payment_provider) AS is_used`,
  )
  return { read_until: row?.read_until ? new Date(row.read_until) : null, is_used: row?.is_used ?? false }
}

export async function saveCursor(db: Db, name: string, readUntil: Date): Promise<void> {
  const row = { name, read_until: readUntil.toISOString() }
  await db.insert(providerCursors).values(row).onConflictDoUpdate({ target: providerCursors.name, set: row })
}

/** The next subscriptions of a store to be compared with it: those whose turn it is, and those that end, or have ended, about now. */
export async function listToReconcile(db: Db, provider: Provider, at: Date, after: string | null, limit: number): Promise<Reconciled[]> {
  const { rows } = await db.execute<Reconciled & Record<string, unknown>>(sql`
    SELECT id, external_id, environment, ${stateOf(at)} AS state, to_json(ends_at) AS ends_at, auto_renew, store_tokens.token
    FROM subscriptions
    LEFT JOIN store_tokens ON store_tokens.token_hash = subscriptions.external_id AND NOT store_tokens.is_gone
    WHERE provider = ${provider}::payment_provider AND superseded_at IS NULL
      AND (${after === null} OR id > ${after}::uuid)
      AND (
        (SELECT count(*) FROM (SELECT 1 FROM subscriptions LIMIT ${ALL_MAX + 1}) AS few) <= ${ALL_MAX}
        OR abs(hashtext(id::text)::bigint) % ${NIGHTS} = extract(epoch FROM ${at.toISOString()}::timestamptz)::bigint / 86400 % ${NIGHTS}
        OR ends_at BETWEEN ${at.toISOString()}::timestamptz - interval '2 days' AND ${at.toISOString()}::timestamptz + interval '1 day'
      )
      AND (ends_at IS NULL OR ends_at > ${at.toISOString()}::timestamptz - interval '90 days')
    ORDER BY id
    LIMIT ${limit}`)
  return rows
}

/** Writes down that a store and we did not agree. Repeating it adds nothing. */
export async function recordDifference(
  db: Db,
  {
    provider,
    external_id,
    ours,
    theirs,
    event_id,
  }: { provider: Provider; external_id: string; ours: unknown; theirs: unknown; event_id: string },
  at: Date,
): Promise<void> {
  await db.execute(sql`
    INSERT INTO payment_differences (provider, external_id, what, ours, theirs, found_at, event_id)
    VALUES (${provider}::payment_provider, ${external_id}, 'subscription', ${JSON.stringify(ours)}::jsonb, ${JSON.stringify(theirs)}::jsonb, ${at.toISOString()}, ${event_id})
    ON CONFLICT (provider, event_id) DO NOTHING`)
  console.warn(JSON.stringify({ level: 'warn', message: 'a store and we did not agree about a subscription', external_id, event_id }))
}
