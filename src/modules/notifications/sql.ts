import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'

/** The request tells the queue at once. If that is lost, the sweep does it from a minute later on. */
const SWEPT_AFTER = sql`interval '1 minute'`

/**
 * Inserts notifications of one kind, in the transaction that is their cause. `rows` has user_id, topic, facts (jsonb) and sender_id. Nobody is told of the
 * same topic twice. Answers `id`.
 */
export const notify = (type: string, rows: SQL, at: SQL): SQL<{ id: string }> => sql`
      INSERT INTO notifications (user_id, type, topic, facts, sender_id, created_at, push_at, sweep_at)
      SELECT told.user_id, ${type}::notification_type, told.topic, told.facts, told.sender_id, ${at}, ${at}, ${at} + ${SWEPT_AFTER}
      FROM (${rows}) AS told
      ON CONFLICT (user_id, type, topic) DO NOTHING
      RETURNING id`

/** The notifications that a batch has made, for its person and in their name. They are to be announced to the queue. */
export const listCaused = ({ user_id }: Pick<Actor, 'user_id'>, now: Date): SQL<{ id: string }> =>
  sql`SELECT id FROM caused_notifications(${user_id}::uuid, ${now.toISOString()}) AS id`

/** What a batch has told people of meetups. It is to be announced to the queue. */
export const toldOfMeetups = (now: Date): SQL<{ id: string }> => sql`SELECT id FROM told_of_meetups(${now.toISOString()}) AS id`

/** In whose name a notification is shown, or null. Of several who like a walk it is one whom its receiver may see. `notifications` must be in scope. */
export const shownSender: SQL = sql`CASE
          WHEN notifications.type = 'like' THEN shown_liker(notifications.user_id, notifications.facts)
          ELSE notifications.sender_id
        END`

/** What the words of a notification are made of. How many people like a walk is as it is now. `notifications` must be in scope. */
export const shownFacts: SQL = sql`CASE
          WHEN notifications.type = 'like' THEN notifications.facts || jsonb_build_object('likes', (
            SELECT posts.like_count FROM posts WHERE posts.walk_id = uuid_of(notifications.facts ->> 'walk_id')
          ))
          ELSE notifications.facts
        END`
