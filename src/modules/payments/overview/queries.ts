import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { type Db, firstRow } from '../../../db/client.ts'
import { viewer } from '../../../db/viewer.ts'
import { concernKinds } from './kinds.ts'
import type { Concern, ConcernCount, ConcernKind } from './schema.ts'

const RECENT = sql`interval '90 days'`
/** A message is taken within minutes. */
const UNTOUCHED = sql`interval '1 hour'`

const TRACES = sql`ARRAY(
        SELECT attempts.trace_id
        FROM charge_attempts attempts
        WHERE attempts.order_id = charges.order_id AND attempts.trace_id IS NOT NULL
        ORDER BY attempts.attempt DESC
      )`

/** What a human may have to look at: one row for each. No token, key or name is among it. */
const concerns = (at: SQL): SQL => sql`
      SELECT 'unknown' AS kind, 'charge' AS what, charges.order_id AS id, 'toss' AS method, charges.state::text AS state, coalesce(charges.first_sent_at, charges.sent_at, charges.starts_at) AS since,
             charges.order_id, charges.subscription_id, charges.amount_won, charges.decline_code AS code, charges.tries, ${TRACES} AS trace_ids
      FROM charges
      WHERE charges.state = 'unknown' OR (charges.state = 'sending' AND charges.lease_until < ${at})
      UNION ALL
      SELECT 'unknown', 'order', orders.id, 'toss', orders.state::text, orders.created_at, orders.id, NULL, orders.amount_won, orders.decline_code, orders.tries, '{}'
      FROM orders
      WHERE orders.state = 'unknown' OR (orders.state = 'sending' AND orders.lease_until < ${at})
      UNION ALL
      SELECT 'unknown', 'refund', refunds.id::text, 'toss', refunds.state::text, refunds.created_at, refunds.order_id, refunds.subscription_id, refunds.amount_won, refunds.code, refunds.tries, '{}'
      FROM refunds
      WHERE refunds.state = 'unknown' OR (refunds.state = 'sending' AND refunds.lease_until < ${at})
      UNION ALL
      SELECT 'given_up', 'charge', charges.order_id, 'toss', charges.state::text, charges.settled_at, charges.order_id, charges.subscription_id,
             charges.amount_won, charges.decline_code, charges.attempt, ${TRACES}
      FROM charges
      WHERE charges.state = 'given_up' AND charges.settled_at > ${at} - ${RECENT}
      UNION ALL
      SELECT 'refused_refunds', 'refund', refunds.id::text, 'toss', refunds.state::text, refunds.settled_at, refunds.order_id, refunds.subscription_id,
             refunds.amount_won, refunds.code, refunds.tries, '{}'
      FROM refunds
      WHERE refunds.state = 'refused' AND refunds.settled_at > ${at} - ${RECENT}
      UNION ALL
      SELECT 'parked', 'message', events.event_id, events.provider::text, coalesce(events.outcome::text, 'waiting') || ' ' || events.type, events.received_at, NULL,
             (
               SELECT subscriptions.id
               FROM subscriptions
               WHERE subscriptions.provider = events.provider AND subscriptions.environment = events.environment AND subscriptions.external_id = events.external_id
             ),
             NULL, left(events.error, 300), NULL, '{}'
      FROM provider_events events
      WHERE events.outcome IN ('parked', 'dead') OR (events.outcome IS NULL AND events.received_at < ${at} - ${UNTOUCHED})
      UNION ALL
      SELECT 'unacknowledged', 'purchase', tokens.token_hash, 'google_play', CASE WHEN tokens.is_bound THEN 'bound' ELSE 'unbound' END, tokens.bought_at, NULL, tokens.subscription_id,
             NULL, NULL, NULL, '{}'
      FROM store_tokens tokens
      WHERE NOT tokens.is_acknowledged AND NOT tokens.is_gone
      UNION ALL
      SELECT 'differences', 'difference', differences.id::text, differences.provider::text, differences.what, differences.found_at, differences.external_id, NULL, NULL,
             left(concat('ours: ', coalesce(differences.ours::text, '-'), ', theirs: ', coalesce(differences.theirs::text, '-')), 300), NULL, '{}'
      FROM payment_differences differences
      WHERE differences.found_at > ${at} - ${RECENT}`

export interface ConcernFilter {
  readonly kind: ConcernKind | null
  readonly after: { readonly since: string; readonly id: string } | null
  readonly limit: number
}

/** How many there are of each kind, and a page of one kind, one more than `limit`. Nothing for somebody who is not an admin. */
export function listConcerns(
  db: Db,
  actor: Actor,
  { kind, after, limit }: ConcernFilter,
  now: Date,
): Promise<{ is_admin: boolean; counts: ConcernCount[]; items: Concern[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, concern AS MATERIALIZED (
      SELECT found.*
      FROM viewer
      CROSS JOIN LATERAL (${concerns(sql`${now.toISOString()}::timestamptz`)}
      ) AS found
      WHERE viewer.role = 'admin'
    )
    SELECT viewer.role = 'admin' AS is_admin,
           (
             SELECT json_agg(json_build_object('kind', each.kind, 'count', sums.count, 'oldest_at', sums.oldest_at) ORDER BY each.position)
             FROM json_array_elements_text(${JSON.stringify(concernKinds)}) WITH ORDINALITY AS each (kind, position)
             CROSS JOIN LATERAL (SELECT count(*)::int AS count, min(concern.since) AS oldest_at FROM concern WHERE concern.kind = each.kind) AS sums
           ) AS counts,
           (
             SELECT coalesce(json_agg(page ORDER BY page.since, page.id), '[]')
             FROM (
               SELECT concern.*
               FROM concern
               WHERE concern.kind = ${kind}
                 AND (${after === null} OR (concern.since, concern.id) > (${after?.since ?? null}::timestamptz, ${after?.id ?? null}))
               ORDER BY concern.since, concern.id
               LIMIT ${limit + 1}
             ) AS page
           ) AS items
    FROM viewer`,
  )
}
