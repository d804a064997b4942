import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { viewer } from '../../../db/viewer.ts'

/** Whether one of the two has blocked the other. Every query that shows one person to another must ask it. */
export const isBlocked = (one: SQL, other: SQL): SQL => sql`is_blocked(${one}, ${other})`

/** The statements of a batch by which the caller blocks somebody. They do nothing where `userId` is NULL. */
export const blockSomebody = (actor: Actor, userId: SQL, now: Date) => ({
  blocked: sql`
    WITH ${viewer(actor)}
    INSERT INTO blocks (blocker_id, blocked_id, created_at)
    SELECT viewer.id, users.id, ${now.toISOString()}
    FROM viewer
    JOIN users ON users.id = ${userId} AND users.deleted_at IS NULL AND users.id <> viewer.id
    ON CONFLICT DO NOTHING`,
})
