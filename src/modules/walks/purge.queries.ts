import { and, asc, eq, inArray, isNull, lt, lte, not, or, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { trackSpool, walks } from '../../db/schema/walks.ts'

export async function endWalksActiveSince(db: Db, startedBefore: Date): Promise<number> {
  const { rowCount } = await db
    .update(walks)
    .set({ status: 'ended', auto_ended: true })
    .where(and(eq(walks.status, 'active'), isNull(walks.deleted_at), lte(walks.started_at, startedBefore.toISOString())))
  return rowCount
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
