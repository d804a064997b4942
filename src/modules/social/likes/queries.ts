import { sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { type Db, firstRow } from '../../../db/client.ts'
import { viewer } from '../../../db/viewer.ts'
import { primaryPetCard } from '../../pets/sql.ts'
import { isBlocked } from '../blocks/sql.ts'
import { seesPost } from '../posts/sql.ts'
import type { Liker } from './schema.ts'

export interface LikeCounted {
  /** Null for a walk that the viewer may not see. */
  readonly likes: number | null
  readonly is_own: boolean
}

export interface LikeAnswer extends LikeCounted {
  readonly suspended_until: string | null
}

/** `told` are notifications that wait to be pushed. */
export async function insertLike(
  db: Db,
  actor: Actor,
  walkId: string,
  now: Date,
): Promise<(LikeAnswer & { readonly told: string[] }) | null> {
  const row = await firstRow<{ answer: (LikeAnswer & { told: string[] }) | null }>(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT like_walk(viewer.id, ${walkId}, ${now.toISOString()}) AS answer
    FROM viewer`,
  )
  return row && row.answer
}

/** Takes a like back, also while the viewer is suspended. */
export async function deleteLike(db: Db, actor: Actor, walkId: string): Promise<LikeCounted | null> {
  const row = await firstRow<{ answer: LikeCounted }>(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT unlike_walk(viewer.id, ${walkId}) AS answer
    FROM viewer`,
  )
  return row && row.answer
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
