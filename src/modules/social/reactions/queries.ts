import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { answerOf, type Db, firstRow } from '../../../db/client.ts'
import { viewer } from '../../../db/viewer.ts'
import { lastCommentId } from '../comments/sql.ts'
import { postJson, seesPost } from '../posts/sql.ts'
import type { Post, Reaction } from '../posts/schema.ts'
import { mayWrite, suspendedUntil } from '../suspensions/sql.ts'

export interface ReactionAnswer {
  /** Null for a walk that the viewer may not see. */
  readonly post: Post | null
  readonly suspended_until: string | null
}

const readPost = (actor: Actor, walkId: string, now: Date): SQL => sql`
    WITH ${viewer(actor)}
    SELECT CASE WHEN ${seesPost(sql`viewer.id`, sql`${walkId}::uuid`)} THEN ${postJson(sql`${walkId}::uuid`, sql`viewer.id`)} END AS post,
           ${suspendedUntil(now)} AS suspended_until
    FROM viewer`

export function insertReaction(db: Db, actor: Actor, walkId: string, emoji: Reaction, now: Date): Promise<ReactionAnswer | null> {
  return answerOf(db, {
    reacted: sql`
    WITH ${viewer(actor)}
    INSERT INTO reactions (walk_id, user_id, emoji, author_id, created_at)
    SELECT posts.walk_id, viewer.id, ${emoji}, posts.author_id, ${now.toISOString()}
    FROM viewer
    JOIN posts ON posts.walk_id = ${walkId}
    WHERE ${mayWrite(now)} AND ${seesPost(sql`viewer.id`, sql`posts.walk_id`)}
    ON CONFLICT DO NOTHING`,
    answer: readPost(actor, walkId, now),
  })
}

/** Takes a reaction back, also while the viewer is suspended. */
export function deleteReaction(db: Db, actor: Actor, walkId: string, emoji: Reaction, now: Date): Promise<ReactionAnswer | null> {
  return answerOf(db, {
    taken_back: sql`
    WITH ${viewer(actor)}
    DELETE FROM reactions
    USING viewer
    WHERE reactions.walk_id = ${walkId} AND reactions.user_id = viewer.id AND reactions.emoji = ${emoji}
      AND ${seesPost(sql`viewer.id`, sql`reactions.walk_id`)}`,
    answer: readPost(actor, walkId, now),
  })
}

/** `post` is null for a walk that the viewer may not see. */
export function findInteractions(
  db: Db,
  actor: Actor,
  walkId: string,
): Promise<{ post: Post | null; last_comment_id: string | null } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT CASE WHEN ${seesPost(sql`viewer.id`, sql`${walkId}::uuid`)} THEN ${postJson(sql`${walkId}::uuid`, sql`viewer.id`)} END AS post,
           ${lastCommentId(sql`${walkId}`)} AS last_comment_id
    FROM viewer`,
  )
}
