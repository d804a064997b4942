import { sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { seoulDate } from '../../../core/time.ts'
import { type Db, firstRow, runBatch } from '../../../db/client.ts'
import { lockViewer, viewer } from '../../../db/viewer.ts'
import { notify } from '../../notifications/sql.ts'
import { isBlocked, lockPairs } from '../blocks/sql.ts'
import { mayWrite, suspendedUntil } from '../suspensions/sql.ts'

export interface FollowAnswer {
  readonly suspended_until: string | null
  readonly is_known: boolean
  readonly is_following: boolean
  /** How many people the viewer follows, of whom some may be leaving or blocked. */
  readonly follows: number
}

/** Follows somebody and notifies them, once a day. If the viewer then does not follow a person that is known, one of the limits has refused it. */
export async function insertFollow(
  db: Db,
  actor: Actor,
  userId: string,
  limits: { readonly total: number; readonly daily: number },
  now: Date,
): Promise<{ answer: FollowAnswer; told: string[] } | null> {
  const at = now.toISOString()
  const isKnown = sql`EXISTS (
        SELECT 1 FROM users WHERE users.id = ${userId} AND users.deleted_at IS NULL AND NOT ${isBlocked(sql`viewer.id`, sql`users.id`)}
      )`
  const follows = sql`(SELECT count(*)::int FROM follows WHERE follows.follower_id = viewer.id)`
  const madeLately = sql`(
        SELECT coalesce(sum(follow_marks.follows), 0)
        FROM follow_marks
        WHERE follow_marks.follower_id = viewer.id AND follow_marks.made_at > ${at}::timestamptz - interval '1 day'
      )`
  const { answer, told } = await runBatch(db, {
    lock: lockViewer(actor),
    pair: lockPairs(actor.user_id, [userId]),
    followed: sql`
    WITH ${viewer(actor)}, made AS (
      INSERT INTO follows (follower_id, followee_id, created_at)
      SELECT viewer.id, ${userId}, ${at}
      FROM viewer
      WHERE viewer.id <> ${userId} AND ${mayWrite(now)} AND ${isKnown} AND ${follows} < ${limits.total} AND ${madeLately} < ${limits.daily}
      ON CONFLICT DO NOTHING
      RETURNING follower_id, created_at
    )
    INSERT INTO follow_marks AS mark (follower_id, made_at, follows)
    SELECT made.follower_id, made.created_at, 1 FROM made
    ON CONFLICT (follower_id, made_at) DO UPDATE SET follows = mark.follows + 1`,
    told: notify(
      'follow',
      sql`
      SELECT follows.followee_id AS user_id, ${`${actor.user_id} ${seoulDate(now)}`} AS topic,
             jsonb_build_object('user_id', follows.follower_id) AS facts, follows.follower_id AS sender_id
      FROM follows
      WHERE follows.follower_id = ${actor.user_id} AND follows.followee_id = ${userId} AND follows.created_at = ${at}`,
      sql`${at}::timestamptz`,
    ),
    answer: sql<FollowAnswer>`
    WITH ${viewer(actor)}
    SELECT ${suspendedUntil(now)} AS suspended_until,
           ${isKnown} AS is_known,
           EXISTS (SELECT 1 FROM follows WHERE follows.follower_id = viewer.id AND follows.followee_id = ${userId}) AS is_following,
           ${follows} AS follows
    FROM viewer`,
  })
  return answer[0] ? { answer: answer[0], told: told.map(({ id }) => id) } : null
}

/** Ends a follow of the viewer, or one that follows the viewer. */
export function deleteFollow(
  db: Db,
  actor: Actor,
  { follower_id, followee_id }: { readonly follower_id: string; readonly followee_id: string },
): Promise<Record<string, never> | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, ended AS (
      DELETE FROM follows
      USING viewer
      WHERE follows.follower_id = ${follower_id} AND follows.followee_id = ${followee_id} AND viewer.id IN (follows.follower_id, follows.followee_id)
    )
    SELECT FROM viewer`,
  )
}
