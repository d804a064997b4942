import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { notify } from '../../notifications/sql.ts'
import { priceOf } from '../ledger/sql.ts'

/** Nobody is told before so many days ahead of a charge. The first hour of a day may be fourteen hours away, and seven whole days must be left. */
const SOON = sql`interval '8 days'`
/** When the consent to a higher price begins to count, as in charge_terms.sql. */
const CONSENT_OPENS = sql`interval '30 days'`

/** Whether somebody has been told of a topic, so that what `limit` cuts off comes in the next slice. */
const isTold = (type: string, topic: SQL): SQL => sql`EXISTS (
        SELECT 1
        FROM notifications
        WHERE notifications.user_id = subscriptions.user_id AND notifications.type = ${type}::notification_type AND notifications.topic = ${topic}
      )`

/** What goes on, belongs to somebody who is here, and counts for them. `subscriptions` must be in scope. */
const GOES_ON = sql`subscriptions.auto_renew
        AND subscriptions.superseded_at IS NULL
        AND EXISTS (SELECT 1 FROM users WHERE users.id = subscriptions.user_id AND users.deleted_at IS NULL AND users.banned_at IS NULL)
        AND EXISTS (
          SELECT 1 FROM premium_periods WHERE premium_periods.subscription_id = subscriptions.id AND premium_periods.user_id = subscriptions.user_id
        )`

/** The card that Toss will charge. A dead one was told of when it died. */
const LIVE_CARD = sql`billing_keys ON billing_keys.id = subscriptions.billing_key_id AND billing_keys.state = 'live'`

const TOPIC = sql`concat_ws(':', subscriptions.id, extract(epoch FROM subscriptions.ends_at)::bigint)`

/** Yes or no to a higher price of the next period. */
const ANSWER = sql`
              SELECT 1
              FROM payment_consents
              WHERE payment_consents.subscription_id = subscriptions.id AND payment_consents.kind = 'price_rise'
                AND payment_consents.agreed_at >= subscriptions.ends_at - ${CONSENT_OPENS}
            `
/** Trials that end within four days. */
const trialing = (at: SQL): SQL => sql`
      SELECT subscriptions.*
      FROM subscriptions
      WHERE subscriptions.ends_at > ${at} AND subscriptions.ends_at < ${at} + interval '4 days'
        AND subscriptions.trial_ends_at >= subscriptions.ends_at
        AND ${GOES_ON}`

/** From the fifth day of a trial on, whoever has said neither yes nor no. */
const askConsent = (at: SQL, limit: number): SQL => sql`
      SELECT subscriptions.user_id, ${TOPIC} AS topic, '{}'::jsonb AS facts, NULL::uuid AS sender_id
      FROM trials AS subscriptions
      WHERE seoul_day(subscriptions.ends_at) - 3 <= seoul_day(${at})
        AND CASE
          WHEN subscriptions.provider <> 'toss' THEN subscriptions.consent_required_until > ${at}
          ELSE NOT EXISTS (
            SELECT 1 FROM payment_consents WHERE payment_consents.subscription_id = subscriptions.id AND payment_consents.kind = 'trial_conversion'
          )
        END
        AND NOT ${isTold('trial_consent', TOPIC)}
      LIMIT ${limit}`

/** On the day before a trial ends, whoever will be charged. The words say "tomorrow", so it is a day of Seoul's calendar. */
const announceFirstCharge = (at: SQL, limit: number): SQL => sql`
      SELECT subscriptions.user_id, ${TOPIC} AS topic,
             jsonb_build_object(
               'price_won', coalesce(terms.amount_won, ${priceOf(sql`coalesce(subscriptions.next_plan, subscriptions.plan)`, sql`subscriptions.ends_at`)}),
               'card', billing_keys.card -> 'number'
             ) AS facts,
             NULL::uuid AS sender_id
      FROM trials AS subscriptions
      LEFT JOIN ${LIVE_CARD}
      LEFT JOIN LATERAL charge_terms(subscriptions.id) AS terms ON subscriptions.provider = 'toss'
      WHERE seoul_day(subscriptions.ends_at) - 1 = seoul_day(${at})
        AND CASE
          WHEN subscriptions.provider <> 'toss' THEN subscriptions.consent_required_until IS NULL
          ELSE terms.is_agreed AND billing_keys.id IS NOT NULL
        END
        AND NOT ${isTold('trial_ending', TOPIC)}
      LIMIT ${limit}`

