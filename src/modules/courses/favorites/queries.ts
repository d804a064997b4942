import { sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { answerOf, type Db, firstRow } from '../../../db/client.ts'
import { lockViewer, viewer } from '../../../db/viewer.ts'
import { isPremium } from '../../subscriptions/sql.ts'
import type { LatestPage, LatestRow } from '../queries.ts'
import { seesCourse } from '../sql.ts'

// blocked too: `sees_course` asks. What the viewer does not see any more has neither a line nor an author.
/** The viewer's favourites, the latest first, one more than `limit`. */
export function listFavorites(db: Db, actor: Actor, { after, limit }: LatestPage, now: Date): Promise<{ items: LatestRow[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT coalesce(json_agg(page.row ORDER BY page.created_at DESC, page.course_id DESC), '[]')
      FROM (
        SELECT json_build_object(
                 'created_at', favorite.created_at::text,
                 'course', course_json(viewer.id, courses, ${now.toISOString()}, ${seesCourse(sql`courses.id`, now)})
               ) AS row,
               favorite.created_at, favorite.course_id
        FROM course_favorites AS favorite
        JOIN courses ON courses.id = favorite.course_id
        WHERE favorite.user_id = viewer.id
          AND (
            ${after === null}
            OR (favorite.created_at, favorite.course_id) < (${after?.created_at ?? null}::timestamptz, ${after?.id ?? null}::uuid)
          )
        ORDER BY favorite.created_at DESC, favorite.course_id DESC
        LIMIT ${limit + 1}
      ) AS page
    ) AS items
    FROM viewer`,
  )
}

export interface FavoriteAnswer {
  readonly is_seen: boolean
  readonly is_premium: boolean
  readonly is_favorite: boolean
}

// blocked too: `sees_course` asks.
/** Makes a course that the viewer sees a favourite, as long as they are premium and have fewer than `max`. */
export function insertFavorite(db: Db, actor: Actor, id: string, max: number, now: Date): Promise<FavoriteAnswer | null> {
  return answerOf(db, {
    lock: lockViewer(actor),
    favorite: sql`
    WITH ${viewer(actor)}
    INSERT INTO course_favorites (user_id, course_id, created_at)
    SELECT viewer.id, courses.id, ${now.toISOString()}
    FROM viewer
    JOIN courses ON courses.id = ${id} AND ${seesCourse(sql`courses.id`, now)}
    WHERE ${isPremium(sql`viewer.id`, now)}
      AND (SELECT count(*) FROM course_favorites mine WHERE mine.user_id = viewer.id) < ${max}
    ON CONFLICT DO NOTHING`,
    answer: sql`
    WITH ${viewer(actor)}
    SELECT ${seesCourse(sql`${id}::uuid`, now)} AS is_seen,
           ${isPremium(sql`viewer.id`, now)} AS is_premium,
           EXISTS (SELECT FROM course_favorites mine WHERE mine.user_id = viewer.id AND mine.course_id = ${id}) AS is_favorite
    FROM viewer`,
  })
}

export function deleteFavorite(db: Db, actor: Actor, id: string): Promise<Record<string, never> | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, gone AS (
      DELETE FROM course_favorites
      USING viewer
      WHERE course_favorites.user_id = viewer.id AND course_favorites.course_id = ${id}
    )
    SELECT FROM viewer`,
  )
}
