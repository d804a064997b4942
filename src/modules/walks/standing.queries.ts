import { sql } from 'drizzle-orm'
import type { User } from '../../core/actor.ts'
import { awardBadges, foldWalk } from '../../db/badges.ts'
import { type Db, lastRow, runBatch } from '../../db/client.ts'
import { foldHistogram } from '../../db/rankings.ts'
import { lockViewer, viewer } from '../../db/viewer.ts'
import { walkRowJson, type WalkRow } from './queries.ts'

/** Takes the viewer's own walk and what it counted for away; `is_known` also for one that is gone already. */
export function deleteWalk(db: Db, actor: User, walkId: string, now: Date): Promise<{ is_known: boolean } | null> {
  return lastRow(db, [
    lockViewer(actor),
    sql`
    WITH ${viewer(actor)}
    UPDATE walks
    SET deleted_at = ${now.toISOString()}, status = CASE WHEN status = 'active' THEN 'ended' ELSE status END
    FROM viewer
    WHERE walks.id = ${walkId} AND walks.user_id = viewer.id AND walks.deleted_at IS NULL`,
    foldWalk(actor, walkId),
    foldHistogram(actor),
    sql`
    WITH ${viewer(actor)}
    SELECT walks.id IS NOT NULL AS is_known
    FROM viewer
    LEFT JOIN walks ON walks.id = ${walkId} AND walks.user_id = viewer.id`,
  ])
}

/**
 * Gives a deleted walk back with all that it counted for, unless it was deleted before `since` or another valid one now lies at its time: `walk` is null
 * then, and `is_known` tells the two apart.
 */
export function restoreWalk(
  db: Db,
  actor: User,
  walkId: string,
  since: Date,
  now: Date,
): Promise<{ walk: WalkRow | null; is_known: boolean } | null> {
  return lastRow(db, [
    lockViewer(actor),
    sql`
    WITH ${viewer(actor)}
    UPDATE walks
    SET deleted_at = NULL
    FROM viewer
    WHERE walks.id = ${walkId}
      AND walks.user_id = viewer.id
      AND walks.deleted_at >= ${since.toISOString()}
      AND NOT EXISTS (
        SELECT 1
        FROM walks other
        WHERE other.user_id = viewer.id
          AND other.is_valid AND other.deleted_at IS NULL
          AND walks.is_valid
          AND tstzrange(other.started_at, other.ended_at) && tstzrange(walks.started_at, walks.ended_at)
      )`,
    foldWalk(actor, walkId),
    awardBadges(actor, walkId, now),
    foldHistogram(actor),
    sql`
    WITH ${viewer(actor)}
    SELECT CASE WHEN walks.deleted_at IS NULL AND walks.id IS NOT NULL THEN ${walkRowJson} END AS walk,
           coalesce(walks.deleted_at IS NULL OR walks.deleted_at >= ${since.toISOString()}, false) AND walks.id IS NOT NULL AS is_known
    FROM viewer
    LEFT JOIN walks ON walks.id = ${walkId} AND walks.user_id = viewer.id`,
  ])
}

/**
 * Judges a completed walk anew, whoever's it is: `is_valid` and the reasons to add before those it has. Facts heal, what is reached is given, and badges that
 * were earned stay. Throws `walks_no_overlap` where it would lie across another valid walk of its owner.
 */
export async function judgeWalk(
  db: Db,
  walkId: string,
  verdict: { is_valid: boolean; reasons: readonly object[] },
  now: Date,
): Promise<boolean> {
  const results = await runBatch<{ id: string }>(db, [
    sql`SELECT 1 FROM users WHERE id = (SELECT user_id FROM walks WHERE id = ${walkId}) FOR NO KEY UPDATE`,
    sql`
    UPDATE walks
    SET is_valid = ${verdict.is_valid}, reasons = ${JSON.stringify(verdict.reasons)}::jsonb || coalesce(reasons, '[]')
    WHERE id = ${walkId} AND status = 'completed' AND deleted_at IS NULL
    RETURNING id`,
    sql`SELECT fold_walk(id) FROM walks WHERE id = ${walkId} AND status = 'completed'`,
    sql`
    SELECT award_badges(user_id, seoul_day(started_at), id, ${now.toISOString()})
    FROM walks
    WHERE id = ${walkId} AND is_valid AND deleted_at IS NULL`,
    sql`SELECT fold_histogram(user_id) FROM walks WHERE id = ${walkId}`,
  ])
  return (results[1]?.length ?? 0) > 0
}
