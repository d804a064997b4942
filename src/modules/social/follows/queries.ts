import { sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { seoulDate } from '../../../core/time.ts'
import { type Db, firstRow } from '../../../db/client.ts'
import { viewer } from '../../../db/viewer.ts'

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
  const row = await firstRow<{ answer: (FollowAnswer & { told: string[] }) | null }>(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT follow_person(viewer.id, ${userId}, ${limits.total}, ${limits.daily}, ${now.toISOString()}, ${seoulDate(now)}) AS answer
    FROM viewer`,
  )
  if (!row?.answer) return null
  const { told, ...answer } = row.answer
  return { answer, told }
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
