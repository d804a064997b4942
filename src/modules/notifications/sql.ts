import { type SQL, sql } from 'drizzle-orm'
import type { User } from '../../core/actor.ts'

/** Its request tells the queue at once; where that was lost the sweeper does, a minute later. */
const SWEPT_AFTER = sql`interval '1 minute'`

/**
 * Notifications of one kind, to stand in the transaction that is their cause. `rows`: user_id, topic, facts (jsonb) and sender_id. Whoever was told of that
 * topic before is not told again. Answers `id`.
 */
export const notify = (type: string, rows: SQL, at: SQL): SQL<{ id: string }> => sql`
      INSERT INTO notifications (user_id, type, topic, facts, sender_id, created_at, push_at, sweep_at)
      SELECT told.user_id, ${type}::notification_type, told.topic, told.facts, told.sender_id, ${at}, ${at}, ${at} + ${SWEPT_AFTER}
      FROM (${rows}) AS told
      ON CONFLICT (user_id, type, topic) DO NOTHING
      RETURNING id`

/** Near the end of a batch made for somebody: what it has told them, and others in their name, to be announced to the queue. */
export const listCaused = ({ user_id }: Pick<User, 'user_id'>, now: Date): SQL<{ id: string }> => sql`
    SELECT id
    FROM notifications
    WHERE user_id = ${user_id} AND created_at = ${now.toISOString()} AND removed_at IS NULL AND push_state = 'waiting'
    UNION
    SELECT id
    FROM notifications
    WHERE sender_id = ${user_id} AND created_at = ${now.toISOString()} AND push_state = 'waiting'`