/** Prices that rise, or have risen, within a period that goes on. */
const rising = (at: SQL): SQL => sql`
      SELECT risen.plan, risen.starts_at
      FROM plan_prices risen
      JOIN plans ON plans.code = risen.plan
      WHERE risen.starts_at > ${at} - make_interval(months => plans.interval_months)
        AND risen.starts_at <= ${at} + ${CONSENT_OPENS}
        AND EXISTS (
          SELECT 1 FROM plan_prices lower WHERE lower.plan = risen.plan AND lower.starts_at < risen.starts_at AND lower.price_won < risen.price_won
        )`

/**
 * Of a renewal: which of the two moments has come. A price that rises at short notice has only the later one.
 * A rise can only lie in the period that ends. While none does, nobody is looked at whose charge is
 * further away. Whoever has answered, or has subscribed at the new price, is not looked at because of it.
 */
const renewing = (at: SQL): SQL => sql`
      SELECT subscriptions.*, plans.interval_months, moment.name AS moment, ${TOPIC} || ':' || moment.name AS topic
      FROM subscriptions
      JOIN plans ON plans.code = coalesce(subscriptions.next_plan, subscriptions.plan)
      JOIN (VALUES ('soon', ${SOON}), ('window', ${CONSENT_OPENS})) AS moment (name, ahead)
        ON subscriptions.ends_at <= ${at} + moment.ahead AND (moment.name = 'soon' OR subscriptions.ends_at > ${at} + ${SOON})
      WHERE subscriptions.ends_at > ${at}
        AND subscriptions.ends_at <= (SELECT ${at} + CASE WHEN EXISTS (SELECT 1 FROM rises) THEN ${CONSENT_OPENS} ELSE ${SOON} END)
        AND subscriptions.trial_ends_at IS DISTINCT FROM subscriptions.ends_at
        AND (
          (moment.name = 'soon' AND plans.interval_months >= 12)
          OR (
            subscriptions.provider = 'toss'
            AND EXISTS (
              SELECT 1
              FROM rises
              WHERE rises.plan = plans.code AND rises.starts_at <= subscriptions.ends_at AND rises.starts_at > subscriptions.created_at
                AND rises.starts_at > subscriptions.ends_at - make_interval(months => plans.interval_months)
            )
            AND NOT EXISTS (${ANSWER})
          )
        )
        AND ${GOES_ON}
        AND NOT ${isTold('renewal_soon', sql`${TOPIC} || ':' || moment.name`)}`

/** Before a yearly charge, and where a higher price wants an answer: when the answer begins to count, and once more when there is still none. */
const announceRenewals = (limit: number): SQL => sql`
      SELECT subscriptions.user_id, subscriptions.topic,
             jsonb_build_object('charge_at', subscriptions.ends_at, 'price_won', CASE
               WHEN subscriptions.provider = 'toss' THEN terms.amount_won
               ELSE coalesce(
                 (
                   SELECT known.amount_won
                   FROM known_periods(subscriptions.id) AS known
                   WHERE known.kind = 'paid' AND known.plan = coalesce(subscriptions.next_plan, subscriptions.plan) AND known.currency = 'KRW' AND known.amount_won > 0
                   ORDER BY known.starts_at DESC
                   LIMIT 1
                 ),
                 ${priceOf(sql`coalesce(subscriptions.next_plan, subscriptions.plan)`, sql`subscriptions.ends_at`)}
               )
             END) AS facts,
             NULL::uuid AS sender_id
      FROM renewals AS subscriptions
      LEFT JOIN ${LIVE_CARD}
      LEFT JOIN LATERAL charge_terms(subscriptions.id) AS terms ON subscriptions.provider = 'toss'
      WHERE subscriptions.provider <> 'toss'
        OR (
          billing_keys.id IS NOT NULL
          AND CASE
            WHEN terms.needs IS NULL OR terms.is_agreed THEN subscriptions.moment = 'soon' AND subscriptions.interval_months >= 12
            ELSE NOT EXISTS (${ANSWER})
          END
        )
      LIMIT ${limit}`

/** Tells people what will be charged and what wants an answer of theirs, each once. Up to `limit` of each kind. Answers the notifications' ids. */
export async function tellOfCharges(db: Db, now: Date, limit: number): Promise<string[]> {
  const at = sql`${now.toISOString()}::timestamptz`
  const { rows } = await db.execute<{ id: string }>(sql`
    WITH trials AS MATERIALIZED (${trialing(at)}
    ), rises AS MATERIALIZED (${rising(at)}
    ), renewals AS MATERIALIZED (${renewing(at)}
    ), asked AS (${notify('trial_consent', askConsent(at, limit), at)}
    ), ending AS (${notify('trial_ending', announceFirstCharge(at, limit), at)}
    ), soon AS (${notify('renewal_soon', announceRenewals(limit), at)}
    )
    SELECT id FROM asked
    UNION ALL
    SELECT id FROM ending
    UNION ALL
    SELECT id FROM soon`)
  return rows.map(({ id }) => id)
}
