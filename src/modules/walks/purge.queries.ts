import { and, asc, eq, inArray, lt, not, or, sql } from 'drizzle-orm'
import { type Db, firstRow } from '../../db/client.ts'
import { notify } from '../notifications/sql.ts'
import { trackSpool, walks } from '../../db/schema/walks.ts'

/** How many were ended, and the ids of the notifications that tell their owners. */
export async function endWalksActiveSince(db: Db, startedBefore: Date, now: Date): Promise<{ ended: number; told: string[] }> {
  const row = await firstRow<{ ended: number; told: string[] }>(
    db,
    sql`
    WITH ended AS (
      UPDATE walks
      SET status = 'ended', auto_ended = true
      WHERE status = 'active' AND deleted_at IS NULL AND started_at <= ${startedBefore.toISOString()}
      RETURNING id, user_id
    ), told AS (${notify(
      'walk_auto_ended',
      sql`SELECT user_id, id::text AS topic, jsonb_build_object('walk_id', id) AS facts, NULL::uuid AS sender_id FROM ended`,
      sql`${now.toISOString()}::timestamptz`,
    )}
    )
    SELECT (SELECT count(*)::int FROM ended) AS ended, coalesce((SELECT json_agg(id) FROM told), '[]') AS told`,
  )
  return row ?? { ended: 0, told: [] }
}

/** `content` in base64. */
export function listSpooledTracks(db: Db, limit: number) {
  return db
    .select({
      walk_id: trackSpool.walk_id,
      track_key: trackSpool.track_key,
      content: sql<string>`translate(encode(${trackSpool.content}, 'base64'), E'\\n', '')`,
    })
    .from(trackSpool)
    .orderBy(asc(trackSpool.spooled_at))
    .limit(limit)
}

export async function deleteSpooledTrack(db: Db, walkId: string, trackKey: string): Promise<void> {
  await db.delete(trackSpool).where(and(eq(trackSpool.walk_id, walkId), eq(trackSpool.track_key, trackKey)))
}

function isPurgeable(before: Date) {
  const past = before.toISOString()
  return or(
    lt(walks.deleted_at, past),
    and(not(walks.is_valid), lt(walks.completed_at, past)),
    and(eq(walks.status, 'ended'), lt(walks.created_at, past)),
  )
}

export function listPurgeableWalks(db: Db, before: Date, limit: number) {
  return db.select({ id: walks.id, user_id: walks.user_id }).from(walks).where(isPurgeable(before)).limit(limit)
}

/** The predicate is asked again: an ended walk may have been completed since. */
export async function deleteWalkRows(db: Db, before: Date, ids: readonly string[]): Promise<number> {
  const { rowCount } = await db.delete(walks).where(and(inArray(walks.id, ids), isPurgeable(before)))
  return rowCount
}
