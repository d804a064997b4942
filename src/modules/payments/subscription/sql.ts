import { type SQL, sql } from 'drizzle-orm'
import { stateOf } from '../ledger/sql.ts'

/** Where the store manages `subscriptions`, which must be in scope. Null for Toss. */
export const manageUrl: SQL<string | null> = sql`manage_url(subscriptions)`

/** The `Subscription` of schema.ts as a scalar. `subscriptions` must be in scope. It reads the snapshot of its statement, so after a write it belongs in the next one. */
export const subscriptionJson = (now: Date): SQL => sql`(
      SELECT json_build_object(
        'id', subscriptions.id,
        'method', subscriptions.provider,
        'environment', subscriptions.environment,
        'plan', subscriptions.plan,
        'next_plan', subscriptions.next_plan,
        'state', ${stateOf(now)},
        'is_premium', EXISTS (
          SELECT 1
          FROM premium_periods
          WHERE premium_periods.subscription_id = subscriptions.id AND premium_periods.user_id = subscriptions.user_id AND premium_periods.revoked_at IS NULL
            AND premium_periods.starts_at <= ${now.toISOString()} AND premium_periods.ends_at > ${now.toISOString()}
        ),
        'auto_renew', subscriptions.auto_renew,
        'ends_at', subscriptions.ends_at,
        'trial_ends_at', subscriptions.trial_ends_at,
        'grace_ends_at', subscriptions.grace_ends_at,
        'next_charge', CASE WHEN goes_on.is_ours AND terms.is_agreed AND open.state IS DISTINCT FROM 'unknown' AND (open.state IS NULL OR open.next_at IS NOT NULL) THEN json_build_object(
          'at', CASE WHEN open.state IN ('due', 'declined') THEN open.next_at ELSE terms.charge_at END,
          'plan', coalesce(open.plan, terms.plan), 'price_won', coalesce(open.amount_won, terms.amount_won)
        ) END,
        'consent_required', CASE
          WHEN goes_on.is_ours AND open.state IS NULL AND NOT terms.is_agreed AND terms.charge_at - interval '30 days' <= ${now.toISOString()} THEN json_build_object(
            'kind', terms.needs, 'until', terms.charge_at, 'price_before', terms.price_before, 'price_after', terms.amount_won
          )
          WHEN subscriptions.consent_required_until > ${now.toISOString()} THEN json_build_object(
            'kind', NULL, 'until', subscriptions.consent_required_until, 'price_before', NULL, 'price_after', NULL
          )
        END,
        'card', billing_keys.card,
        -- A dead card is deleted in the night.
        'needs_new_card', coalesce(billing_keys.state = 'dead', goes_on.is_ours),
        'manage_url', ${manageUrl},
        'created_at', subscriptions.created_at
      )
      FROM (VALUES (1)) AS one
      CROSS JOIN LATERAL (
        SELECT subscriptions.provider = 'toss' AND subscriptions.auto_renew AND subscriptions.superseded_at IS NULL AND subscriptions.ends_at IS NOT NULL AS is_ours
      ) AS goes_on
      LEFT JOIN billing_keys ON billing_keys.id = subscriptions.billing_key_id
      LEFT JOIN LATERAL charge_terms(subscriptions.id) AS terms ON goes_on.is_ours
      LEFT JOIN LATERAL (
        SELECT charges.state, charges.next_at, charges.plan, charges.amount_won
        FROM charges
        WHERE charges.subscription_id = subscriptions.id AND charges.period_no = subscriptions.period_no AND charges.state IN ('due', 'sending', 'unknown', 'declined')
      ) AS open ON true
    )`

/** Where a store manages a subscription of `userId` that is not over, as a scalar. */
export const manageUrlOf = (userId: SQL, now: Date): SQL<string | null> => sql`(
      SELECT ${manageUrl}
      FROM subscriptions
      WHERE subscriptions.user_id = ${userId} AND subscriptions.provider <> 'toss' AND ${stateOf(now)} NOT IN ('expired', 'revoked', 'superseded')
      ORDER BY subscriptions.created_at DESC
      LIMIT 1
    )`
