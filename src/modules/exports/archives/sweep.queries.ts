import { sql } from 'drizzle-orm'
import { type Db, runBatch } from '../../../db/client.ts'

/**
 * Ends archives whose day is over, and those that have not moved since `stalledBefore`. Forgets rows from before `keptSince` without objects. Answers archives that are over and
 * of which objects may lie in R2: an attempt that began before `settledBefore` has ended.
 */
export async function endExports(
  db: Db,
  { now, stalledBefore, settledBefore, keptSince }: Readonly<Record<'now' | 'stalledBefore' | 'settledBefore' | 'keptSince', Date>>,
  limit: number,
): Promise<{ unemptied: { id: string; user_id: string }[]; purged: number }> {
  const { purged, unemptied } = await runBatch(db, {
    ended: sql`
    UPDATE exports
    SET state = CASE state WHEN 'ready' THEN 'gone' ELSE 'failed' END::export_state,
        failure = CASE state WHEN 'running' THEN 'stalled' END,
        attempt = NULL, lease_until = NULL, moved_at = ${now.toISOString()}
    WHERE emptied_at IS NULL
      AND (state = 'ready' AND expires_at <= ${now.toISOString()} OR state = 'running' AND moved_at <= ${stalledBefore.toISOString()})`,
    purged: sql<{ id: string }>`
    DELETE FROM exports WHERE emptied_at IS NOT NULL AND created_at < ${keptSince.toISOString()} RETURNING id`,
    unemptied: sql<{ id: string; user_id: string }>`
    SELECT id, user_id
    FROM exports
    WHERE emptied_at IS NULL AND state IN ('gone', 'failed') AND (state = 'gone' OR moved_at <= ${settledBefore.toISOString()})
      AND (lease_until IS NULL OR lease_until <= ${settledBefore.toISOString()})
    ORDER BY created_at, id
    LIMIT ${limit}`,
  })
  return { unemptied, purged: purged.length }
}

export async function markEmptied(db: Db, id: string, now: Date): Promise<void> {
  await db.execute(sql`
    WITH emptied AS (
      UPDATE exports SET emptied_at = ${now.toISOString()}, pieces = '[]' WHERE id = ${id} RETURNING id
    )
    DELETE FROM export_files USING emptied WHERE export_files.export_id = emptied.id`)
}
