import { eq, sql } from 'drizzle-orm'
import { type Db, firstRow, runBatch } from '../../../db/client.ts'
import { walks } from '../../../db/schema/walks.ts'
import { ownerOf, settleWalk } from '../../facts/sql.ts'

/** Where a recording lies. */
export interface Stored {
  readonly track_key: string | null
  /** The raw track in base64, as long as R2 has not taken it. */
  readonly spooled: string | null
}

export interface Recording extends Stored {
  readonly distance_m: number
  readonly started_at: string
  readonly completed_at: string
}

/** The track of a row of `walks` in base64, as long as R2 has not taken it. */
export const spooledTrack = sql`(SELECT translate(encode(content, 'base64'), E'\\n', '') FROM track_spool WHERE track_spool.walk_id = walks.id)`

/** Finds what a valid walk can be judged by again. */
export function findRecording(db: Db, walkId: string): Promise<Recording | null> {
  return firstRow(
    db,
    sql`
    SELECT walks.track_key, walks.distance_m, to_json(walks.started_at) AS started_at, to_json(walks.completed_at) AS completed_at,
           ${spooledTrack} AS spooled
    FROM walks
    WHERE walks.id = ${walkId} AND walks.is_valid AND walks.deleted_at IS NULL`,
  )
}

export async function updateDoubt(db: Db, walkId: string, isBeyondDoubt: boolean): Promise<void> {
  await db.update(walks).set({ is_beyond_doubt: isBeyondDoubt }).where(eq(walks.id, walkId))
}

/**
 * Judges a completed walk again, whoever's it is. A valid walk is ranked unless the verdict says otherwise. The new reasons are put before those that it has. Facts heal, badges that are reached now are given, and
 * earned badges stay. Throws `walks_no_overlap` when the walk would overlap another valid walk of its owner.
 */
export async function judgeWalk(
  db: Db,
  walkId: string,
  verdict: { is_valid: boolean; is_ranked?: boolean; reasons: readonly object[] },
  now: Date,
): Promise<boolean> {
  // Of two records of the same time the one made here counts.
  const room = sql`
    SELECT make_room(user_id, started_at, ended_at, ${now.toISOString()})
    FROM walks
    WHERE id = ${walkId} AND status = 'completed' AND deleted_at IS NULL AND source = 'recorded' AND ${verdict.is_valid}`
  const change = sql`
    UPDATE walks
    SET is_valid = ${verdict.is_valid}, is_ranked = ${verdict.is_valid && verdict.is_ranked !== false} AND source = 'recorded',
        reasons = ${JSON.stringify(verdict.reasons)}::jsonb || coalesce(reasons, '[]')
    WHERE id = ${walkId} AND status = 'completed' AND deleted_at IS NULL
    RETURNING id`
  const results = await runBatch(db, settleWalk(ownerOf(walkId), walkId, now, { room, change }))
  return results.change.change.length > 0
}

// public: whose copy it is decides about a walk, and not who asks.
/** Takes a valid walk off every board, whoever's it is. It still counts for its owner. */
export async function lowerToUnranked(db: Db, walkId: string, reasons: readonly object[], now: Date): Promise<void> {
  const change = sql`
    UPDATE walks
    SET is_ranked = false, reasons = ${JSON.stringify(reasons)}::jsonb || coalesce(reasons, '[]')
    WHERE id = ${walkId} AND is_valid AND is_ranked`
  await runBatch(db, settleWalk(ownerOf(walkId), walkId, now, change))
}
