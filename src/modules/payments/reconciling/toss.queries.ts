import { sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { firstRow } from '../../../db/client.ts'

/** Money that moved, as Toss lists it. */
export interface Movement {
  readonly transaction_key: string
  readonly payment_key: string
  readonly order_id: string
  readonly kind: 'charge' | 'refund'
  readonly amount_won: number
}

/** `missing`: the ledger lacks it. `amount`: the ledger has another amount. `stray`: it is of no order of ours. `not_at_toss`: only the ledger has it. */
export interface Difference {
  readonly event_id: string
  readonly what: 'missing' | 'amount' | 'stray' | 'not_at_toss'
  readonly order_id: string
  readonly payment_key: string | null
  readonly transaction_key: string
  readonly kind: 'charge' | 'refund'
  readonly ours_won: number | null
  readonly theirs_won: number | null
}

export interface Compared {
  readonly date: string
  readonly from: string
  readonly to: string
  /** The last difference that was dealt with. */
  readonly after: string | null
  readonly limit: number
}

/** The last run of a task that came to its end, within a time. */
export function findLastNight(
  db: Db,
  task: string,
  { since, before }: { since: Date; before: Date },
): Promise<{ scheduled_at: string } | null> {
  return firstRow(
    db,
    sql`
    SELECT to_json(max(job_runs.scheduled_at)) AS scheduled_at
    FROM job_runs
    WHERE job_runs.job = ${task} AND job_runs.scheduled_at >= ${since.toISOString()} AND job_runs.scheduled_at < ${before.toISOString()}
      AND job_runs.finished_at IS NOT NULL AND job_runs.error IS NULL
    HAVING count(*) > 0`,
  )
}

/**
 * Where movements and the ledger of a time do not agree, in the order of `event_id`. What only the ledger has may stand on another page of Toss, so it is still
 * to be asked for. An order or charge whose outcome is open is looked into by its own task.
 */
export async function listDifferences(
  db: Db,
  movements: readonly Movement[],
  { date, from, to, after, limit }: Compared,
): Promise<Difference[]> {
  const { rows } = await db.execute<Difference & Record<string, unknown>>(sql`
    WITH theirs AS MATERIALIZED (
      SELECT *
      FROM json_to_recordset(${JSON.stringify(movements)}) AS moved (transaction_key text, payment_key text, order_id text, kind payment_kind, amount_won int)
    ), compared AS (
      SELECT CASE
               WHEN ours.amount_won IS NOT NULL THEN 'amount'
               WHEN known.state IS NULL AND NOT EXISTS (SELECT 1 FROM payments WHERE payments.provider = 'toss' AND payments.order_id = theirs.order_id) THEN 'stray'
               ELSE 'missing'
             END AS what,
             theirs.order_id, theirs.payment_key, theirs.transaction_key, theirs.kind, abs(ours.amount_won) AS ours_won, theirs.amount_won AS theirs_won
      FROM theirs
      LEFT JOIN LATERAL (
        SELECT payments.amount_won
        FROM payments
        WHERE payments.provider = 'toss' AND payments.kind = theirs.kind
          AND (payments.transaction_id = theirs.transaction_key OR (theirs.kind = 'charge' AND payments.transaction_id = theirs.payment_key))
        ORDER BY abs(payments.amount_won) = theirs.amount_won DESC
        LIMIT 1
      ) AS ours ON true
      LEFT JOIN LATERAL (
        SELECT charges.state::text AS state FROM charges WHERE charges.order_id = theirs.order_id
        UNION ALL
        SELECT orders.state::text FROM orders WHERE orders.id = theirs.order_id
        LIMIT 1
      ) AS known ON true
      WHERE abs(ours.amount_won) IS DISTINCT FROM theirs.amount_won AND coalesce(known.state NOT IN ('sending', 'unknown'), true)
      UNION ALL
      SELECT 'not_at_toss', coalesce(payments.order_id, payments.transaction_id), NULL, payments.transaction_id, payments.kind, abs(payments.amount_won), NULL
      FROM payments
      WHERE payments.provider = 'toss' AND payments.kind IN ('charge', 'refund') AND payments.at >= ${from} AND payments.at < ${to}
        AND NOT EXISTS (
          SELECT 1
          FROM theirs
          WHERE theirs.kind = payments.kind AND payments.transaction_id IN (theirs.transaction_key, theirs.payment_key)
        )
    ), named AS (
      SELECT concat_ws(':', 'reconcile', ${date}::text, compared.transaction_key) AS event_id, compared.* FROM compared
    )
    SELECT named.*
    FROM named
    WHERE ${after === null} OR named.event_id > ${after}
    ORDER BY named.event_id
    LIMIT ${limit}`)
  return rows
}

/** Notes a difference once. */
export async function insertDifference(
  db: Db,
  { event_id, what, order_id, kind, ours_won, theirs_won }: Difference,
  now: Date,
): Promise<void> {
  const side = (amount_won: number | null) => sql`${amount_won === null ? null : JSON.stringify({ kind, amount_won })}::jsonb`
  await db.execute(sql`
    INSERT INTO payment_differences (provider, external_id, what, ours, theirs, found_at, event_id)
    VALUES ('toss', ${order_id}, ${what}, ${side(ours_won)}, ${side(theirs_won)}, ${now.toISOString()}, ${event_id})
    ON CONFLICT (provider, event_id) DO NOTHING`)
}

/**
 * Lets a charge that we took for unpaid be looked into again, because Toss has shown that it is paid. What becomes of it is for the one that charges to decide.
 * Answers whether there is such a charge.
 */
export async function reopenCharge(db: Db, orderId: string, now: Date): Promise<boolean> {
  const row = await firstRow(
    db,
    sql`
    UPDATE charges
    SET state = 'unknown', next_at = ${now.toISOString()}, dispatched_until = NULL, lease_until = NULL
    WHERE order_id = ${orderId} AND state IN ('due', 'declined', 'given_up', 'void') AND first_sent_at IS NOT NULL
    RETURNING 1 AS reopened`,
  )
  return row !== null
}
