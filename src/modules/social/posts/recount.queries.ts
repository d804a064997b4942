import { sql } from 'drizzle-orm'
import { asArray } from '../../../db/array.ts'
import { type Db, runBatch } from '../../../db/client.ts'

/** Of posts whose walk's id ends with `digit`, those after `after`. Ids of every version end at random, and those of version 7 do not begin so. */
export interface PostRange {
  readonly digit: string
  readonly after: string | null
  readonly limit: number
}

const LIKES = sql`(SELECT count(*)::int FROM likes WHERE likes.walk_id = posts.walk_id)`
const COMMENTS = sql`(SELECT count(*)::int FROM comments WHERE comments.walk_id = posts.walk_id AND comments.deleted_at IS NULL AND comments.held_at IS NULL)`

/** Counts posts again. `last` is where the next range begins, or null. `walk_ids` are those whose counters seem wrong. */
export async function listMiscounted(
  db: Db,
  { digit, after, limit }: PostRange,
): Promise<{ checked: number; last: string | null; walk_ids: string[] }> {
  const { counted } = await runBatch(db, {
    counted: sql<{ checked: number; last: string | null; walk_ids: string[] }>`
    WITH chosen AS MATERIALIZED (
      SELECT walk_id, like_count, comment_count
      FROM posts
      WHERE right(walk_id::text, 1) = ${digit} AND (${after === null} OR walk_id > ${after}::uuid)
      ORDER BY walk_id
      LIMIT ${limit}
    )
    SELECT count(*)::int AS checked,
           (SELECT walk_id FROM chosen ORDER BY walk_id OFFSET ${limit - 1} LIMIT 1) AS last,
           coalesce(json_agg(posts.walk_id ORDER BY posts.walk_id) FILTER (
             WHERE posts.like_count <> ${LIKES} OR posts.comment_count <> ${COMMENTS}
           ), '[]') AS walk_ids
    FROM chosen AS posts`,
  })
  return counted[0] ?? { checked: 0, last: null, walk_ids: [] }
}

export interface Miscount {
  readonly walk_id: string
  /** How much the counters were off by: what they say, less what there is. */
  readonly likes_off: number
  readonly comments_off: number
}

/**
 * Sets counters to what there is. Whatever changes a counter waits for the lock, so the count is true. A mark is left, as of every change, because a page of the
 * feed goes on by the counters as its first page saw them.
 */
export async function recountPosts(db: Db, walkIds: readonly string[]): Promise<Miscount[]> {
  const { mended } = await runBatch(db, {
    lock: sql`SELECT 1 FROM posts WHERE walk_id = ANY (${asArray(walkIds)}::uuid[]) ORDER BY walk_id FOR NO KEY UPDATE`,
    mended: sql<Miscount>`
    WITH counted AS MATERIALIZED (
      SELECT walk_id, like_count, comment_count, ${LIKES} AS likes, ${COMMENTS} AS comments
      FROM posts
      WHERE walk_id = ANY (${asArray(walkIds)}::uuid[])
    ), mended AS (
      UPDATE posts
      SET like_count = counted.likes, comment_count = counted.comments
      FROM counted
      WHERE posts.walk_id = counted.walk_id AND (counted.like_count, counted.comment_count) <> (counted.likes, counted.comments)
      RETURNING posts.walk_id, counted.like_count - counted.likes AS likes_off, counted.comment_count - counted.comments AS comments_off
    ), marked AS (
      INSERT INTO post_marks (walk_id, delta)
      SELECT walk_id, -(likes_off + comments_off) FROM mended
    )
    SELECT walk_id, likes_off, comments_off FROM mended`,
  })
  return mended
}

export async function deleteMarksBefore(db: Db, before: Date, limit: number): Promise<number> {
  // Marks are found in the order of their transactions, which is the order of time but for what ran at once.
  const { rowCount } = await db.execute(sql`
    DELETE FROM post_marks
    WHERE (made_by, walk_id) IN (
      SELECT made_by, walk_id FROM post_marks WHERE at < ${before.toISOString()} ORDER BY made_by, walk_id LIMIT ${limit}
    )`)
  return rowCount
}

/** Destroys deleted comments, but for those about which a moderator still has to decide, or which are evidence. */
export async function deleteCommentsBefore(db: Db, before: Date, limit: number, now: Date): Promise<number> {
  const { rowCount } = await db.execute(sql`
    DELETE FROM comments
    WHERE id IN (
      SELECT comments.id
      FROM comments
      WHERE comments.deleted_at < ${before.toISOString()}
        AND NOT EXISTS (
          SELECT 1
          FROM moderation_cases
          WHERE moderation_cases.target_type = 'comment' AND moderation_cases.target_id = comments.id
            AND (moderation_cases.due_at IS NOT NULL OR moderation_cases.keep_until > ${now.toISOString()})
        )
      ORDER BY comments.deleted_at
      LIMIT ${limit}
    )`)
  return rowCount
}

export async function deleteHidesBefore(db: Db, before: Date, limit: number): Promise<number> {
  const { rowCount } = await db.execute(sql`
    DELETE FROM feed_hides
    WHERE (user_id, walk_id) IN (
      SELECT user_id, walk_id FROM feed_hides WHERE created_at < ${before.toISOString()} ORDER BY created_at LIMIT ${limit}
    )`)
  return rowCount
}
