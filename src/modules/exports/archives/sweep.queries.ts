import { sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'

/** Archives are there for a day, and one that has not gone on for hours never will. */
export async function endExports(db: Db, now: Date, stalledBefore: Date): Promise<void> {
  await db.execute(sql`
    UPDATE exports
    SET state = CASE state WHEN 'ready' THEN 'gone' ELSE 'failed' END::export_state,
        failure = CASE state WHEN 'running' THEN 'stalled' END,
        attempt = NULL, lease_until = NULL, moved_at = ${now.toISOString()}
    WHERE emptied_at IS NULL
      AND (state = 'ready' AND expires_at <= ${now.toISOString()} OR state = 'running' AND moved_at <= ${stalledBefore.toISOString()})`)
}

/** Archives that are over and of which objects may lie in R2. An attempt that began before `settledBefore` has ended. */
export async function listUnemptied(db: Db, settledBefore: Date, limit: number): Promise<{ id: string; user_id: string }[]> {
  const { rows } = await db.execute<{ id: string; user_id: string }>(sql`
    SELECT id, user_id
    FROM exports
    WHERE emptied_at IS NULL AND state IN ('gone', 'failed') AND (state = 'gone' OR moved_at <= ${settledBefore.toISOString()})
      AND (lease_until IS NULL OR lease_until <= ${settledBefore.toISOString()})
    ORDER BY created_at, id
    LIMIT ${limit}`)
  return rows
}

export async function markEmptied(db: Db, id: string, now: Date): Promise<void> {
  await db.execute(sql`
    WITH emptied AS (
      UPDATE exports SET emptied_at = ${now.toISOString()}, pieces = '[]' WHERE id = ${id} RETURNING id
    )
    DELETE FROM export_files USING emptied WHERE export_files.export_id = emptied.id`)
}

export async function deleteOldExports(db: Db, before: Date): Promise<number> {
  const { rowCount } = await db.execute(sql`DELETE FROM exports WHERE emptied_at IS NOT NULL AND created_at < ${before.toISOString()}`)
  return rowCount
}
