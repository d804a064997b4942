import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../core/actor.ts'

/**
 * The first CTE of every statement for a signed-in person: one row while their account and session exist, and none otherwise. Select from it, so that an
 * answer without rows means 401 and costs no trip of its own.
 * A token from before a ban is worth nothing. The next one says that its holder is banned.
 */
export function viewer({ user_id, session_id, is_banned = false }: Actor): SQL {
  return sql`viewer AS (
      SELECT users.id, users.role, users.region_code, users.weekly_goal_km, users.privacy_zone_center, users.privacy_zone_radius_m,
             users.suspended_until, users.suspended_reason
      FROM users
      JOIN sessions ON sessions.user_id = users.id
      WHERE users.id = ${user_id}
        AND users.deleted_at IS NULL${
          is_banned
            ? sql``
            : sql`
        AND users.banned_at IS NULL`
        }
        AND sessions.id = ${session_id}
        AND sessions.revoked_at IS NULL
    )`
}

/** The first statement of a batch that reads before it writes. Such batches of one person then run one after the other. */
export function lockViewer({ user_id }: Pick<Actor, 'user_id'>): SQL {
  return sql`SELECT 1 FROM users WHERE id = ${user_id} FOR NO KEY UPDATE`
}
