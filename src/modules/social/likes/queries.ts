import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { answerOf, type Db, firstRow, runBatch } from '../../../db/client.ts'
import { viewer } from '../../../db/viewer.ts'
import { listCaused } from '../../notifications/sql.ts'
import { primaryPetCard } from '../../pets/sql.ts'
import { isBlocked } from '../blocks/sql.ts'
import { lockPost, seesPost } from '../posts/sql.ts'
import { mayWrite, suspendedUntil } from '../suspensions/sql.ts'
import type { Liker } from './schema.ts'

export interface LikeAnswer {
  /** Null for a walk that the viewer may not see. */
  readonly likes: number | null
  readonly is_own: boolean
  readonly suspended_until: string | null
}

const readLikes = (actor: Actor, walkId: string, now: Date): SQL<LikeAnswer> => sql`
    WITH ${viewer(actor)}
    SELECT (SELECT posts.like_count FROM posts WHERE posts.walk_id = ${walkId} AND ${seesPost(sql`viewer.id`, sql`posts.walk_id`)}) AS likes,
           EXISTS (SELECT 1 FROM walks WHERE walks.id = ${walkId} AND walks.user_id = viewer.id AND walks.deleted_at IS NULL) AS is_own,
           ${suspendedUntil(now)} AS suspended_until
    FROM viewer`

/** The triggers of `likes` count it. `told` are notifications that wait to be pushed. */
export async function insertLike(
  db: Db,
  actor: Actor,
  walkId: string,
  now: Date,
): Promise<{ answer: LikeAnswer; told: { id: string }[] } | null> {
  const at = now.toISOString()
  const { answer, told } = await runBatch(db, {
    lock: lockPost(sql`${walkId}::uuid`),
    liked: sql`
    WITH ${viewer(actor)}, liked AS (
      INSERT INTO likes (walk_id, user_id, author_id, created_at)
      SELECT posts.walk_id, viewer.id, posts.author_id, ${at}
      FROM viewer
      JOIN posts ON posts.walk_id = ${walkId} AND posts.is_open AND posts.author_id <> viewer.id
      WHERE ${mayWrite(now)} AND ${seesPost(sql`viewer.id`, sql`posts.walk_id`)}
      ON CONFLICT DO NOTHING
      RETURNING walk_id, user_id, author_id
    )
    SELECT notify_like(liked.author_id, liked.walk_id, liked.user_id, ${at}) FROM liked`,
    told: listCaused(actor, now),
    answer: readLikes(actor, walkId, now),
  })
  return answer[0] ? { answer: answer[0], told } : null
}

/** Takes a like back, also while the viewer is suspended. */
export function deleteLike(db: Db, actor: Actor, walkId: string, now: Date): Promise<LikeAnswer | null> {
  return answerOf(db, {
    lock: lockPost(sql`${walkId}::uuid`),
    unliked: sql`
    WITH ${viewer(actor)}
    DELETE FROM likes
    USING viewer
    WHERE likes.walk_id = ${walkId} AND likes.user_id = viewer.id AND ${seesPost(sql`viewer.id`, sql`likes.walk_id`)}`,
    answer: readLikes(actor, walkId, now),
  })
}

interface LikerPage {
  readonly after: { readonly created_at: string; readonly user_id: string } | null
  readonly limit: number
}

/** A liker, with the instant that orders the list and that nobody is shown. */
export type LikerRow = Liker & { readonly created_at: string }

/** Who likes a walk, newest first, one more than `limit`. `items` is null for a walk that the viewer may not see. */
export function listLikers(
  db: Db,
  actor: Actor,
  walkId: string,
  { after, limit }: LikerPage,
  now: Date,
): Promise<{ items: LikerRow[] | null } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT CASE WHEN ${seesPost(sql`viewer.id`, sql`${walkId}::uuid`)} THEN (
      SELECT coalesce(json_agg(json_build_object(
        'user', json_build_object('id', page.user_id, 'nickname', page.nickname),
        'pet', ${primaryPetCard(sql`page.user_id`, now)},
        'following', EXISTS (SELECT 1 FROM follows WHERE follows.follower_id = viewer.id AND follows.followee_id = page.user_id),
        'created_at', page.created_at
      ) ORDER BY page.created_at DESC, page.user_id DESC), '[]')
      FROM (
        SELECT likes.user_id, likes.created_at, users.nickname
        FROM likes
        JOIN users ON users.id = likes.user_id AND users.deleted_at IS NULL
        WHERE likes.walk_id = ${walkId}
          AND NOT ${isBlocked(sql`viewer.id`, sql`likes.user_id`)}
          AND (
            ${after === null}
            OR (likes.created_at, likes.user_id) < (${after?.created_at ?? null}::timestamptz, ${after?.user_id ?? null}::uuid)
          )
        ORDER BY likes.created_at DESC, likes.user_id DESC
        LIMIT ${limit + 1}
      ) AS page
    ) END AS items
    FROM viewer`,
  )
}
