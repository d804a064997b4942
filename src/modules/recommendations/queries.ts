import { sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { type Db, firstRow } from '../../db/client.ts'
import { viewer } from '../../db/viewer.ts'
import type { RecommendedRow } from './rules.ts'

/** The people who are recommended to the viewer, best first. They are computed when they are older than twelve hours. */
export function listRecommendations(db: Db, actor: Actor, now: Date): Promise<{ items: RecommendedRow[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT recommendations_page(viewer.id, ${now.toISOString()}) AS items
    FROM viewer`,
  )
}

/** Recommends somebody no more for half a year. The same again changes nothing. */
export function insertDismissal(db: Db, actor: Actor, userId: string, now: Date): Promise<Record<string, never> | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, dismissed AS (
      INSERT INTO recommendation_dismissals AS earlier (user_id, other_id, dismissed_at)
      SELECT viewer.id, users.id, ${now.toISOString()}
      FROM viewer
      JOIN users ON users.id = ${userId} AND users.id <> viewer.id
      ON CONFLICT (user_id, other_id) DO UPDATE
      SET dismissed_at = excluded.dismissed_at
      WHERE earlier.dismissed_at <= excluded.dismissed_at - interval '180 days'
    ), gone AS (
      DELETE FROM recommendations
      USING viewer
      WHERE recommendations.user_id = viewer.id AND recommendations.other_id = ${userId}
    )
    SELECT FROM viewer`,
  )
}

/** Deletes dismissals that count no more. */
export async function deleteDismissalsBefore(db: Db, before: Date, limit: number): Promise<number> {
  const { rowCount } = await db.execute(sql`
    DELETE FROM recommendation_dismissals
    WHERE (user_id, other_id) IN (
      SELECT recommendation_dismissals.user_id, recommendation_dismissals.other_id
      FROM recommendation_dismissals
      WHERE recommendation_dismissals.dismissed_at <= ${before.toISOString()}
      LIMIT ${limit}
    ) AND dismissed_at <= ${before.toISOString()}`)
  return rowCount
}

/** Deletes habits of people who have not walked since. Whoever walks at this moment keeps theirs. */
export async function deleteHabitsBefore(db: Db, before: Date, limit: number): Promise<number> {
  const { rowCount } = await db.execute(sql`
    DELETE FROM walk_habits
    WHERE user_id IN (SELECT walk_habits.user_id FROM walk_habits WHERE walk_habits.last_walk_at < ${before.toISOString()} LIMIT ${limit})
      AND last_walk_at < ${before.toISOString()}`)
  return rowCount
}
