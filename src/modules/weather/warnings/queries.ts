import { type SQL, sql } from 'drizzle-orm'
import { type Db, firstRow } from '../../../db/client.ts'
import { openingFrom } from '../turns/hours.ts'
import { nextTurnOf } from '../turns/sql.ts'
import type { Bulletin, Difference, KnownWarning, Zone } from './bulletin-rules.ts'
import { SOURCE } from './source.ts'

/** News of a zone and kind, as the function fold_warnings takes it. */
export interface News {
  readonly issued_at: string
  readonly seq: number
  readonly area_code: string
  readonly area_name: string
  readonly kind: string
  readonly level: string
  readonly command: string
  readonly starts_at: string | null
  readonly ends_at: string | null
  readonly is_cancelled: boolean
}

/** Folds news into what is in force. Answers how many rows have changed, and the codes of zones that are not known. */
export async function foldWarnings(db: Db, news: readonly News[]): Promise<{ folded: number; unknown_zones: string[] }> {
  const row = await firstRow<{ folded: number; unknown_zones: string[] }>(
    db,
    sql`SELECT folded, to_json(unknown_zones) AS unknown_zones FROM fold_warnings(${JSON.stringify(news)}::jsonb)`,
  )
  return row!
}

/** What a bulletin issued at that time is compared with: the warnings that are not over, and the zones. */
export async function findKnownWarnings(db: Db, issuedAt: string, now: Date): Promise<{ known: KnownWarning[]; zones: Zone[] }> {
  const row = await firstRow<{ known: KnownWarning[]; zones: Zone[] }>(
    db,
    sql`
    SELECT (
             SELECT coalesce(
               json_agg(
                 json_build_object(
                   'area_code', it.area_code,
                   'kind', it.kind,
                   'level', it.level,
                   'issued_at', it.issued_at,
                   'seq', it.seq,
                   'is_to_come', it.started_at > ${issuedAt}::timestamptz,
                   'is_ending', it.is_lifted
                 )
               ),
               '[]'
             )
             FROM warnings_in_force AS it
             WHERE NOT (it.is_lifted AND it.ends_at <= ${now.toISOString()})
           ) AS known,
           (SELECT coalesce(json_agg(json_build_object('code', code, 'name', name, 'sido', sido) ORDER BY code), '[]') FROM warning_zones) AS zones`,
  )
  return row!
}

/** What is over is forgotten when no news of six days can bring it back. */
const KEPT_FOR = sql`interval '10 days'`

/**
 * Makes what is in force what a bulletin says. A row that is younger than the bulletin stays. What is found counts as older than news of the same bulletin, and
 * what is over as young as the bulletin, so that late news of before does not bring it back.
 */
export async function applyDifference(
  db: Db,
  { issued_at, seq }: Bulletin,
  { over, found }: Difference,
  now: Date,
): Promise<{ lifted: number; found: number }> {
  const row = await firstRow<{ lifted: number; found: number }>(
    db,
    sql`
    WITH lifted AS (
      UPDATE warnings_in_force AS it
      SET is_lifted = true, ends_at = ${issued_at}, issued_at = ${issued_at}, seq = ${seq}
      FROM jsonb_to_recordset(${JSON.stringify(over)}::jsonb) AS over (area_code text, kind warning_kind)
      WHERE it.area_code = over.area_code
        AND it.kind = over.kind
        AND NOT it.is_lifted
        AND (it.issued_at, it.seq) <= (${issued_at}::timestamptz, ${seq}::int)
      RETURNING 1
    ), found AS (
      INSERT INTO warnings_in_force AS it (area_code, kind, area_name, level, started_at, issued_at, seq)
      SELECT area_code, kind, area_name, level, ${issued_at}, ${issued_at}, ${seq}::int - 1
      FROM jsonb_to_recordset(${JSON.stringify(found)}::jsonb) AS found (area_code text, kind warning_kind, area_name text, level warning_level)
      ON CONFLICT (area_code, kind) DO UPDATE
      SET level = excluded.level, started_at = CASE WHEN it.is_lifted THEN excluded.started_at ELSE it.started_at END, is_lifted = false, ends_at = NULL,
          issued_at = excluded.issued_at, seq = excluded.seq
      WHERE (it.issued_at, it.seq) < (excluded.issued_at, excluded.seq)
      RETURNING 1
    ), forgotten AS (
      DELETE FROM warnings_in_force AS it
      WHERE it.is_lifted AND it.ends_at <= ${now.toISOString()} AND it.issued_at < ${now.toISOString()}::timestamptz - ${KEPT_FOR}
    )
    SELECT (SELECT count(*)::int FROM lifted) AS lifted, (SELECT count(*)::int FROM found) AS found`,
  )
  return row!
}

/** When warnings are read next, as a scalar of SQL. */
export const nextReading = (now: Date): SQL => nextTurnOf(SOURCE, now, openingFrom(now))
