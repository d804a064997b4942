import { type SQL, sql } from 'drizzle-orm'
import { outboxInsert } from '../../../jobs/sql.ts'
import { JOB } from '../../../jobs/types.ts'
import type { Provider } from '../ledger/facts.ts'
import type { ProviderEvent } from './event.ts'

interface Arrival {
  readonly now: Date
  /** What it is about, where Postgres knows that better. */
  readonly externalId?: SQL
  /** Whether an event that waits will tell the same. Then it is only kept. `said` is in scope, with its `external_id`. */
  readonly isCovered?: SQL<boolean>
}

/** Keeps a message of a provider, once, and has it taken in. Answers the `id` of the outbox row, which is to be announced. A repeat answers no row. */
export const keepEvent = (event: ProviderEvent, { now, externalId, isCovered }: Arrival): SQL<{ id: string }> => sql`
    WITH said AS (
      SELECT ${externalId ?? sql`${event.external_id}::text`} AS external_id
    ), event AS (
      INSERT INTO provider_events (provider, event_id, environment, type, external_id, provider_at, received_at, body, outcome)
      SELECT ${event.provider}, ${event.event_id}, ${event.environment}, ${event.type}, said.external_id, ${event.provider_at}::timestamptz, ${now.toISOString()},
             ${JSON.stringify(event.body)}::jsonb, CASE WHEN ${isCovered ?? sql`false`} THEN 'duplicate'::event_outcome END
      FROM said
      ON CONFLICT (provider, event_id) DO NOTHING
      RETURNING provider, event_id, outcome
    )
    ${outboxInsert(JOB.takeEvent, sql`SELECT jsonb_build_object('provider', event.provider, 'event_id', event.event_id) AS payload FROM event WHERE event.outcome IS NULL`)}`

/** Says of parked events about `externalId`, a scalar, that they have been taken in, as a statement. It belongs where what they are about is bound to somebody. */
export const unparkEvents = (provider: Provider, externalId: SQL | string, now: Date): SQL => sql`
    UPDATE provider_events
    SET outcome = 'applied', applied_at = ${now.toISOString()}
    WHERE provider_events.provider = ${provider} AND provider_events.external_id = ${externalId} AND provider_events.outcome = 'parked'`
