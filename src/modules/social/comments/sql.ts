import { type SQL, sql } from 'drizzle-orm'
import { isBlocked } from '../blocks/sql.ts'

/** Comments that the viewer sees, of posts that they see, with their authors as `users`. `viewer` must be in scope. */
export const VISIBLE_COMMENTS: SQL = sql`comments
        JOIN users ON users.id = comments.user_id AND users.deleted_at IS NULL AND NOT ${isBlocked(sql`viewer.id`, sql`users.id`)}
        WHERE comments.deleted_at IS NULL AND (comments.held_at IS NULL OR comments.user_id = viewer.id)`

/** The newest comment of a walk that the viewer sees. `viewer` must be in scope. */
export const lastCommentId = (walkId: SQL): SQL => sql`(
        SELECT comments.id
        FROM ${VISIBLE_COMMENTS} AND comments.walk_id = ${walkId}
        ORDER BY comments.created_at DESC, comments.id DESC
        LIMIT 1
      )`
