import { sql } from 'drizzle-orm'
import { type Db, firstRow } from '../../../db/client.ts'
import { isAnyCellWanted } from '../cells/sql.ts'

/** A run that has died is made up for after this time. */
const LEASE_MS = 2 * 60_000

/** What was read last of a source. */
export interface Turn {
  readonly mark: string | null
  readonly read_at: string | null
}

/** Takes the turn of a source, so that no other run reads it meanwhile. Null when it is not due, is closed, or nobody wants it. */
export function takeTurn(db: Db, source: string, at: Date): Promise<Turn | null> {
  const now = at.toISOString()
  return firstRow<Turn>(
    db,
    sql`
    INSERT INTO weather_sources AS it (source, next_read_at)
    SELECT ${source}, ${new Date(at.getTime() + LEASE_MS).toISOString()}::timestamptz
    WHERE ${isAnyCellWanted(at)}
    ON CONFLICT (source) DO UPDATE
    SET next_read_at = excluded.next_read_at
    WHERE coalesce(it.next_read_at <= ${now}, true) AND coalesce(it.closed_until <= ${now}, true)
    RETURNING it.mark, to_json(it.read_at) AS read_at`,
  )
}

/** Ends a turn. What was not read keeps its mark. */
export async function endTurn(
  db: Db,
  source: string,
  end: { readonly nextAt: Date } & ({ readonly readAt: Date; readonly mark: string | null } | { readonly closedUntil: Date | null }),
): Promise<void> {
  const nextAt = end.nextAt.toISOString()
  await db.execute(
    'readAt' in end
      ? sql`
        UPDATE weather_sources
        SET next_read_at = ${nextAt}, read_at = ${end.readAt.toISOString()}, mark = ${end.mark}, failures = 0, closed_until = NULL
        WHERE source = ${source}`
      : sql`
        UPDATE weather_sources
        SET next_read_at = ${nextAt}, failures = failures + 1, closed_until = ${end.closedUntil?.toISOString() ?? null}
        WHERE source = ${source}`,
  )
}
