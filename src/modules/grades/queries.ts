import { sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { type Db, firstRow } from '../../db/client.ts'
import { viewer } from '../../db/viewer.ts'
import type { GradeRow, TitleRow } from './rules.ts'

/** All grades, the lowest first, and how far the viewer has come. */
export function listGrades(db: Db, actor: Actor): Promise<{ grades: GradeRow[]; distance_m: number; joined_at: string } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
             SELECT coalesce(json_agg(json_build_object(
               'level', grades.level, 'name', grades.name, 'icon', grades.icon, 'required_m', grades.required_m, 'reached_at', user_grades.reached_at
             ) ORDER BY grades.level), '[]')
             FROM grades
             LEFT JOIN user_grades ON user_grades.user_id = viewer.id AND user_grades.level = grades.level
           ) AS grades,
           (SELECT coalesce(sum(user_totals.distance_m), 0)::float8 FROM user_totals WHERE user_totals.user_id = viewer.id) AS distance_m,
           (SELECT to_json(users.created_at) FROM users WHERE users.id = viewer.id) AS joined_at
    FROM viewer`,
  )
}

/** All titles in their order, and which of them the viewer has. `is_secret`: it hangs on a secret badge that the viewer has not earned. */
export function listTitles(db: Db, actor: Actor): Promise<{ titles: TitleRow[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT coalesce(json_agg(json_build_object(
        'code', titles.code, 'name', titles.name, 'hint', titles.hint, 'unlocked_at', user_titles.unlocked_at,
        'is_shown', users.title_code IS NOT DISTINCT FROM titles.code,
        'is_secret', EXISTS (
          SELECT 1
          FROM badges
          WHERE badges.is_secret AND titles.needs -> 'badges' ? badges.code
            AND NOT EXISTS (SELECT 1 FROM user_badges WHERE user_badges.user_id = users.id AND user_badges.badge_id = badges.id)
        )
      ) ORDER BY titles.sort_order, titles.code), '[]')
      FROM titles
      JOIN users ON users.id = viewer.id
      LEFT JOIN user_titles ON user_titles.user_id = users.id AND user_titles.title_code = titles.code
    ) AS titles
    FROM viewer`,
  )
}
